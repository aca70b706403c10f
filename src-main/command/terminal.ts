// Where a command speaks and hears: two streams and Ctrl-C. Results go to standard output, everything else to standard error.
import type { Writable } from 'node:stream';

export interface Terminal {
  readonly out: Writable;
  readonly err: Writable;
  /** Whether standard error is a screen, and how wide. */
  readonly screen: { readonly columns: number } | null;
  readonly json: boolean;
  /** Aborted by the first Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Where relative paths of the arguments begin. */
  readonly folder: string;
}

/** A remark on standard error, on a line of its own. */
export function say(terminal: Terminal, line: string): void {
  terminal.err.write(`${terminal.screen === null ? '' : '\r\x1b[K'}${plain(line)}\n`);
}

/** The result: one JSON document with `--json`, the summary for people without. Resolves when it is handed over, so that an exit cuts nothing off. */
export function printResult(terminal: Terminal, value: unknown, summary: () => string): Promise<void> {
  const text = terminal.json ? JSON.stringify(value, null, 2) : plain(summary());
  return new Promise((resolve, reject) => terminal.out.write(`${text}\n`, (error) => (error == null ? resolve() : reject(error))));
}

/** Names come from files: control characters in them must not reach the terminal. */
export function plain(text: string): string {
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '�');
}

/** Runs `onInterrupt` at once or on the first Ctrl-C; returns how to take it back. */
export function whenInterrupted({ interrupted }: Terminal, onInterrupt: () => void): () => void {
  if (interrupted.aborted) onInterrupt();
  else interrupted.addEventListener('abort', onInterrupt, { once: true });
  return () => interrupted.removeEventListener('abort', onInterrupt);
}
