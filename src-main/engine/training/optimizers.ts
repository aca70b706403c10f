// SGD, momentum and Adam with their state in plain tensors, so that all of it goes into a checkpoint bit by bit.
// tfjs's own Adam recomputes its running powers when weights are set, so a run resumed with it ends elsewhere.
import type { Tensor, Variable } from '@tensorflow/tfjs-node';
import type { Optimizer } from '#contract/recipe.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

/** Names of the tensors that an optimizer keeps for each weight; all begin at zero. */
export const slotNames: Record<Optimizer, readonly string[]> = { sgd: [], momentum: ['velocity'], adam: ['m', 'v'] };

/** Takes one step: new slots, in the order of `slotNames`, and the new weights (not yet masked). `step` counts from 0. */
export type Update = (
  weight: Variable,
  gradient: Tensor,
  slots: readonly Tensor[],
  rate: number,
  step: number,
) => { weight: Tensor; slots: Tensor[] };

export function createUpdate(tf: Tensorflow, optimizer: Optimizer): Update {
  const constants = new Map<number, Tensor>();
  /** A number as a tensor that lives as long as the process. */
  function constant(value: number): Tensor {
    const known = constants.get(value) ?? tf.keep(tf.scalar(value));
    constants.set(value, known);
    return known;
  }
  return { sgd, momentum, adam }[optimizer];

  function sgd(weight: Variable, gradient: Tensor, _slots: readonly Tensor[], rate: number) {
    return { weight: tf.sub(weight, tf.mul(gradient, tf.scalar(rate))), slots: [] };
  }

  /** v ← 0.9 v − rate · g; w ← w + v, as Keras has it. */
  function momentum(weight: Variable, gradient: Tensor, [velocity]: readonly Tensor[], rate: number) {
    const next = tf.sub(tf.mul(velocity!, constant(0.9)), tf.mul(gradient, tf.scalar(rate)));
    return { weight: tf.add(weight, next), slots: [next] };
  }

  /**
   * Kingma & Ba 2015, in the order of the end of section 2: rate_t = rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ); w ← w − rate_t · m / (√v + ε).
   * Worked example, first step, g = 0.5, rate 0.001: m = 0.05, v = 0.00025, rate_1 = 0.001 · √0.001 / 0.1, so w falls by 0.001 whatever g
   * was.
   */
  function adam(weight: Variable, gradient: Tensor, [m, v]: readonly Tensor[], rate: number, step: number) {
    const t = step + 1;
    const corrected = (rate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
    const first = tf.add(m!, tf.mul(tf.sub(gradient, m!), constant(1 - 0.9)));
    const second = tf.add(v!, tf.mul(tf.sub(tf.square(gradient), v!), constant(1 - 0.999)));
    const move = tf.div(tf.mul(first, tf.scalar(corrected)), tf.add(tf.sqrt(second), constant(1e-7)));
    return { weight: tf.sub(weight, move), slots: [first, second] };
  }
}
