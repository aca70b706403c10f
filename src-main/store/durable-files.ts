// Files that survive a power cut: temporary name, write, fsync, rename, fsync of the folder.
import { closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { StudioError } from '#contract/errors.ts';

/** Without it a rename may be undone by a power cut, although the file itself was fsynced. Windows has no such call and needs none. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes a folder and the missing ones above it; each new name is fsynced in its parent. */
export function makeFolderDurably(folder: string, mode = 0o700): void {
  if (existsSync(folder)) return;
  makeFolderDurably(dirname(folder), mode);
  // Not `recursive`: that never returns where a parent refuses with ENOENT although it is there, as /proc does.
  mkdirSync(folder, { mode });
  syncFolder(dirname(folder));
}

/** Afterwards the file holds the old bytes or the new ones, never a mixture, whatever happens. @throws StudioError disk-full, disk-error */
export function writeDurably(path: string, text: string): void {
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    moveDurably(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw diskProblem(error, path);
  }
}

/** A rename that lasts; both names must be on one file system. */
export function moveDurably(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(dirname(to));
}

/** What the file system said, in plain words. */
export function diskProblem(error: unknown, path: string): StudioError {
  if (error instanceof StudioError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') {
    return new StudioError('disk-full', 'The disk is full.', {
      where: path,
      whatToDo: 'Free some space and try again; what was saved before is kept.',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new StudioError('damaged-store', 'The project database is damaged.', {
      where: path,
      whatToDo: 'Restart Espalier: it puts the damaged file aside and restores the newest good backup.',
      cause: error,
    });
  }
  return new StudioError('disk-error', `The disk refused to write (${code || String(error)}).`, {
    where: path,
    whatToDo: 'Check that the folder exists, may be written to, and that the disk is healthy.',
    cause: error,
  });
}
