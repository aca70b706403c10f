// What a hostile file of the tests is: how it comes to lie on the disk, and how it has to be refused.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ErrorCode } from '#contract/errors.ts';

export interface HostileFile {
  readonly what: string;
  /** What it pretends to be. */
  readonly as: 'model' | 'data';
  readonly code: ErrorCode;
  /** Found in "where: message" of the refusal. */
  readonly words: RegExp;
  /** Lays it into an empty folder of its own. @returns the path that is imported. */
  readonly lay: (folder: string) => string | Promise<string>;
}

export type Content = Uint8Array | string;

/** Writes `content` as `folder/name`, making the folders between. @returns its path. */
export function laid(folder: string, name: string, content: Content): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** A case whose file is one, named `name`. */
export function oneFile(
  as: HostileFile['as'],
  name: string,
): (what: string, code: ErrorCode, words: RegExp, content: () => Content | Promise<Content>) => HostileFile {
  return (what, code, words, content) => ({ what, as, code, words, lay: async (folder) => laid(folder, name, await content()) });
}
