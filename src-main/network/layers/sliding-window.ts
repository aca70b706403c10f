// How far a window of a convolution or a pooling gets along its axes.
import { sizesOf, textOf, type TensorShape } from '../config-values.ts';
import type { JsonObject } from '../model-artifact.ts';

export function isChannelsFirst(config: JsonObject): boolean {
  return textOf(config, 'data_format', 'channels_last') === 'channels_first';
}

/** The spatial axes, without batch and channels. */
export function spatialAxes(shape: TensorShape, config: JsonObject): TensorShape {
  return isChannelsFirst(config) ? shape.slice(2) : shape.slice(1, -1);
}

export function channelsIn(shape: TensorShape, config: JsonObject): number {
  return (isChannelsFirst(config) ? shape[1] : shape.at(-1)) ?? 0;
}

/** Batch, spatial axes and channels in the order of the layer's data format. */
export function imageShape(shape: TensorShape, spatial: TensorShape, channels: number, config: JsonObject): TensorShape {
  const batch = shape[0] ?? null;
  return isChannelsFirst(config) ? [batch, channels, ...spatial] : [batch, ...spatial, channels];
}

/** Output length of each axis: ⌈n / stride⌉ for `same` and `causal`, ⌈(n − reach + 1) / stride⌉ for `valid`. */
export function windowPositions(spatial: TensorShape, config: JsonObject, sizeKey: string, defaultStride: number | 'size'): TensorShape {
  const axes = spatial.length;
  const sizes = sizesOf(config, sizeKey, axes, sizeKey === 'pool_size' ? 2 : undefined);
  const strides = defaultStride === 'size' && (config['strides'] ?? null) === null ? sizes : sizesOf(config, 'strides', axes, 1);
  const dilations = sizesOf(config, 'dilation_rate', axes, 1);
  const padding = textOf(config, 'padding', 'valid');
  return spatial.map((length, axis) => {
    if (length === null) return null;
    const reach = padding === 'valid' ? (sizes[axis]! - 1) * dilations[axis]! : 0;
    return Math.max(0, Math.ceil((length - reach) / strides[axis]!));
  });
}
