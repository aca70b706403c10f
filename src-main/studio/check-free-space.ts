// Refuses work that the disk can't hold, before it starts and in numbers.
import { statfs } from 'node:fs/promises';
import { StudioError } from '#contract/errors.ts';

const reserve = 64 * 2 ** 20;

/** Room for a checkpoint beside a finished model. @throws StudioError disk-full, with the bytes needed and free */
export async function checkFreeSpace(home: string, modelBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(home);
  const [needed, free] = [2 * modelBytes + reserve, bavail * bsize];
  if (free >= needed) return;
  throw new StudioError('disk-full', `The disk has too little room: ${megabytes(needed)} are needed, ${megabytes(free)} are free.`, {
    where: home,
    whatToDo: `Free ${megabytes(needed - free)} and resume the job.`,
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
