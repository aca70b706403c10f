// The share of zeros among the weights that pruning may take.
import type { ModelArtifact } from '#network/model-artifact.ts';
import { prunableKernels } from '#pruning/kernels.ts';

/** Both zeros count, +0 and −0. */
export function zeroShare(artifact: ModelArtifact): number {
  let zeros = 0;
  let all = 0;
  for (const { data } of prunableKernels(artifact).flatMap(({ tensors }) => tensors)) {
    all += data.length;
    for (let i = 0; i < data.length; i++) if (data[i] === 0) zeros++;
  }
  return all === 0 ? 0 : zeros / all;
}
