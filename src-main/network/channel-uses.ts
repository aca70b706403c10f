// Where channels lie: the axes of weights, the numbers in configurations and the layers that they pass through.
import { UNREMOVABLE, type ChannelClasses } from './channel-classes.ts';

/** One axis of one weight; entry i belongs to channel `labels[i]`, or to none where that is −1. */
export interface WeightUse {
  readonly layer: string;
  /** The last part of the tensor's name. */
  readonly weight: string;
  /** From the front, or from the back where below 0. */
  readonly axis: number;
  readonly labels: Int32Array;
  /** The masked state zeroes a removed channel's entries. */
  readonly zeroed: boolean;
  /** The layer takes these channels in; otherwise it makes them or carries them on. */
  readonly consumed: boolean;
  /** A kernel that makes or filters the channels, so its magnitude tells what they are worth. */
  readonly scored: boolean;
  /** What a removed channel still sends into a consumer's kernel, by entry; null where that is 0 throughout. */
  readonly constants: Float64Array | null;
}

/** A number in a layer's configuration that counts channels: `filters`, or one entry of `target_shape`. */
export interface SizeUse {
  readonly layer: string;
  readonly key: string;
  readonly index: number | null;
  readonly labels: Int32Array;
}

export interface LayerUse {
  readonly layer: string;
  readonly role: 'follower' | 'consumer';
  readonly labels: Int32Array;
}

/** A layer that is called twice has one set of weights, so what lies at the same entry in both calls goes together. */
export class ChannelUses {
  readonly weights = new Map<string, WeightUse>();
  readonly sizes = new Map<string, SizeUse>();
  readonly layers: LayerUse[] = [];
  readonly #classes: ChannelClasses;

  constructor(classes: ChannelClasses) {
    this.#classes = classes;
  }

  weight(use: WeightUse): void {
    const key = `${use.layer}/${use.weight}/${use.axis}`;
    const known = this.weights.get(key);
    if (known === undefined) this.weights.set(key, use);
    else if (this.#join(known, use) && !sameConstants(known, use)) {
      this.#classes.keep(use.labels, `${use.layer} is used more than once, and a removed channel would still send it different constants`);
    }
  }

  size(use: SizeUse): void {
    const key = `${use.layer}/${use.key}/${use.index ?? ''}`;
    const known = this.sizes.get(key);
    if (known === undefined) this.sizes.set(key, use);
    else this.#join(known, use);
  }

  #join(known: { readonly labels: Int32Array }, use: { readonly layer: string; readonly labels: Int32Array }): boolean {
    const why = `${use.layer} is used more than once, elsewhere with channels that can't be removed`;
    const joined = known.labels.length === use.labels.length;
    if (joined) this.#classes.uniteAll(known.labels, use.labels, why);
    else this.#classes.keep([...known.labels, ...use.labels], why);
    return joined;
  }
}

/** A call in which a weight's channels can't be removed, for a layer that may have another call in which they could. */
export function unremovable(count: number): Int32Array {
  return new Int32Array(count).fill(UNREMOVABLE);
}

function sameConstants(one: WeightUse, other: WeightUse): boolean {
  return one.labels.every((_, at) => (one.constants?.[at] ?? 0) === (other.constants?.[at] ?? 0));
}
