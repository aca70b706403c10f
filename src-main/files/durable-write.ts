// The one way to write a file that must last: after a crash either the whole new file is there or the old state is. Temporary name, fsync, rename, fsync
// of the folder.
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { StagedArtifact } from '#contract/engine-messages.ts';
import { diskError } from './disk-error.ts';

/** Written and hashed a piece at a time, so that the hash never needs the file a second time. */
const piece = 8 * 1024 * 1024;

/**
 * Puts the chunks, one after another, in the file `path`; a file already there is replaced in one step. Chunks may be made as they are
 * asked for, so that a file need never be in memory as a whole; `expected` is then their size, told where the disk is full. `mode`: whose file it is
 * on a new name, everybody's to read if left out.
 * @returns the file's absolute path, its size in bytes and the sha256 of all of it.
 * @throws StudioError `disk-full` with the bytes needed and free, `disk-error` for any other refusal; the old file is then untouched.
 */
export function writeFileDurably(
  path: string,
  chunks: Iterable<Uint8Array>,
  { expected, mode = 0o644 }: { readonly expected?: number | undefined; readonly mode?: number } = {},
): StagedArtifact {
  const target = resolve(path);
  const folder = dirname(target);
  const needed = expected ?? (Array.isArray(chunks) ? chunks.reduce((sum: number, chunk: Uint8Array) => sum + chunk.byteLength, 0) : 0);
  const temporary = temporaryBeside(target);
  let made = false;
  let file: number | undefined;
  try {
    // No link is followed and no file reused: another process can't slip its own file in under our name.
    file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0), mode);
    made = true;
    const { sha256, bytes } = writeAll(file, chunks);
    fsyncSync(file);
    const written = file;
    file = undefined;
    closeSync(written);
    renameSync(temporary, target);
    made = false;
    syncFolder(folder);
    return { path: target, sha256, bytes };
  } catch (thrown) {
    if (file !== undefined) attempt(() => closeSync(file!));
    if (made) attempt(() => unlinkSync(temporary));
    throw diskError(thrown, target, needed);
  }
}

/**
 * Moves a finished file to its place, replacing what is there in one step; to another file system it is copied under a name of its own first.
 * @throws StudioError `disk-full`, `disk-error`; what was there before is then untouched.
 */
export function moveFileDurably(from: string, to: string): void {
  const target = resolve(to);
  try {
    try {
      renameSync(from, target);
    } catch (thrown) {
      if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'EXDEV') throw thrown;
      const near = temporaryBeside(target);
      try {
        copyFileSync(from, near, constants.COPYFILE_EXCL);
        const file = openSync(near, constants.O_RDONLY);
        fsyncSync(file);
        closeSync(file);
        renameSync(near, target);
      } catch (inner) {
        attempt(() => unlinkSync(near));
        throw inner;
      }
      unlinkSync(from);
    }
    syncFolder(dirname(target));
  } catch (thrown) {
    throw diskError(thrown, target, statSync(from, { throwIfNoEntry: false })?.size ?? 0);
  }
}

function temporaryBeside(target: string): string {
  return join(dirname(target), `.${basename(target).slice(0, 100)}.${randomBytes(8).toString('hex')}.part`);
}

function writeAll(file: number, chunks: Iterable<Uint8Array>): { sha256: string; bytes: number } {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const chunk of chunks) {
    for (let start = 0; start < chunk.byteLength;) {
      const part = chunk.subarray(start, start + piece);
      const written = writeSync(file, part);
      hash.update(part.subarray(0, written));
      start += written;
    }
    bytes += chunk.byteLength;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** Makes a folder and the missing ones above it; each new name is fsynced in its parent. */
export function makeFolderDurably(folder: string, mode = 0o700): void {
  if (existsSync(folder)) return;
  makeFolderDurably(dirname(folder), mode);
  // Not `recursive`: that never returns where a parent refuses with ENOENT although it is there, as /proc does.
  mkdirSync(folder, { mode });
  syncFolder(dirname(folder));
}

/**
 * Makes new names in a folder durable: without it a rename may be undone by a power cut, although the file itself was fsynced. Windows has no
 * such call and needs none.
 */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // The first error is the one to report.
  }
}
