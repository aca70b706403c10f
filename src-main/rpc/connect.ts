// Turns a channel into `client.group.name(input)` calls and `on(event, listener)`.
import { StudioError } from '#contract/errors.ts';
import type { Channel } from './channel.ts';
import type { Client, Events, Listen, Procedures } from './contract-types.ts';
import { Answer } from './messages.ts';

interface Caller {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: StudioError) => void;
}

export interface Connection<P extends Procedures, E extends Events> {
  readonly client: Client<P>;
  readonly on: Listen<E>;
  /** Called once, when the line is gone; every waiting call is rejected with `disconnected` first. */
  onClose(listener: () => void): void;
  close(): void;
}

export function connect<P extends Procedures, E extends Events>(procedures: P, events: E, channel: Channel): Connection<P, E> {
  const waiting = new Map<number, Caller>();
  const listeners = new Map<string, Set<(data: never) => void>>();
  const closeListeners = new Set<() => void>();
  let lastId = 0;
  let open = true;

  channel.onMessage((message) => {
    const answer = Answer.parse(message);
    if (answer.kind === 'event') return hear(answer.name, answer.data);
    const caller = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.kind === 'reply') caller?.resolve(answer.value);
    else caller?.reject(StudioError.fromProblem(answer.problem));
  });
  channel.onClose(() => {
    open = false;
    for (const caller of waiting.values()) caller.reject(gone());
    waiting.clear();
    for (const listener of closeListeners) listener();
  });

  function hear(name: string, data: unknown): void {
    const schema = Object.hasOwn(events, name) ? events[name] : undefined;
    const interested = listeners.get(name);
    if (schema === undefined || interested === undefined) return;
    const checked = schema.parse(data) as never;
    for (const listener of interested) listener(checked);
  }

  function call(group: string, name: string, input: unknown): Promise<unknown> {
    if (!open) return Promise.reject(gone());
    return new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      channel.send({ kind: 'call', id, group, name, input });
    }).then((value) => procedures[group]![name]!.output.parse(value));
  }

  const client = Object.fromEntries(
    Object.entries(procedures).map(([group, names]) => [
      group,
      Object.fromEntries(Object.keys(names).map((name) => [name, (input: unknown) => call(group, name, input)])),
    ]),
  ) as Client<P>;

  const on: Listen<E> = (name, listener) => {
    const set = listeners.get(name) ?? new Set();
    listeners.set(name, set.add(listener as (data: never) => void));
    return () => void set.delete(listener as (data: never) => void);
  };

  return { client, on, onClose: (listener) => void closeListeners.add(listener), close: () => channel.close() };
}

function gone(): StudioError {
  return new StudioError('disconnected', 'The studio went away before it answered.', {
    whatToDo: 'Start it again; finished work is kept.',
  });
}
