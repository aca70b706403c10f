// Finds the k smallest magnitudes of any number of tensors without sorting or copying them.
import { StudioError } from '#contract/errors.ts';

const infinity = 0x7f800000;
const magnitudeBits = 0x7fffffff;
const lowBits = 15;

/**
 * One mask a tensor, 1 = kept and 0 = among the k smallest magnitudes of all tensors together. Exactly k entries are 0: of equal
 * magnitudes those of the first tensor and the lowest index go first. −0 equals 0; infinities are the largest.
 *
 * Without its sign bit, a float32 read as an integer sorts as the number itself does. So a histogram of the upper 16 bits finds the
 * bucket that the k-th magnitude lies in, and one of the lower 15 bits within that bucket the magnitude itself: two passes and one
 * more for the masks.
 *
 * Throws RangeError where k is not within 0 … count, StudioError `diverged` where a number is NaN.
 */
export function selectSmallest(tensors: readonly Float32Array[], k: number): Uint8Array<ArrayBuffer>[] {
  const count = tensors.reduce((sum, tensor) => sum + tensor.length, 0);
  if (!Number.isInteger(k) || k < 0 || k > count) throw new RangeError(`${k} of ${count} numbers can't be selected`);
  const bitsOf = tensors.map((tensor) => new Uint32Array(tensor.buffer, tensor.byteOffset, tensor.length));
  const upper = histogramOfUpperBits(bitsOf);
  const masks = tensors.map((tensor) => new Uint8Array(tensor.length).fill(1));
  if (k === 0) return masks;

  const bucket = bucketOf(upper, k);
  const lower = new Uint32Array(1 << lowBits);
  for (const bits of bitsOf) {
    for (let index = 0; index < bits.length; index++) {
      const magnitude = bits[index]! & magnitudeBits;
      if (magnitude >>> lowBits === bucket.at) lower[magnitude & ((1 << lowBits) - 1)]!++;
    }
  }
  const within = bucketOf(lower, k - bucket.before);
  const threshold = bucket.at * (1 << lowBits) + within.at;
  let ties = k - bucket.before - within.before;

  bitsOf.forEach((bits, tensor) => {
    const mask = masks[tensor]!;
    for (let index = 0; index < bits.length; index++) {
      const magnitude = bits[index]! & magnitudeBits;
      if (magnitude < threshold) mask[index] = 0;
      else if (magnitude === threshold && ties > 0) {
        mask[index] = 0;
        ties--;
      }
    }
  });
  return masks;
}

function histogramOfUpperBits(bitsOf: readonly Uint32Array[]): Uint32Array {
  const histogram = new Uint32Array(1 << (31 - lowBits));
  for (const bits of bitsOf) {
    for (let index = 0; index < bits.length; index++) {
      const magnitude = bits[index]! & magnitudeBits;
      if (magnitude > infinity) {
        throw new StudioError('diverged', "A weight is not a number, so weights can't be ranked by size.", {
          whatToDo: 'Prune a variant whose training did not diverge.',
        });
      }
      histogram[magnitude >>> lowBits]!++;
    }
  }
  return histogram;
}

/** The bucket with the k-th smallest (from 1), and how many entries lie before it. */
function bucketOf(histogram: Uint32Array, k: number): { readonly at: number; readonly before: number } {
  let before = 0;
  for (let at = 0; at < histogram.length; at++) {
    const here = histogram[at]!;
    if (before + here >= k) return { at, before };
    before += here;
  }
  throw new RangeError(`there are only ${before} numbers, not ${k}`);
}
