// Repeats of one run with several seeds: which variants belong together, and their mean with its interval.
import { z } from 'zod';

/** Shared by the runs of one order: `--seeds 5` makes five variants with one `id`. */
export const Repeat = z.object({ id: z.string(), seed: z.int(), of: z.int() });
export type Repeat = z.infer<typeof Repeat>;

export const seeds = z.int().min(1).max(100);

export interface MeanInterval {
  readonly runs: number;
  readonly mean: number;
  /** Sample standard deviation; null for one run, as is the interval. */
  readonly deviation: number | null;
  /** Half the width of the 95 % interval of the mean (Student's t). */
  readonly half: number | null;
}

/** Worked example: 1, 2, 3 → mean 2, deviation 1, half 4.303 / √3 = 2.484. Null without values. */
export function meanInterval(values: readonly number[]): MeanInterval | null {
  const runs = values.length;
  if (runs === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / runs;
  if (runs === 1) return { runs, mean, deviation: null, half: null };
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs - 1));
  return { runs, mean, deviation, half: (studentQuantile(runs - 1) * deviation) / Math.sqrt(runs) };
}

const quantiles = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281];

/** Student's t at 0.975: a table up to ten degrees of freedom, then Cornish and Fisher's expansion, to 1e-4. */
export function studentQuantile(freedom: number): number {
  const z975 = 1.959964;
  const first = (z975 ** 3 + z975) / 4;
  const second = (5 * z975 ** 5 + 16 * z975 ** 3 + 3 * z975) / 96;
  const third = (3 * z975 ** 7 + 19 * z975 ** 5 + 17 * z975 ** 3 - 15 * z975) / 384;
  return quantiles[freedom - 1] ?? z975 + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}
