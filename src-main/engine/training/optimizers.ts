// The optimizers with their state in plain tensors, so that all of it goes into a checkpoint bit by bit. The numbers are Keras's.
// tfjs's own Adam recomputes its running powers when weights are set, so a run resumed with it ends elsewhere.
import type { Tensor } from '@tensorflow/tfjs-node';
import { decayOf, type Optimizer, type StepFields } from '#contract/recipe.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

/** What becomes of a gradient: all but the rate, which changes from step to step. */
export interface UpdateRule extends Pick<StepFields, 'optimizer' | 'clip'> {
  /** What a step at rate 1 takes off each weight, as a share of it. */
  readonly weightDecay: number;
}

export function updateRule(settings: Pick<StepFields, 'optimizer' | 'weightDecay' | 'clip'>): UpdateRule {
  return { optimizer: settings.optimizer, weightDecay: decayOf(settings), clip: settings.clip };
}

/** Names of the tensors that an optimizer keeps for each weight; all begin at zero. */
export const slotNames: Record<Optimizer, readonly string[]> = {
  sgd: [],
  momentum: ['velocity'],
  nesterov: ['velocity'],
  adam: ['m', 'v'],
  adamw: ['m', 'v'],
  rmsprop: ['ms', 'move'],
};

/** Of momentum, of Adam's means, of RMSprop's mean square: Keras's defaults. */
export const constants = { momentum: 0.9, beta1: 0.9, beta2: 0.999, rho: 0.9, epsilon: 1e-7 } as const;

/** Takes one step: new slots, in the order of `slotNames`, and the new weights (not yet masked). `step` counts from 0. */
export type Update = (
  weight: Tensor,
  gradient: Tensor,
  slots: readonly Tensor[],
  rate: number,
  step: number,
) => { weight: Tensor; slots: Tensor[] };

export function createUpdate(tf: Tensorflow, { optimizer, weightDecay }: Pick<UpdateRule, 'optimizer' | 'weightDecay'>): Update {
  const { momentum: share, beta1, beta2, rho, epsilon } = constants;
  const kept = new Map<number, Tensor>();
  /** A number as a tensor that lives as long as the process. */
  function constant(value: number): Tensor {
    const known = kept.get(value) ?? tf.keep(tf.scalar(value));
    kept.set(value, known);
    return known;
  }
  const rule = { sgd, momentum, nesterov, adam, adamw: adam, rmsprop }[optimizer];
  return weightDecay === 0 ? rule : (weight, gradient, slots, rate, step) => rule(decayed(weight, rate), gradient, slots, rate, step);

  /** w ← w − rate · decay · w, which no running mean divides (Loshchilov & Hutter 2019). Biases decay too, as in Keras. */
  function decayed(weight: Tensor, rate: number): Tensor {
    return tf.sub(weight, tf.mul(weight, tf.scalar(rate * weightDecay)));
  }

  function sgd(weight: Tensor, gradient: Tensor, _slots: readonly Tensor[], rate: number) {
    return { weight: tf.sub(weight, tf.mul(gradient, tf.scalar(rate))), slots: [] };
  }

  /** v ← 0.9 v − rate · g; w ← w + v, as Keras has it. */
  function momentum(weight: Tensor, gradient: Tensor, [velocity]: readonly Tensor[], rate: number) {
    const next = tf.sub(tf.mul(velocity!, constant(share)), tf.mul(gradient, tf.scalar(rate)));
    return { weight: tf.add(weight, next), slots: [next] };
  }

  /** v ← 0.9 v − rate · g; w ← w + 0.9 v − rate · g: the velocity one step ahead (Nesterov 1983, in the form of Sutskever et al. 2013). */
  function nesterov(weight: Tensor, gradient: Tensor, [velocity]: readonly Tensor[], rate: number) {
    const fall = tf.mul(gradient, tf.scalar(rate));
    const next = tf.sub(tf.mul(velocity!, constant(share)), fall);
    return { weight: tf.add(weight, tf.sub(tf.mul(next, constant(share)), fall)), slots: [next] };
  }

  /**
   * Kingma & Ba 2015, in the order of the end of section 2: rate_t = rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ); w ← w − rate_t · m / (√v + ε).
   * Worked example, first step, g = 0.5, rate 0.001: m = 0.05, v = 0.00025, rate_1 = 0.001 · √0.001 / 0.1, so w falls by 0.001 whatever g
   * was.
   */
  function adam(weight: Tensor, gradient: Tensor, [m, v]: readonly Tensor[], rate: number, step: number) {
    const t = step + 1;
    const corrected = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
    const first = tf.add(m!, tf.mul(tf.sub(gradient, m!), constant(1 - beta1)));
    const second = tf.add(v!, tf.mul(tf.sub(tf.square(gradient), v!), constant(1 - beta2)));
    const move = tf.div(tf.mul(first, tf.scalar(corrected)), tf.add(tf.sqrt(second), constant(epsilon)));
    return { weight: tf.sub(weight, move), slots: [first, second] };
  }

  /**
   * s ← 0.9 s + 0.1 g²; w ← w − rate · g / √(s + ε) (Hinton 2012, lecture 6e). The move is kept beside s only because TensorFlow's kernel has
   * a place for it.
   * Worked example, first step, g = 0.5: s = 0.025, so w falls by rate · 0.5 / 0.158 = 3.16 rate.
   */
  function rmsprop(weight: Tensor, gradient: Tensor, [ms]: readonly Tensor[], rate: number) {
    const next = tf.add(ms!, tf.mul(tf.sub(tf.square(gradient), ms!), constant(1 - rho)));
    const move = tf.div(tf.mul(gradient, tf.scalar(rate)), tf.sqrt(tf.add(next, constant(epsilon))));
    return { weight: tf.sub(weight, move), slots: [next, move] };
  }
}

/**
 * Within a `tf.tidy`: all gradients, scaled down together where √(Σ g²) is above `clip`, as Keras's `global_clipnorm` does (Pascanu et al. 2013).
 * Worked example, clip 1: gradients 3 and 4 have the norm 5 and become 0.6 and 0.8.
 */
export function clipByGlobalNorm(tf: Tensorflow, gradients: ReadonlyMap<string, Tensor>, clip: number): ReadonlyMap<string, Tensor> {
  if (clip === 0) return gradients;
  const norm = tf.sqrt(tf.addN([...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)))));
  const factor = tf.div(tf.scalar(clip), tf.maximum(norm, tf.scalar(clip)));
  return new Map([...gradients].map(([name, gradient]) => [name, tf.mul(gradient, factor)]));
}
