// How far two lists of answers are apart, and how far they may be.

/** Some steps of float32: what rounding alone may do to an answer, of which the last operations are others. */
const ROUNDING = 1e-6;

/**
 * Takes in answers piece by piece. An answer that is no number differs from every number.
 * Worked example: wanted 0.1, 0.5, seen 0.1, 0.50001: 1e-5 apart; of a range of 0.4 the share 1e-4 allows 4e-5.
 */
export class Apart {
  difference = 0;
  #least = Infinity;
  #most = -Infinity;

  add(wanted: ArrayLike<number>, seen: ArrayLike<number>): void {
    if (wanted.length !== seen.length) this.difference = Infinity;
    for (let at = 0; at < Math.min(wanted.length, seen.length); at++) {
      const [a, b] = [wanted[at]!, seen[at]!];
      if (a < this.#least) this.#least = a;
      if (a > this.#most) this.#most = a;
      const apart = Math.abs(a - b);
      if (!Number.isNaN(apart)) this.difference = Math.max(this.difference, apart);
      else if (!(Number.isNaN(a) && Number.isNaN(b))) this.difference = Infinity;
    }
  }

  /** `share` of the range of what was wanted, but no less than rounding does to the largest answer: all of them may be the same. */
  tolerance(share: number): number {
    if (!(this.#most >= this.#least)) return 0;
    return Math.max(share * (this.#most - this.#least), ROUNDING * Math.max(Math.abs(this.#most), Math.abs(this.#least)));
  }
}
