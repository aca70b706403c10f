// What the studio knows of one class of layer: shapes, work, weights, and what it does to channels.
import type { JsonObject } from '../model-artifact.ts';
import type { TensorShape } from '../config-values.ts';

export interface WeightSpec {
  /** The last part of the tensor's name, `kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: 'glorot-uniform' | 'zeros' | 'ones';
}

/** An axis of a weight that runs over channels; `wide` where it runs over the layer's own multiplied channels (depth multiplier). */
export interface ChannelAxis {
  readonly weight: string;
  /** From the front, or from the back where below 0. */
  readonly axis: number;
  readonly wide?: boolean;
  /** Whether the masked state zeroes a removed channel's entries; true unless said otherwise. */
  readonly zeroed?: boolean;
}

/** What a removed channel's constant becomes on its way through a layer: a number, or null where it is no longer one number. */
export type ConstantRule = (constant: number, config: JsonObject) => number | null;

/** Why a layer can't take part after all, as the end of "… follows, and ", else null. */
export type Refusal = (config: JsonObject, input: TensorShape | null) => string | null;

/**
 * - `make`: new output channels out of all input channels (Dense, Conv2D).
 * - `carry`: each channel by itself, possibly `multiply` outputs a channel (BatchNormalization, pooling, DepthwiseConv2D).
 * - `merge`: several inputs channel by channel (Add); `constant` gets what comes in on every side, NaN for what is not one number.
 * - `concatenate`: several inputs side by side.
 * - `reshape`: the same entries in the same order under another shape, which `target_shape` states where it isn't flat.
 * - `permute`: the axes in another order.
 * - `enter`: the input of a nested model, whose configuration states its shape.
 * - `consume`: takes all input channels in, and what it sends on can't be pruned (LSTM).
 * - `stop`: nothing before it can be pruned, and why, as the end of "… follows, and ".
 */
export type ChannelRole =
  | {
      readonly role: 'make';
      readonly granularity: 'neuron' | 'filter';
      /** The configuration key that counts output channels. */
      readonly count: 'units' | 'filters';
      readonly outputs: readonly ChannelAxis[];
      readonly inputs: readonly ChannelAxis[];
      /** Into how many groups input and output channels are split, each output seeing its own group alone; 1 if left out. */
      readonly groups?: (config: JsonObject) => number;
      /** Whether a constant input may be folded into the bias exactly. */
      readonly folds: (config: JsonObject) => boolean;
      readonly refuses?: Refusal;
      readonly constant: ConstantRule;
    }
  | {
      readonly role: 'carry';
      readonly weights: readonly ChannelAxis[];
      /** The axis that it keeps apart, counted from the back: −1, the last, if left out; `any` where every entry is by itself. */
      readonly along?: 'any' | ((config: JsonObject, rank: number) => number);
      readonly multiply?: (config: JsonObject) => number;
      readonly refuses?: Refusal;
      readonly constant: ConstantRule;
    }
  | { readonly role: 'merge'; readonly constant: (constants: readonly number[]) => number }
  | { readonly role: 'concatenate' | 'reshape' | 'permute' | 'enter'; readonly refuses?: Refusal }
  | { readonly role: 'consume'; readonly inputs: readonly ChannelAxis[]; readonly why: string }
  | { readonly role: 'stop'; readonly why: string };

export interface LayerKind {
  /** Shape of the first output, with the batch axis in front. */
  readonly outputShape: (config: JsonObject, inputs: readonly TensorShape[]) => TensorShape;
  /** Shapes of further outputs (a recurrent layer's states). */
  readonly moreOutputs?: (config: JsonObject, inputs: readonly TensorShape[]) => readonly TensorShape[];
  /** Multiply-accumulates of one sample; 0 if left out. Only products with kernels count, as usual: no activations, pooling or normalization. */
  readonly macs?: (config: JsonObject, inputs: readonly TensorShape[], output: TensorShape) => number;
  /** In the order in which Keras keeps them. */
  readonly weights?: (config: JsonObject, inputs: readonly TensorShape[]) => readonly WeightSpec[];
  /** The weights whose single entries may be pruned. */
  readonly kernels?: readonly string[];
  /** Whether the output is the input under another shape at inference, so that it needs no memory of its own. */
  readonly view?: boolean;
  readonly channels: ChannelRole;
}

/** The only input's shape. */
export function onlyShape(inputs: readonly TensorShape[]): TensorShape {
  return inputs[0] ?? [];
}

/** Entries of one sample: every axis but the batch; a free axis counts as one. */
export function sampleSize(shape: TensorShape): number {
  return shape.slice(1).reduce<number>((product, size) => product * (size ?? 1), 1);
}

/** The last axis, where the channels are. */
export function lastAxis(shape: TensorShape): number {
  return shape.at(-1) ?? 0;
}
