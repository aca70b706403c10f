// One pass over all samples before they are written: smallest and largest value, broken numbers, and samples that are the same.
import type { SplitName } from '../dataset-file.ts';
import { refusal } from '../refusal.ts';
import { pieces, rowLength } from './rows.ts';
import type { SourcePart } from './source-dataset.ts';

/** Beyond this many samples the table of fingerprints would take too much memory, and duplicates go uncounted. */
const maxCounted = 5_000_000;

export interface PartSurvey {
  readonly low: number;
  readonly high: number;
  /** A 53-bit fingerprint of each sample; null where there are too many. Two in a million samples collide once in 18,000 sets. */
  readonly prints: Float64Array | null;
}

/** @throws StudioError `not-a-dataset` for numbers that are infinite or none. */
export function surveyPart({ rows, place, inputs = place }: SourcePart, tell: (rows: number) => void): PartSurvey {
  const size = rowLength(rows);
  const prints = rows.count <= maxCounted ? new Float64Array(rows.count) : null;
  let low = Infinity;
  let high = -Infinity;
  for (const [from, to] of pieces(rows)) {
    const data = rows.read(from, to);
    // Bytes are never broken, and once 0 and 255 are met there is nothing more to learn of their range.
    if (data instanceof Uint8Array) {
      if (low > 0 || high < 255)
        for (const value of data) {
          if (value < low) low = value;
          if (value > high) high = value;
        }
    } else
      for (let at = 0; at < data.length; at++) {
        const value = data[at]!;
        if (value < low) low = value;
        if (value > high) high = value;
        if (value - value !== 0)
          throw refusal(
            'not-a-dataset',
            inputs,
            `Sample ${from + Math.floor(at / size)} holds ${Number.isNaN(value) ? 'a NaN' : 'an infinite value'}, its value ${(at % size) + 1} of ${size}.`,
            'Replace those values (as with numpy.nan_to_num) and save the data again; float32 holds numbers up to 3.4e38.',
          );
      }
    if (prints !== null) {
      const words = new Uint32Array(data.buffer, data.byteOffset, data.byteOffset % 4 === 0 ? Math.floor(data.byteLength / 4) : 0);
      const rowBytes = data.byteLength / (to - from);
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      for (let row = 0; row < to - from; row++) {
        prints[from + row] =
          rowBytes % 4 === 0 && words.length > 0
            ? fingerprint(words, (row * rowBytes) / 4, rowBytes / 4)
            : fingerprint(bytes, row * rowBytes, rowBytes);
      }
    }
    tell(to - from);
  }
  return { low, high, prints };
}

/** Two multiplicative hashes side by side, 27 and 26 bits of them. */
export function fingerprint(values: Uint32Array | Uint8Array, start: number, count: number): number {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let at = start; at < start + count; at++) {
    const value = values[at]!;
    a = Math.imul(a ^ value, 0x01000193);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b + value, 0xcc9e2d51) ^ (b >>> 15);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
  b = Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  return ((a ^ (a >>> 15)) >>> 5) * 2 ** 26 + ((b ^ (b >>> 16)) >>> 6);
}

export interface Duplicates {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  /** Samples that are the same as an earlier one but are labelled otherwise. */
  readonly contradicting: number;
}

/** Within train: repeats. In validation and test: samples that train has too. */
export function countDuplicates(splits: {
  readonly [split in SplitName]: Iterable<{ readonly print: number; readonly label: number }>;
}): Duplicates {
  const labelOf = new Map<number, number>();
  const counts = { train: 0, validation: 0, test: 0, contradicting: 0 };
  for (const { print, label } of splits.train) {
    const known = labelOf.get(print);
    if (known === undefined) labelOf.set(print, label);
    else counts.train++;
    if (known !== undefined && known !== label) counts.contradicting++;
  }
  for (const split of ['validation', 'test'] as const) {
    for (const { print, label } of splits[split]) {
      const known = labelOf.get(print);
      if (known === undefined) continue;
      counts[split]++;
      if (known !== label) counts.contradicting++;
    }
  }
  return counts;
}
