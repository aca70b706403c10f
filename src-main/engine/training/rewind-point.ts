// The state of a run at the step that later rounds go back to, on disk in the job's folder until the job ends.
import { join } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import { readTensorFile } from '#formats/tensor-file/read-tensor-file.ts';
import { writeTensorFile } from '#formats/tensor-file/write-tensor-file.ts';
import { fromFile, toFile, type Checkpoint } from './checkpoint.ts';
import { checkRoom } from './free-space.ts';

const FILE = 'rewind-point.ckpt';

/** Weights, optimizer slots and the loop's place, written durably. @throws StudioError `disk-full`, `disk-error` */
export function saveRewindPoint(workspace: string, checkpoint: Checkpoint): void {
  const file = toFile(checkpoint);
  checkRoom(
    workspace,
    file.tensors.reduce((sum, { data }) => sum + data.byteLength, 0),
    undefined,
  );
  writeTensorFile(join(workspace, FILE), file);
}

/** @throws StudioError `damaged-file` */
export function readRewindPoint(workspace: string): Checkpoint {
  try {
    return fromFile(readTensorFile(join(workspace, FILE)));
  } catch (cause) {
    throw new StudioError('damaged-file', "The weights that each round goes back to can't be read any more.", {
      where: FILE,
      whatToDo: 'Cancel this job and start it anew.',
      cause,
    });
  }
}
