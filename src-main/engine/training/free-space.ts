// Whether the disk has room for a checkpoint, found out before a byte of it is written.
import { statfsSync } from 'node:fs';
import { StudioError } from '#contract/errors.ts';

/** Left for others on the disk, the project's own database first of all. */
const RESERVE = 64 * 2 ** 20;
/** The reserve of a small disk, as a share of its size: a stick of 100 MB can still be trained on. */
const SMALL = 1 / 20;

/**
 * Room for the checkpoint beside the two that are kept, and for the finished model. `lastStep`: that of the newest checkpoint, if there
 * is one.
 * Example: 10 MB of tensors on a disk of 100 GB need 20 MB + 67 MB free; on one of 100 MB, 20 MB + 5 MB.
 * @throws StudioError `disk-full`, with the bytes needed and free
 */
export function checkRoom(workspace: string, checkpointBytes: number, lastStep: number | undefined): void {
  const { bavail, blocks, bsize } = statfsSync(workspace);
  // Some network file systems know no sizes; the write itself then tells.
  if (blocks === 0) return;
  const needed = 2 * checkpointBytes + Math.min(RESERVE, Math.ceil(blocks * bsize * SMALL));
  const free = bavail * bsize;
  if (free >= needed) return;
  const kept =
    lastStep === undefined ? 'it begins at the start, as there is no checkpoint yet' : `its last checkpoint, at step ${lastStep}, is kept`;
  throw new StudioError('disk-full', `The disk has too little room for a checkpoint: ${needed} bytes are needed, ${free} are free.`, {
    where: workspace,
    whatToDo: `Free at least ${needed - free} bytes and resume the job; ${kept}.`,
  });
}
