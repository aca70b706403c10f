// How far a network's numbers are from those that were wanted, summed up batch by batch.
import type { RegressionScore } from '#contract/measurement.ts';

interface Sums {
  wanted: number;
  squares: number;
  errors: number;
}

/** A number that is none, or infinite, counts as the largest there is: JSON knows neither. */
const finite = (value: number): number => (Number.isFinite(value) ? value : Number.MAX_VALUE);

/** Worked example: wanted 1, 2, 3, answered 1, 2, 5: MAE 2/3, RMSE √(4/3), R² = 1 − 4/2 = −1. */
export class Errors {
  #count = 0;
  #absolute = 0;
  #squared = 0;
  readonly #targets: Sums[] = [];

  /** Both (N, width), one sample after the other. */
  add(answers: ArrayLike<number>, wanted: ArrayLike<number>, width: number): void {
    while (this.#targets.length < width) this.#targets.push({ wanted: 0, squares: 0, errors: 0 });
    for (let at = 0; at < wanted.length; at++) {
      const error = answers[at]! - wanted[at]!;
      const sums = this.#targets[at % width]!;
      sums.wanted += wanted[at]!;
      sums.squares += wanted[at]! ** 2;
      sums.errors += error ** 2;
      this.#absolute += Math.abs(error);
      this.#squared += error ** 2;
    }
    this.#count += wanted.length;
  }

  score(): RegressionScore {
    const each = this.#count / Math.max(this.#targets.length, 1);
    const shares = this.#targets.flatMap(({ wanted, squares, errors }) => {
      const spread = squares - wanted ** 2 / Math.max(each, 1);
      // Sums of squares lose their last digits: less than these is no spread.
      return spread > 1e-12 * squares ? [1 - errors / spread] : [];
    });
    const all = Math.max(this.#count, 1);
    return {
      mae: finite(this.#absolute / all),
      rmse: finite(Math.sqrt(this.#squared / all)),
      r2: shares.length === 0 ? null : -finite(-shares.reduce((sum, share) => sum + share, 0) / shares.length),
    };
  }
}
