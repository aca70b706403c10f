// What the database or the file system said, in plain words.
import { StudioError } from '#contract/errors.ts';
import { diskError } from '#main/files/disk-error.ts';

export function diskProblem(error: unknown, path: string): StudioError {
  if (error instanceof StudioError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'SQLITE_FULL') {
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
  return diskError(error, path);
}
