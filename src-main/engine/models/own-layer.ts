// What the layers that tfjs-layers lacks are made of: tfjs's own base classes with the fields that its types keep to themselves.
import type { Tensor, Tensor4D, layers as TfLayers } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

export type TensorLike = Tensor | Tensor[];
/** A free axis is null. */
export type Shape = (number | null)[];
export interface CallArguments {
  readonly training?: boolean;
  readonly mask?: TensorLike | null;
}
/** A weight as a layer holds it. */
export interface LayerWeight {
  read(): Tensor;
}
/** As tfjs writes configurations: camel case. */
export type LayerConfig = Readonly<Record<string, unknown>> & { readonly name?: string };

export function only(inputs: TensorLike): Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}

export function onlyShape(shape: Shape | Shape[]): Shape {
  return Array.isArray(shape[0]) ? shape[0] : (shape as Shape);
}

export function register(tf: Tensorflow, layer: { readonly className: string }): void {
  tf.serialization.registerClass(layer as unknown as Parameters<typeof tf.serialization.registerClass>[0]);
}

/** The class of a layer that tfjs makes, to build another on. */
export function baseOf<Base>(layer: TfLayers.Layer): new (config: LayerConfig) => Base {
  return layer.constructor as unknown as new (config: LayerConfig) => Base;
}

/** One size for each of `axes` axes, as Keras writes `2` or `[2, 2]`. */
export function sizes(value: unknown, axes: number, otherwise: number): number[] {
  if (Array.isArray(value)) return value.map(Number);
  const size = typeof value === 'number' ? value : otherwise;
  return Array.from({ length: axes }, () => size);
}

/** Whether channels stand on axis 1. */
export function isChannelsFirst(config: LayerConfig): boolean {
  return config['dataFormat'] === 'channelsFirst' || config['dataFormat'] === 'channels_first';
}

/** (N, L, C) as images of one column: (N, L, 1, C). */
export function asImage(tf: Tensorflow, sequence: Tensor): Tensor4D {
  const [batch = 1, length = 1, channels = 1] = sequence.shape;
  return tf.reshape(sequence, [batch, length, 1, channels]);
}

/**
 * The last arguments of `addWeight` for a trained weight: the regularizer and the constraint that a layer's configuration has for this kind of
 * weight (`kernel`, `bias`, …). L1 and L2 alone are what readers let through.
 */
export function rulesOf(tf: Tensorflow, config: LayerConfig, kind: string): [never, true, never] {
  const penalty = config[`${kind}Regularizer`] as { readonly config?: object } | null | undefined;
  // As registered: the class whose slope at 0 is 0.
  const [Penalty] = tf.serialization.SerializationMap.getMap().classNameMap['L1L2']!;
  const regularizer = penalty == null ? undefined : new Penalty({ l1: 0, l2: 0, ...penalty.config });
  return [regularizer as never, true, (config[`${kind}Constraint`] ?? null) as never];
}
