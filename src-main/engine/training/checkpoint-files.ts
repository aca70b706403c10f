// The checkpoint files of a workspace: `checkpoint-<step>.ckpt`, the newest two kept, the newest that verifies taken up.
import { readdirSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import { readTensorFile, type TensorFile } from '#formats/tensor-file/read-tensor-file.ts';
import { writeTensorFile, type TensorFileContent } from '#formats/tensor-file/write-tensor-file.ts';
import { checkRoom } from './free-space.ts';

const KEPT = 2;

/** Newest first. */
function checkpointsIn(workspace: string): { path: string; step: number }[] {
  return readdirSync(workspace)
    .flatMap((name) => {
      const step = /^checkpoint-(\d+)\.ckpt$/.exec(name)?.[1];
      return step === undefined ? [] : [{ path: join(workspace, name), step: Number(step) }];
    })
    .sort((a, b) => b.step - a.step);
}

/**
 * Written durably under its final name; only then are older ones removed, so that two whole ones are there at any moment.
 * @throws StudioError `disk-full` with the room needed and free, `disk-error`; the checkpoints before are then untouched
 */
export function saveCheckpoint(workspace: string, step: number, content: TensorFileContent): void {
  const bytes = content.tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
  checkRoom(workspace, bytes, checkpointsIn(workspace)[0]?.step);
  writeTensorFile(join(workspace, `checkpoint-${step}.ckpt`), content);
  // Steps beyond this one are of a run that was given up: damaged, or of other settings.
  const all = checkpointsIn(workspace);
  const kept = all.filter(({ step: other }) => other <= step).slice(0, KEPT);
  for (const checkpoint of all) if (!kept.includes(checkpoint)) unlinkSync(checkpoint.path);
}

/** Removes what a kill in the middle of a durable write left behind in a workspace: the temporary file, never the one before. */
export function removeUnfinished(workspace: string): void {
  for (const name of readdirSync(workspace)) {
    if (/^\.(checkpoint-\d+\.ckpt|rewind-point\.ckpt|(trained|pruned|kept)\.model)\.[0-9a-f]+\.part$/.test(name))
      rmSync(join(workspace, name), { force: true });
  }
}

/** The newest checkpoint whose sha256 is right; damaged ones are left aside, with a sentence about each. */
export function newestCheckpoint(workspace: string, report: (damaged: string) => void): { step: number; file: TensorFile } | undefined {
  for (const { path, step } of checkpointsIn(workspace)) {
    try {
      const file = readTensorFile(path);
      if (file.kind === 'checkpoint') return { step, file };
      report(`The checkpoint at step ${step} holds a ${file.kind}; the one before is used.`);
    } catch (thrown) {
      if (!(thrown instanceof StudioError)) throw thrown;
      report(`The checkpoint at step ${step} is damaged (${thrown.message}); the one before is used.`);
    }
  }
  return undefined;
}

/** The step of the newest checkpoint, 0 where there is none. */
export function lastCheckpointStep(workspace: string): number {
  try {
    return checkpointsIn(workspace)[0]?.step ?? 0;
  } catch {
    return 0;
  }
}
