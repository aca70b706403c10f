// What a name in an ONNX graph stands for while it is read: a tensor of the network, a constant, or a part of something that comes whole later.
import type { Constant } from './constant.ts';
import type { Flow } from './network-builder.ts';

/** x · factor, times 1 + erf(x / √2) where `gate`, on the way to x Φ(x), which older exporters spell out. */
export interface GeluPart {
  readonly kind: 'gelu-part';
  readonly x: Flow;
  readonly factor: number;
  readonly hasX: boolean;
  readonly added: 0 | 1;
}

/**
 * What a normalization of x over some axes is made of, on the way to it: of a layer normalization, or of one by the root of the mean
 * square, which leaves the mean in. TensorFlow's comes as x · s + (β − mean · s), with s = γ / √(variance + ε).
 */
export interface NormalizationPart {
  readonly kind: 'normalization-part';
  readonly x: Flow;
  readonly axes: readonly number[];
  readonly stage: 'mean' | 'centred' | 'square' | 'variance' | 'deviation' | 'inverse' | 'scaled' | 'shift';
  /** What was added to the variance so far. */
  readonly epsilon: number;
  /** Whether the mean is taken out of x. */
  readonly centred: boolean;
  /** Of a mean or a shift: whether its sign is turned. */
  readonly negated: boolean;
  readonly gamma?: Constant;
  readonly beta?: Constant;
  /** The mean, should it be wanted for itself. */
  readonly mean: () => Flow;
}

/** Whether x is above a number: only where a softplus goes over into x itself. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly x: Flow;
  readonly above: number;
}

/** What an op gives that only puts answers into another form (a label from scores): left out. */
export interface LeftOut {
  readonly kind: 'left-out';
  readonly op: string;
}

/** Axes `from` to `to` of x, the batch among them, are one axis in ONNX: only what keeps them together or takes them apart may follow. */
export interface Joined {
  readonly kind: 'joined';
  readonly x: Flow;
  readonly from: number;
  readonly to: number;
}

/** x repeated along its axes of size 1 up to `shape`: left to the next op where that stretches its inputs by itself. */
export interface Stretched {
  readonly kind: 'stretched';
  readonly x: Flow;
  readonly shape: readonly number[];
}

/** The square root of the sum of the squares of x over some axes, mostly on the way to x divided by it. */
export interface Length {
  readonly kind: 'length';
  readonly x: Flow;
  readonly axes: readonly number[];
  readonly keep: boolean;
}

export type OnnxValue = Flow | Joined | Stretched | Constant | GeluPart | NormalizationPart | Length | Comparison | LeftOut;
