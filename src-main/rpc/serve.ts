// Answers calls with handlers, on any number of channels at once, and announces events to all of them.
import type { z } from 'zod';
import { StudioError } from '#contract/errors.ts';
import type { Channel } from './channel.ts';
import type { Announce, Events, Handlers, Procedures } from './contract-types.ts';
import { Call, type Answer } from './messages.ts';

export interface RpcServer<E extends Events> {
  /** Checks the input, runs the handler, checks the output. @throws StudioError */
  dispatch(group: string, name: string, input: unknown): Promise<unknown>;
  /** `admit` may refuse a call before it is dispatched, by throwing: what a page may not ask. */
  serve(channel: Channel, admit?: (call: Call) => void): void;
  announce: Announce<E>;
  /** Channels being served now. */
  readonly connections: number;
}

export function createServer<P extends Procedures, E extends Events>(procedures: P, events: E, handlers: Handlers<P>): RpcServer<E> {
  const tellers = new Set<(answer: Answer) => void>();

  async function dispatch(group: string, name: string, input: unknown): Promise<unknown> {
    const procedure = Object.hasOwn(procedures, group) && Object.hasOwn(procedures[group]!, name) ? procedures[group]![name]! : undefined;
    if (procedure === undefined) throw new StudioError('unknown-procedure', `There is no ${group}.${name}.`);
    const checked = procedure.input.safeParse(input);
    if (!checked.success) throw badInput(checked.error);
    return procedure.output.parse(await handlers[group]![name]!(checked.data as never));
  }

  function serve(channel: Channel, admit: (call: Call) => void = () => undefined): void {
    const tell = (answer: Answer) => channel.send(answer);
    tellers.add(tell);
    channel.onClose(() => tellers.delete(tell));
    channel.onMessage((message) => {
      const call = Call.safeParse(message);
      if (!call.success) return channel.close();
      const { id, group, name, input } = call.data;
      void Promise.resolve(call.data)
        .then(admit)
        .then(() => dispatch(group, name, input))
        .then(
          (value) => tell({ kind: 'reply', id, value }),
          (thrown: unknown) => tell({ kind: 'failure', id, problem: StudioError.from(thrown).toProblem() }),
        );
    });
  }

  const announce: Announce<E> = (name, data) => {
    const answer: Answer = { kind: 'event', name, data };
    for (const tell of tellers) tell(answer);
  };

  return {
    dispatch,
    serve,
    announce,
    get connections() {
      return tellers.size;
    },
  };
}

function badInput(error: z.ZodError): StudioError {
  const [issue] = error.issues;
  const where = issue?.path.join('.');
  return new StudioError('bad-input', issue?.message ?? 'The input is not of the agreed form.', where ? { where } : {});
}
