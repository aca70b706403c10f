// What is thrown in an engine, in words a user can act on; a stack is for its own standard error alone, where it was asked for.
import { StudioError, type Problem } from '#contract/errors.ts';

export function explainFailure(thrown: unknown): Problem {
  if (process.env['ESPALIER_VERBOSE'] === '1' && thrown instanceof Error) process.stderr.write(`${thrown.stack ?? thrown.message}\n`);
  if (thrown instanceof StudioError) return thrown.toProblem();
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const { code, path } = fileError(thrown);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StudioError('disk-full', 'The disk is full.', {
      where: path,
      whatToDo: 'Free some space and go on: the last checkpoint is kept.',
    }).toProblem();
  }
  if (code !== undefined) {
    return new StudioError('disk-error', `A file could not be used: ${text}`, {
      where: path,
      whatToDo: 'Look at the disk and the rights of the folder, then try again.',
    }).toProblem();
  }
  if (/OOM|out of memory|bad_alloc|Array buffer allocation failed|Invalid typed array length/i.test(text)) {
    return new StudioError('over-limit', 'There is not enough memory for this step.', { whatToDo: 'Choose a smaller batch.' }).toProblem();
  }
  return new StudioError('internal', `The engine failed: ${text.split('\n')[0]!}`, {
    whatToDo: 'Please report this; the last checkpoint is kept.',
  }).toProblem();
}

function fileError(thrown: unknown): { code?: string; path?: string } {
  if (!(thrown instanceof Error)) return {};
  const { code, path, syscall } = thrown as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return {};
  return path === undefined ? { code } : { code, path };
}
