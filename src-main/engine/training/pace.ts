// How fast training goes, and how long it still takes.

export class Pace {
  readonly #firstStep: number;
  readonly #steps: number;
  readonly #began = performance.now();
  #imagesPerSecond: number | null = null;

  constructor(firstStep: number, steps: number) {
    this.#firstStep = firstStep;
    this.#steps = steps;
  }

  /** A running mean over some twenty steps. */
  add(images: number, seconds: number): void {
    const speed = images / Math.max(seconds, 1e-6);
    this.#imagesPerSecond = this.#imagesPerSecond === null ? speed : this.#imagesPerSecond * 0.95 + speed * 0.05;
  }

  /** Time left is told after ten steps, from all of the time that passed: validation and checkpoints are in it. */
  estimate(step: number): { secondsLeft: number | null; imagesPerSecond: number | null } {
    const done = step - this.#firstStep;
    const passed = (performance.now() - this.#began) / 1000;
    return {
      secondsLeft: done < 10 ? null : (passed / done) * (this.#steps - step),
      imagesPerSecond: this.#imagesPerSecond === null ? null : Math.round(this.#imagesPerSecond),
    };
  }
}
