// What a layer asks of its weights after every step: norms within bounds, or no negative numbers. The numbers are Keras's.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

/** Keras's epsilon, by which a norm of zero is kept from being divided by. */
export const EPSILON = 1e-7;

/**
 * - `non-negative`: what is below 0 becomes 0.
 * - `norm`: w ← w · d / (ε + ‖w‖), with the norm over `axes` and d = rate · clip(‖w‖, low, high) + (1 − rate) · ‖w‖. MaxNorm, UnitNorm and
 *   MinMaxNorm are all of this kind: (0, most, 1), (1, 1, 1) and (least, most, rate).
 */
export type Constraint =
  | { readonly kind: 'non-negative' }
  | { readonly kind: 'norm'; readonly axes: readonly number[]; readonly low: number; readonly high: number; readonly rate: number };

/** A constraint as tfjs-layers holds it, or as a configuration writes it. */
interface Described {
  getClassName?(): string;
  getConfig?(): Readonly<Record<string, unknown>>;
  readonly className?: string;
  readonly class_name?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Undefined where there is none. Left out, its numbers are Keras's defaults. */
export function constraintOf(given: unknown): Constraint | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const described = given as Described;
  const name = described.getClassName?.() ?? described.className ?? described.class_name;
  const config = described.getConfig?.() ?? described.config ?? {};
  const number = (key: string, written: string, otherwise: number): number => {
    const value = config[key] ?? config[written];
    return typeof value === 'number' ? value : otherwise;
  };
  const axis = config['axis'] ?? 0;
  const axes = (Array.isArray(axis) ? axis : [axis]).map(Number);
  switch (name) {
    case 'NonNeg':
      return { kind: 'non-negative' };
    case 'MaxNorm':
      return { kind: 'norm', axes, low: 0, high: number('maxValue', 'max_value', 2), rate: 1 };
    case 'UnitNorm':
      return { kind: 'norm', axes, low: 1, high: 1, rate: 1 };
    case 'MinMaxNorm':
      return {
        kind: 'norm',
        axes,
        low: number('minValue', 'min_value', 0),
        high: number('maxValue', 'max_value', 1),
        rate: number('rate', 'rate', 1),
      };
    default:
      throw new Error(`no constraint is called ${String(name)}`);
  }
}

/**
 * The weight as its layer allows it, of the same shape; zeros stay zeros.
 * Worked example, MaxNorm of 1 over axis 0: the columns (3, 4) and (0.3, 0.4) become (0.6, 0.8) and (0.3, 0.4).
 */
export function constrained(tf: Tensorflow, constraint: Constraint | undefined, weight: Tensor): Tensor {
  if (constraint === undefined) return weight;
  if (constraint.kind === 'non-negative') return tf.relu(weight);
  const { axes, low, high, rate } = constraint;
  return tf.tidy(() => {
    const norms = tf.sqrt(tf.sum(tf.square(weight), [...axes], true));
    const within = tf.maximum(tf.minimum(norms, tf.scalar(high)), tf.scalar(low));
    const desired = rate === 1 ? within : tf.add(tf.mul(within, tf.scalar(rate)), tf.mul(norms, tf.scalar(1 - rate)));
    return tf.mul(weight, tf.div(desired, tf.add(norms, tf.scalar(EPSILON))));
  });
}
