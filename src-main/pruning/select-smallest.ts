// Finds the k smallest numbers of any number of tensors without sorting or copying them.
import { StudioError } from '#contract/errors.ts';

/**
 * Without its sign bit, a float32 read as an integer sorts as the magnitude does. With it, the other bits of a negative number sort the
 * wrong way round, and turning them over puts that right: then it sorts as the number itself does.
 */
export type Order = 'magnitude' | 'value';
const orders = { magnitude: { turned: 0, kept: 0x7fffffff }, value: { turned: 0x7fffffff, kept: -1 } } as const;

const lowBits = 15;
const lowest = (1 << lowBits) - 1;
/** Buckets of the upper bits of an integer with a sign; those of magnitudes fill the upper half. */
const buckets = 1 << (32 - lowBits);
/** In a mask under construction: lies in the bucket of the k-th number. */
const undecided = 2;
const undecidedInWord = 0x02020202;

/**
 * One mask a tensor, 1 = kept and 0 = among the k smallest of all tensors together. Exactly k entries are 0: of equal numbers those of
 * the first tensor and the lowest index go first. −0 equals 0 by magnitude and is less by value; infinities are the largest.
 *
 * A histogram of the upper 17 bits finds the bucket that the k-th number lies in. A second pass writes the masks but for that bucket,
 * whose lower bits it counts; a look at the masks, four entries at a time, then settles the few that are left.
 *
 * Throws RangeError where k is not within 0 … count, StudioError `diverged` where a number is NaN.
 */
export function selectSmallest(tensors: readonly Float32Array[], k: number, order: Order = 'magnitude'): Uint8Array<ArrayBuffer>[] {
  const count = tensors.reduce((sum, tensor) => sum + tensor.length, 0);
  if (!Number.isInteger(k) || k < 0 || k > count) throw new RangeError(`${k} of ${count} numbers can't be selected`);
  const { turned, kept } = orders[order];
  const bitsOf = tensors.map((tensor) => new Int32Array(tensor.buffer, tensor.byteOffset, tensor.length));
  const upper = new Int32Array(buckets);
  for (const bits of bitsOf) countUpperBits(bits, upper, turned, kept);
  refuseNaN(bitsOf, upper);
  if (k === 0) return tensors.map((tensor) => new Uint8Array(tensor.length).fill(1));

  const bucket = bucketOf(upper, k);
  const lower = new Int32Array(1 << lowBits);
  const masks = bitsOf.map((bits) => splitAtBucket(bits, bucket.at - buckets / 2, lower, turned, kept));
  const within = bucketOf(lower, k - bucket.before);
  let ties = k - bucket.before - within.before;
  for (const [at, bits] of bitsOf.entries()) ties = decide(bits, masks[at]!, within.at, ties, turned);
  return masks;
}

function countUpperBits(bits: Int32Array, histogram: Int32Array, turned: number, kept: number): void {
  for (let index = 0; index < bits.length; index++) {
    const own = bits[index]!;
    histogram[(((own ^ ((own >> 31) & turned)) & kept) >> lowBits) + buckets / 2]!++;
  }
}

/** What is beyond either infinity is no number; the bucket of an infinity may hold both. */
function refuseNaN(bitsOf: readonly Int32Array[], upper: Int32Array): void {
  const infinity = 0x7f800000;
  const [most, least] = [(infinity >> lowBits) + buckets / 2, (~infinity >> lowBits) + buckets / 2];
  if (!upper.some((counted, at) => counted > 0 && (at >= most || at <= least))) return;
  if (!bitsOf.some((bits) => bits.some((own) => (own & 0x7fffffff) > infinity))) return;
  throw notANumber();
}

export function notANumber(where?: string): StudioError {
  return new StudioError('diverged', 'A weight or its score is not a number, so nothing can be ranked by it.', {
    where,
    whatToDo: 'Prune a variant whose training did not diverge.',
  });
}

/** The mask of one tensor: 0 below the bucket, 1 above it, `undecided` within it; there the lower bits are counted. */
function splitAtBucket(bits: Int32Array, at: number, lower: Int32Array, turned: number, kept: number): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(bits.length);
  for (let index = 0; index < bits.length; index++) {
    const own = bits[index]!;
    const ordered = (own ^ ((own >> 31) & turned)) & kept;
    const beyond = (ordered >> lowBits) - at;
    if (beyond === 0) {
      lower[ordered & lowest]!++;
      mask[index] = undecided;
    } else mask[index] = ~beyond >>> 31;
  }
  return mask;
}

/** Below the threshold's lower bits 0, above 1; of the equal ones the first `ties` go. Answers with the ties that are left. */
function decide(bits: Int32Array, mask: Uint8Array<ArrayBuffer>, threshold: number, ties: number, turned: number): number {
  const words = new Int32Array(mask.buffer, 0, mask.length >> 2);
  let left = ties;
  for (let word = 0; word <= words.length; word++) {
    if (word < words.length && (words[word]! & undecidedInWord) === 0) continue;
    for (let index = 4 * word; index < Math.min(4 * word + 4, mask.length); index++) {
      if (mask[index] !== undecided) continue;
      const own = bits[index]!;
      const low = (own ^ ((own >> 31) & turned)) & lowest;
      mask[index] = low > threshold || (low === threshold && left-- <= 0) ? 1 : 0;
    }
  }
  return Math.max(left, 0);
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
