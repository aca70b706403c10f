// What every command is: one function of what was typed, the rest of Espalier, and the terminal.
import type { Invocation } from './parse-arguments.ts';
import type { Parts } from './parts.ts';
import type { Terminal } from './terminal.ts';

export interface CommandCall {
  readonly invocation: Invocation;
  readonly parts: Parts;
  readonly terminal: Terminal;
}

/** Resolves when all is printed. @throws UsageError, StudioError, Interrupted */
export type Command = (call: CommandCall) => Promise<void>;
