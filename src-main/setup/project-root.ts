// Where the project stands on this machine.
import { join, resolve } from 'node:path';

export const projectRoot = resolve(import.meta.dirname, '../..');

/** A path inside the project. */
export function inProject(...parts: readonly string[]): string {
  return join(projectRoot, ...parts);
}
