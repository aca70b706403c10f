// The share of zeros among the weights that pruning may take.
import type { NamedTensor } from '#network/model-artifact.ts';

/** `names`: the weights that may be pruned. Both zeros count, +0 and −0. */
export function zeroShare(weights: readonly NamedTensor[], names: ReadonlySet<string>): number {
  let zeros = 0;
  let all = 0;
  for (const { name, data } of weights) {
    if (!names.has(name)) continue;
    all += data.length;
    for (let i = 0; i < data.length; i++) if (data[i] === 0) zeros++;
  }
  return all === 0 ? 0 : zeros / all;
}
