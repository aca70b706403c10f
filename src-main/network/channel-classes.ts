// Which channels must go together: a union-find over single channels, with the reasons why some have to stay.

/** No channel that could be removed lies at this entry. */
export const UNREMOVABLE = -1;
/** An answer's reason outranks those that were found before it. */
const foremost = -1e9;

/**
 * Example: Add joins channel c of one convolution with channel c of the other, a concatenation joins nothing, a grouped convolution
 * joins channel j of every group. Channels are numbered from 0 in the order in which they are made.
 */
export class ChannelClasses {
  readonly #parents: number[] = [];
  /** Of a class's first channel: the number of the first reason to stay, or Infinity. */
  readonly #orders: number[] = [];
  readonly #texts = new Map<number, string>();
  #said = 0;

  /** New channels, each a class by itself. */
  create(count: number): Int32Array {
    const first = this.#parents.length;
    for (let at = 0; at < count; at++) {
      this.#parents.push(first + at);
      this.#orders.push(Infinity);
    }
    return Int32Array.from({ length: count }, (_, at) => first + at);
  }

  get count(): number {
    return this.#parents.length;
  }

  /** The lowest-numbered channel of the class. Paths are halved on the way, so that chains stay short. */
  classOf(channel: number): number {
    let at = channel;
    for (;;) {
      const parent = this.#parents[at]!;
      if (parent === at) return at;
      at = this.#parents[at] = this.#parents[parent]!;
    }
  }

  unite(one: number, other: number): void {
    const [low, high] = [this.classOf(one), this.classOf(other)].sort((first, second) => first - second);
    if (low === undefined || high === undefined || low === high) return;
    this.#parents[high] = low;
    this.#orders[low] = Math.min(this.#orders[low]!, this.#orders[high]!);
  }

  /** Entry by entry; where only one side can be removed it has to stay. The lists are equally long. */
  uniteAll(some: Int32Array, others: Int32Array, why: string): void {
    if (some === others) return;
    const alone: number[] = [];
    for (let at = 0; at < some.length; at++) {
      const [one, other] = [some[at]!, others[at]!];
      if (one === other) continue;
      if (one === UNREMOVABLE || other === UNREMOVABLE) alone.push(one, other);
      else this.unite(one, other);
    }
    this.keep(alone, why);
  }

  /** These have to stay; of several reasons the first one counts, or that for which `first` is said. */
  keep(channels: Iterable<number>, why: string, first = false): void {
    const order = (first ? foremost : 0) + this.#said++;
    this.#texts.set(order, why);
    for (const channel of channels) {
      if (channel === UNREMOVABLE) continue;
      const at = this.classOf(channel);
      this.#orders[at] = Math.min(this.#orders[at]!, order);
    }
  }

  /** The number of the reason why a class has to stay, lower ones counting more; Infinity where it may go. */
  reasonOrder(channel: number): number {
    return this.#orders[this.classOf(channel)]!;
  }

  reason(order: number): string | undefined {
    return this.#texts.get(order);
  }
}
