// Finds the k smallest numbers of any number of tensors without sorting or copying them. Long because its passes share one mask and its entries.
import { StudioError } from '#contract/errors.ts';

/**
 * Without its sign bit, a float32 read as an integer sorts as the magnitude does. With it, the other bits of a negative number sort the
 * wrong way round, and turning them over puts that right: then it sorts as the number itself does.
 */
export type Order = 'magnitude' | 'value';
const orders = {
  magnitude: { turned: 0, kept: 0x7fffffff, least: 0 },
  value: { turned: 0x7fffffff, kept: -1, least: -0x80000000 },
} as const;
type OrderedBits = (typeof orders)[Order];
const largest = 0x7fffffff;
const infinity = 0x7f800000;

/** A number's first half: its sign, its exponent and 7 bits of its mantissa. */
const HALF = 16;
const halves = 1 << HALF;
/** Numbers looked at to guess where the k-th lies: about so many, evenly spread. */
const SAMPLED = 1 << 18;
/** How far the guess reaches to either side, in standard deviations of the sample's count below the k-th. */
const DEVIATIONS = 6;
/** Bits that the histogram of what is within the bracket tells apart. */
const FINE = 16;

/** Entries of a mask under construction beside 0 and 1: `within` the bracket of the k-th number; `odd`: infinite, or no number at all. */
const within = 2;
const odd = 4;
const inEachByte = 0x01010101;
/** Words of a mask whose ones are counted at once: as many as a byte can count. */
const COUNTED = 255;
/** Entries of a mask that a pass has come upon and looks at together; no pass leaves any. */
const places = new Int32Array(1 << 14);

/** Ordered bits, both ends within; first halves that are the same are all in it or all outside. */
interface Bracket {
  readonly from: number;
  readonly to: number;
}

/** What a selection works on: the numbers as integers, the masks under construction, and one histogram for all passes. */
interface Work {
  readonly numbers: readonly Int32Array[];
  readonly masks: readonly Uint8Array<ArrayBuffer>[];
  readonly count: number;
  readonly histogram: Int32Array;
  readonly bits: OrderedBits;
}

/**
 * One mask a tensor, 1 = kept and 0 = among the k smallest of all tensors together. Exactly k entries are 0: of equal numbers those of
 * the first tensor and the lowest index go first. −0 equals 0 by magnitude and is less by value; infinities are the largest.
 *
 * A sample tells a narrow bracket in which the k-th number should lie. One pass looks the first half of every number up in a table of what is
 * below, above and within, and counts what is within by its other bits; one or two looks at the masks, four entries at a time, then settle
 * the few that are left. Where the bracket was wrong, all is done again with everything in it.
 *
 * Throws RangeError where k is not within 0 … count, StudioError `diverged` where a number is NaN.
 */
export function selectSmallest(tensors: readonly Float32Array[], k: number, order: Order = 'magnitude'): Uint8Array<ArrayBuffer>[] {
  const count = tensors.reduce((sum, tensor) => sum + tensor.length, 0);
  if (!Number.isInteger(k) || k < 0 || k > count) throw new RangeError(`${k} of ${count} numbers can't be selected`);
  const work: Work = {
    numbers: tensors.map((tensor) => new Int32Array(tensor.buffer, tensor.byteOffset, tensor.length)),
    masks: tensors.map((tensor) => new Uint8Array(tensor.length)),
    count,
    histogram: new Int32Array(1 << FINE),
    bits: orders[order],
  };
  if (!select(work, k, guess(work, k))) select(work, k, { from: work.bits.least, to: largest });
  return [...work.masks];
}

export function notANumber(where?: string): StudioError {
  return new StudioError('diverged', 'A weight or its score is not a number, so nothing can be ranked by it.', {
    where,
    whatToDo: 'Prune a variant whose training did not diverge.',
  });
}

function ordered(own: number, { turned, kept }: OrderedBits): number {
  return (own ^ ((own >> 31) & turned)) & kept;
}

/**
 * Where the k-th number lies, told from a sample, and wide enough to be wrong once in a billion times. Zeros are left below it: a pruned
 * network is full of them, they go first, and as a rule all of them do.
 */
function guess({ numbers, count, histogram, bits }: Work, k: number): Bracket {
  const stride = Math.max(1, Math.floor(count / SAMPLED)) | 1; // not even, so that it comes to all places in rows of even length
  let looked = 0;
  let next = 0;
  for (const own of numbers) {
    for (; next < own.length; next += stride) {
      histogram[(ordered(own[next]!, bits) >> HALF) + halves / 2]!++;
      looked++;
    }
    next -= own.length;
  }
  const share = k / Math.max(count, 1);
  const spread = stride === 1 ? 0 : 1 + DEVIATIONS * Math.sqrt(looked * share * (1 - share));
  const [low, high] = [Math.ceil(share * looked - spread), Math.ceil(share * looked + spread)];
  const beginning = (half: number): number => (half - halves / 2) * halves;
  const from = low < 1 ? bits.least : beginning(bucketOf(histogram, low).at);
  const to = high > looked ? largest : beginning(bucketOf(histogram, high).at + 1) - 1;
  return { from: from === 0 && to >= halves ? halves : from, to };
}

/** False where the bracket is neither around the k-th number nor right above it; then the masks are not yet what they should be. */
function select({ numbers, masks, count, histogram, bits }: Work, k: number, bracket: Bracket): boolean {
  const { from, to } = bracket;
  const shift = Math.max(0, 32 - Math.clz32(to - from) - FINE);
  const table = placesOf(bracket, bits);
  histogram.fill(0);
  let above = 0;
  for (const [at, own] of numbers.entries()) above += place(own, masks[at]!, table, bracket, shift, histogram, bits);
  const inside = histogram.reduce((sum, here) => sum + here, 0);
  const rank = k - (count - above - inside);
  if (rank < 0 || rank > inside) return false;
  if (rank === 0) {
    for (const mask of masks) keepWithin(mask);
    return true;
  }
  const upper = bucketOf(histogram, rank);
  const start = (from + upper.at * 2 ** shift) | 0;
  histogram.fill(0);
  const inAll = (look: (own: Int32Array, mask: Uint8Array, found: number) => void): void => {
    for (const [at, mask] of masks.entries()) forEntries(mask, within, (found) => look(numbers[at]!, mask, found));
  };
  if (shift > 0) inAll((own, mask, found) => countLower(own, mask, found, start, shift, histogram, bits));
  const lower = shift > 0 ? bucketOf(histogram, rank - upper.before) : { at: 0, before: 0 };
  let ties = rank - upper.before - lower.before;
  inAll((own, mask, found) => {
    ties = settle(own, mask, found, start + lower.at, ties, bits);
  });
  return true;
}

/** What a number's first half alone tells: 0 below the bracket, 1 above it, `within`, or `odd`. */
function placesOf({ from, to }: Bracket, bits: OrderedBits): Uint8Array {
  const table = new Uint8Array(halves);
  for (let half = 0; half < halves; half++) {
    const own = ordered(half << HALF, bits) >> HALF;
    const isOdd = ((half << HALF) & infinity) === infinity;
    table[half] = isOdd ? odd : own < from >> HALF ? 0 : own > to >> HALF ? 1 : within;
  }
  return table;
}

/** Writes the mask, and counts what is within by all but the last `shift` bits; answers how many are above. */
function place(
  numbers: Int32Array,
  mask: Uint8Array<ArrayBuffer>,
  table: Uint8Array,
  bracket: Bracket,
  shift: number,
  histogram: Int32Array,
  bits: OrderedBits,
): number {
  const first = new Uint16Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
  const words = new Int32Array(mask.buffer, 0, mask.length >> 2);
  let above = 0;
  for (let word = 0; word < words.length; word += COUNTED)
    above += lookUp(first, table, words, word, Math.min(word + COUNTED, words.length));
  for (let index = 4 * words.length; index < mask.length; index++) {
    mask[index] = table[first[2 * index + 1]!]!;
    above += mask[index]! & 1;
  }
  forEntries(mask, within | odd, (found) => {
    above += countUpper(numbers, mask, found, bracket, shift, histogram, bits);
  });
  return above;
}

/** Of words of a mask, at most `COUNTED`; answers how many ones there are. */
function lookUp(first: Uint16Array, table: Uint8Array, words: Int32Array, from: number, to: number): number {
  let ones = 0;
  for (let word = from; word < to; word++) {
    const at = 8 * word + 1; // little-endian: the second half of the memory is the first of the number
    const four = table[first[at]!]! | (table[first[at + 2]!]! << 8) | (table[first[at + 4]!]! << 16) | (table[first[at + 6]!]! << 24);
    words[word] = four;
    ones = (ones + (four & inEachByte)) | 0;
  }
  return (ones & 255) + ((ones >>> 8) & 255) + ((ones >>> 16) & 255) + (ones >>> 24);
}

/** Of the first `found` places: those at infinity get their place first. Answers how many of these are above the bracket. */
function countUpper(
  numbers: Int32Array,
  mask: Uint8Array,
  found: number,
  { from, to }: Bracket,
  shift: number,
  histogram: Int32Array,
  bits: OrderedBits,
): number {
  let above = 0;
  for (let at = 0; at < found; at++) {
    const index = places[at]!;
    const own = ordered(numbers[index]!, bits);
    if (mask[index] === odd) {
      if ((numbers[index]! & 0x7fffffff) > infinity) throw notANumber();
      mask[index] = own < from ? 0 : own > to ? 1 : within;
      above += mask[index]! & 1;
    }
    if (mask[index] === within) histogram[(own - from) >>> shift]!++;
  }
  return above;
}

/** Fills `places` with the entries that have one of these bits, ascending, as often as it takes; each time it is told how many they are. */
function forEntries(mask: Uint8Array<ArrayBuffer>, wanted: number, look: (found: number) => void): void {
  const words = new Int32Array(mask.buffer, 0, mask.length >> 2);
  for (let word = 0; word < words.length; word += places.length / 4)
    look(find(words, word, Math.min(word + places.length / 4, words.length), wanted * inEachByte));
  let found = 0;
  for (let index = 4 * words.length; index < mask.length; index++) if ((mask[index]! & wanted) !== 0) places[found++] = index;
  look(found);
}

function find(words: Int32Array, from: number, to: number, wanted: number): number {
  let found = 0;
  for (let word = from; word < to; word++) {
    const four = words[word]! & wanted;
    if (four === 0) continue;
    if ((four & 0xff) !== 0) places[found++] = 4 * word;
    if ((four & 0xff00) !== 0) places[found++] = 4 * word + 1;
    if ((four & 0xff0000) !== 0) places[found++] = 4 * word + 2;
    if (four >>> 24 !== 0) places[found++] = 4 * word + 3;
  }
  return found;
}

/** 2 → 1 */
function keepWithin(mask: Uint8Array<ArrayBuffer>): void {
  const words = new Int32Array(mask.buffer, 0, mask.length >> 2);
  for (let word = 0; word < words.length; word++) words[word] = (words[word]! | (words[word]! >>> 1)) & inEachByte;
  for (let index = 4 * words.length; index < mask.length; index++) mask[index] = (mask[index]! + 1) >> 1;
}

/**
 * Of the first `found` places, what is below the bucket that begins at `start` becomes 0, what is above it 1; the rest is counted by its last
 * bits.
 */
function countLower(
  numbers: Int32Array,
  mask: Uint8Array,
  found: number,
  start: number,
  shift: number,
  histogram: Int32Array,
  bits: OrderedBits,
): void {
  const end = start + (1 << shift) - 1;
  for (let at = 0; at < found; at++) {
    const own = ordered(numbers[places[at]!]!, bits);
    if (own < start) mask[places[at]!] = 0;
    else if (own > end) mask[places[at]!] = 1;
    else histogram[own - start]!++;
  }
}

/** Of the first `found` places, what is below the threshold becomes 0, what is above it 1, and the first `ties` of its equals 0; answers with the ties left. */
function settle(numbers: Int32Array, mask: Uint8Array, found: number, threshold: number, ties: number, bits: OrderedBits): number {
  let left = ties;
  for (let at = 0; at < found; at++) {
    const own = ordered(numbers[places[at]!]!, bits);
    const goes = own < threshold || (own === threshold && left > 0);
    if (goes && own === threshold) left--;
    mask[places[at]!] = goes ? 0 : 1;
  }
  return left;
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
