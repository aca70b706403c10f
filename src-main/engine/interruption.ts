// How long work is stopped in the middle: it gives way to the event loop often, and a pause or cancel then ends it by an exception.

/** Longest time, in milliseconds, that work keeps the event loop to itself between two steps. */
const BREATH = 100;

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly wish: 'pause' | 'cancel';

  constructor(wish: 'pause' | 'cancel') {
    super(wish);
    this.wish = wish;
  }
}

export class Interruption {
  #wish: 'pause' | 'cancel' | undefined;
  #lastBreath = performance.now();

  /** A cancel is never taken back by a later pause. */
  ask(wish: 'pause' | 'cancel'): void {
    if (this.#wish !== 'cancel') this.#wish = wish;
  }

  /**
   * Lets messages and timers in, if that hasn't happened for a while.
   * @throws Interrupted where the host has asked for a pause or a cancel
   */
  async breathe(): Promise<void> {
    if (performance.now() - this.#lastBreath > BREATH) {
      // Two turns: messages are read in the poll phase, which setImmediate alone may not reach before it fires.
      await new Promise((resume) => setImmediate(resume));
      await new Promise((resume) => setImmediate(resume));
      this.#lastBreath = performance.now();
    }
    if (this.#wish !== undefined) throw new Interrupted(this.#wish);
  }
}
