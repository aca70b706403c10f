// What criteria that look beyond the weights have been told: gathered by the engine, read by the selection.
import type { Criterion } from '#criteria/criterion.ts';
import { StudioError } from '#contract/errors.ts';

/**
 * By key, numbers of one kernel, one channel axis or one layer's output:
 * - `products`: by `axisKey` for channels, by the tensor's name for single weights and blocks: what the criterion's `add` has summed up,
 *   as a mean over batches.
 * - `activations`: by the layer's name, the same, an entry for each entry of the axis that the channels lie on.
 * - `movement`: by the tensor's name, the movement score of each weight so far.
 */
export type Evidence = ReadonlyMap<string, Float32Array | Float64Array>;

export const noEvidence: Evidence = new Map();

/** An axis of a tensor, from the front. */
export function axisKey(tensor: string, axis: number): string {
  return `${tensor}[${axis}]`;
}

/** StudioError `bad-input` where nothing was gathered: the network alone can't say. */
export function evidenceFor(evidence: Evidence, key: string, criterion: Criterion): Float32Array | Float64Array {
  const found = evidence.get(key);
  if (found !== undefined) return found;
  throw criterion.looksAt === 'movement'
    ? new StudioError('bad-input', 'Movement scores gather while the network trains, and it has not been trained yet.', {
        where: 'criterion',
        whatToDo: 'Take a schedule that prunes while it fine-tunes, such as "polynomial", with data and at least one epoch.',
      })
    : new StudioError('bad-input', `The criterion "${criterion.name}" has nothing to judge ${key} by.`, { where: 'criterion' });
}
