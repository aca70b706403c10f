// A file system's refusal as a sentence.
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { StudioError } from '#contract/errors.ts';

/** `needed`: the size of the file that was to be written, where it is known. */
export function diskError(thrown: unknown, path: string, needed?: number): StudioError {
  if (thrown instanceof StudioError) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const free = freeBytes(dirname(path));
    return new StudioError('disk-full', fullDisk(needed, free), {
      where: path,
      whatToDo: 'Free some space or choose another folder, then try again.',
      cause: thrown,
    });
  }
  return new StudioError('disk-error', `The file can't be written: ${reasons[code] ?? `the system answered ${code || 'with an error'}`}.`, {
    where: path,
    whatToDo: 'Check the folder and the disk, then try again.',
    cause: thrown,
  });
}

const reasons: Record<string, string> = {
  EACCES: 'you have no right to write there',
  EPERM: 'the system forbids it',
  EROFS: 'the disk is read-only',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is a file',
  EISDIR: 'a folder has that name',
  EIO: 'the disk reported an error',
  ENAMETOOLONG: 'its name is too long',
  EEXIST: 'something of that name is in the way',
  EFBIG: 'it is larger than this file system allows',
  EMFILE: 'too many files are open',
};

function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

function fullDisk(needed: number | undefined, free: number | undefined): string {
  const facts = [...(needed === undefined ? [] : [`this file needs ${needed} bytes`]), ...(free === undefined ? [] : [`${free} are free`])];
  return facts.length === 0 ? 'The disk is full.' : `The disk is full: ${facts.join(', ')}.`;
}
