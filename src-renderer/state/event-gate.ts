// Puts a snapshot and the events around it in order: those that it already holds are dropped, the rest follow it.
export interface Numbered {
  readonly data: { readonly seq: number };
}

export class EventGate<E extends Numbered> {
  #held: E[] | null = null;
  #seq = -1;
  readonly #apply: (event: E) => void;

  constructor(apply: (event: E) => void) {
    this.#apply = apply;
  }

  /** A snapshot is on its way: keep what arrives until it is here. */
  hold(): void {
    this.#held = [];
  }

  offer(event: E): void {
    if (this.#held !== null) this.#held.push(event);
    else if (event.data.seq > this.#seq) this.#pass(event);
  }

  /** The snapshot is in place and includes every event up to `seq`. Snapshot 7, held 6 7 8 9 → 8 and 9 are applied. */
  release(seq: number): void {
    const held = this.#held ?? [];
    this.#held = null;
    this.#seq = seq;
    for (const event of held) if (event.data.seq > this.#seq) this.#pass(event);
  }

  #pass(event: E): void {
    this.#seq = event.data.seq;
    this.#apply(event);
  }
}
