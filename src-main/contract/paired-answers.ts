// Which samples a network gets right, as a bitmap, and McNemar's test of two networks on the very same samples.
import { z } from 'zod';

/** Base64 of a bit a sample of the test split in its own order: sample i is bit i mod 8 of byte ⌊i / 8⌋, 1 where the answer is right. */
export const RightAnswers = z.base64();

export const PairedTest = z.object({
  samples: z.int(),
  /** Samples that only the first network, or only the second, gets right. */
  onlyFirst: z.int(),
  onlySecond: z.int(),
  /** The probability of a difference at least so large between two equally good networks; two-sided. */
  p: z.number(),
  method: z.enum(['exact binomial', 'chi² with continuity correction']),
  /** p < 0.05. */
  distinguishable: z.boolean(),
});
export type PairedTest = z.infer<typeof PairedTest>;

/** Below so many discordant samples the test is exact. */
const EXACT_BELOW = 25;
export const LEVEL = 0.05;

export function packRight(right: ArrayLike<number>): string {
  const bytes = new Uint8Array(Math.ceil(right.length / 8));
  for (let at = 0; at < right.length; at++) if (right[at] !== 0) bytes[at >> 3]! |= 1 << (at & 7);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/**
 * McNemar's test (Psychometrika 1947) on the samples that exactly one of two networks gets right; exact by the binomial where they are few, else
 * (|b − c| − 1)² / (b + c) against chi² with one degree of freedom (Edwards 1948).
 * Worked example: 10 samples only the first gets right, 2 only the second: p = 2 · P(X ≤ 2 of 12) = 2 · 79 / 4096 = 0.0386.
 * Null where the bitmaps aren't of equally many samples.
 */
export function mcnemar(first: string, second: string, samples: number): PairedTest | null {
  const [one, other] = [atob(first), atob(second)];
  if (one.length !== other.length || one.length !== Math.ceil(samples / 8)) return null;
  let [onlyFirst, onlySecond] = [0, 0];
  for (let at = 0; at < one.length; at++) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    onlyFirst += bitsIn(a & ~b);
    onlySecond += bitsIn(b & ~a);
  }
  const exact = onlyFirst + onlySecond < EXACT_BELOW;
  const p = exact ? exactP(onlyFirst, onlySecond) : chiSquaredP(onlyFirst, onlySecond);
  return {
    samples,
    onlyFirst,
    onlySecond,
    p,
    method: exact ? 'exact binomial' : 'chi² with continuity correction',
    distinguishable: p < LEVEL,
  };
}

function exactP(b: number, c: number): number {
  const n = b + c;
  let [term, sum] = [1, 1];
  for (let k = 1; k <= Math.min(b, c); k++) {
    term *= (n - k + 1) / k;
    sum += term;
  }
  return Math.min(1, (2 * sum) / 2 ** n);
}

function chiSquaredP(b: number, c: number): number {
  const statistic = Math.max(0, Math.abs(b - c) - 1) ** 2 / (b + c);
  return complementaryError(Math.sqrt(statistic / 2));
}

/** erfc(x) for x ≥ 0 by its continued fraction beyond 2 and its series below: to 1e-12. */
export function complementaryError(x: number): number {
  if (x > 2) {
    let fraction = 0;
    for (let k = 60; k > 0; k--) fraction = k / 2 / (x + fraction);
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
  }
  let [term, sum] = [x, x];
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return 1 - (2 / Math.sqrt(Math.PI)) * sum;
}

function bitsIn(byte: number): number {
  let bits = 0;
  for (let rest = byte & 255; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}

/** "not distinguishable (McNemar p = 0.41)", "worse (McNemar p = 0.002)": the second network against the first. */
export function inWords({ p, distinguishable, onlyFirst, onlySecond }: PairedTest): string {
  const verdict = distinguishable ? (onlySecond > onlyFirst ? 'better' : 'worse') : 'not distinguishable';
  return `${verdict} (McNemar p ${p < 0.001 ? '< 0.001' : `= ${p.toFixed(p < 0.01 ? 3 : 2)}`})`;
}
