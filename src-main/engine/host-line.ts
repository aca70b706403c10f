// The line to the host: Node's fork channel, or Electron's parent port in a utility process. One interface for both.
import type { FromEngine } from '#contract/engine-messages.ts';

export interface HostLine {
  send(message: FromEngine): void;
  /** Resolves when all that was sent is in the operating system's hands, so that a kill can't take it back. */
  flushed(): Promise<void>;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
}

/** The part of Electron's `process.parentPort` that is used here. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
}

/** The line of this process; undefined where it was started by hand. */
export function openHostLine(): HostLine | undefined {
  const { parentPort } = process as unknown as { parentPort?: ParentPort };
  if (parentPort !== undefined) return utilityLine(parentPort);
  return process.send === undefined ? undefined : forkLine(process.send.bind(process));
}

function forkLine(send: NonNullable<typeof process.send>): HostLine {
  let unsent = 0;
  let waiting: (() => void)[] = [];
  const sent = () => {
    unsent--;
    if (unsent > 0) return;
    for (const resume of waiting) resume();
    waiting = [];
  };
  return {
    send: (message) => {
      if (!process.connected) return;
      unsent++;
      send(message, undefined, undefined, sent);
    },
    flushed: () => (unsent === 0 ? Promise.resolve() : new Promise((resume) => waiting.push(resume))),
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.on('disconnect', listener),
  };
}

function utilityLine(port: ParentPort): HostLine {
  return {
    send: (message) => port.postMessage(message),
    flushed: () => new Promise((resume) => setImmediate(resume)),
    onMessage: (listener) => port.on('message', (event) => listener(event.data)),
    onClose: (listener) => port.on('close', listener),
  };
}
