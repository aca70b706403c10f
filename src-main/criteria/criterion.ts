// What a criterion of importance is: how numbers become scores, of which the smallest are pruned first.
import type { Runs } from './along.ts';

/**
 * What a criterion takes its numbers from:
 * - `weights`: the kernels themselves.
 * - `chance`: uniform random numbers.
 * - `products`: weight times gradient of the loss, ∂L/∂w · w, one batch after the other.
 * - `movement`: −Σ w · ∂L/∂w over the training steps so far (Sanh et al. 2020).
 * - `scales`: the gammas of the batch normalization behind a channel.
 * - `activations`: what a channel sends on, one batch after the other.
 */
export type Subject = 'weights' | 'chance' | 'products' | 'movement' | 'scales' | 'activations';

/** Adding one is a file with one of these and a line in `all-criteria.ts`: flag, recipe field and form follow from it. */
export interface Criterion {
  /** As it stands in a recipe. */
  readonly name: string;
  /** As it stands in a form. */
  readonly title: string;
  /** One sentence for someone who chooses. */
  readonly summary: string;
  /** Authors and year. */
  readonly paper: string;
  readonly looksAt: Subject;
  /** Why it can't rank single weights, as the end of "…, as "; absent where it can. */
  readonly channelsOnly?: string;
  /** What makes scores of channels of different layers comparable (`normalise: auto`); `none` if left out. */
  readonly normalise?: 'size' | 'mean';
  /**
   * Adds to each score what `values` tell of its entry. Entries lie along an axis of the values (a kernel's filters); of single weights
   * each value is an entry. Called once, or once a batch, and the score is then the mean over batches.
   */
  add(scores: Scores, values: Values, along: Runs): void;
  /** From an entry's sum to its score; the sum itself if left out. */
  readonly finish?: (sum: number) => number;
  /** A channel is scored as a gate on it would be: by the sum of its products, which `add` gets. */
  readonly gates?: true;
  /** Single weights rank as their magnitudes do, so they can be ranked where they are. */
  readonly asMagnitude?: true;
  /** Scores may be negative, and then rank below zero; else zero is the least. */
  readonly signed?: true;
}

export type Scores = Float32Array | Float64Array;
export type Values = Float32Array | Float64Array;
