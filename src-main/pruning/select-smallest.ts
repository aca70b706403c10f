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
  const bitsOf = tensors.map((tensor) => new Int32Array(tensor.buffer, tensor.byteOffset, tensor.length));
  const upper = histogramOfUpperBits(bitsOf);
  if (k === 0) return tensors.map((tensor) => new Uint8Array(tensor.length).fill(1));

  const bucket = bucketOf(upper, k);
  const lower = histogramOfLowerBits(bitsOf, bucket.at);
  const within = bucketOf(lower, k - bucket.before);
  const threshold = bucket.at * (1 << lowBits) + within.at;
  const masks = bitsOf.map((bits) => keptFrom(bits, threshold));
  dropTies(bitsOf, masks, threshold, k - bucket.before - within.before);
  return masks;
}

function keptFrom(bits: Int32Array, threshold: number): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(bits.length);
  for (let index = 0; index < bits.length; index++) {
    if ((bits[index]! & magnitudeBits) >= threshold) mask[index] = 1;
  }
  return mask;
}

/** The first `ties` of those that are as large as the threshold go too. */
function dropTies(bitsOf: readonly Int32Array[], masks: readonly Uint8Array[], threshold: number, ties: number): void {
  let left = ties;
  for (const [tensor, bits] of bitsOf.entries()) {
    const mask = masks[tensor]!;
    for (let index = 0; index < bits.length && left > 0; index++) {
      if ((bits[index]! & magnitudeBits) !== threshold) continue;
      mask[index] = 0;
      left--;
    }
  }
}

function histogramOfUpperBits(bitsOf: readonly Int32Array[]): Int32Array {
  const histogram = new Int32Array(1 << (31 - lowBits));
  for (const bits of bitsOf) {
    for (let index = 0; index < bits.length; index++) {
      const magnitude = bits[index]! & magnitudeBits;
      if (magnitude > infinity) {
        throw new StudioError('diverged', "A weight is not a number, so weights can't be ranked by size.", {
          whatToDo: 'Prune a variant whose training did not diverge.',
        });
      }
      histogram[magnitude >> lowBits]!++;
    }
  }
  return histogram;
}

/** Of the entries whose upper bits are `at`. */
function histogramOfLowerBits(bitsOf: readonly Int32Array[], at: number): Int32Array {
  const histogram = new Int32Array(1 << lowBits);
  for (const bits of bitsOf) {
    for (let index = 0; index < bits.length; index++) {
      const magnitude = bits[index]! & magnitudeBits;
      if (magnitude >> lowBits === at) histogram[magnitude & ((1 << lowBits) - 1)]!++;
    }
  }
  return histogram;
}

/** The bucket with the k-th smallest (from 1), and how many entries lie before it. */
function bucketOf(histogram: Int32Array, k: number): { readonly at: number; readonly before: number } {
  let before = 0;
  for (let at = 0; at < histogram.length; at++) {
    const here = histogram[at]!;
    if (before + here >= k) return { at, before };
    before += here;
  }
  throw new RangeError(`there are only ${before} numbers, not ${k}`);
}
