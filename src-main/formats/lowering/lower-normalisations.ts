// Normalisation and rescaling at inference.
import { isList, numberOf } from '#network/config-values.ts';
import type { Json } from '#network/model-artifact.ts';
import { inputOf, refuse, type LayerCall, type PlainBuilder } from './plain-builder.ts';

/** γ (x − μ) / √(σ² + ε) + β = x · scale + (β − μ · scale). */
export function lowerBatchNormalization(builder: PlainBuilder, call: LayerCall): void {
  const input = inputOf(call);
  const shape = builder.shape(input);
  const given = call.config.axis ?? -1;
  const axis = isList(given) ? given[0] : given;
  if (axis !== -1 && axis !== shape.length) throw refuse(call, 'it normalises along another axis than the last');
  const mean = call.weight('moving_mean');
  const variance = call.weight('moving_variance');
  const epsilon = numberOf(call.config, 'epsilon', 0.001);
  const gamma = call.hasWeight('gamma') ? call.weight('gamma') : undefined;
  const beta = call.hasWeight('beta') ? call.weight('beta') : undefined;
  const exact = Array.from(variance, (each, channel) => (gamma?.[channel] ?? 1) / Math.sqrt(each + epsilon));
  builder.add(call, call.output, shape, {
    kind: 'affine',
    inputs: [input],
    scale: Float32Array.from(exact),
    shift: Float32Array.from(exact, (scale, channel) => (beta?.[channel] ?? 0) - mean[channel]! * scale),
  });
}

/** Over the last axis, with the mean and the variance of each row. */
export function lowerLayerNormalization(builder: PlainBuilder, call: LayerCall): void {
  const input = inputOf(call);
  const shape = builder.shape(input);
  const given = call.config.axis ?? -1;
  const axis = isList(given) && given.length === 1 ? given[0] : given;
  if (axis !== -1 && axis !== shape.length) throw refuse(call, 'it normalises along another axis than the last');
  const channels = shape.at(-1) ?? 1;
  builder.add(call, call.output, shape, {
    kind: 'layer-norm',
    inputs: [input],
    epsilon: numberOf(call.config, 'epsilon', 0.001),
    scale: call.hasWeight('gamma') ? call.weight('gamma') : new Float32Array(channels).fill(1),
    shift: call.hasWeight('beta') ? call.weight('beta') : new Float32Array(channels),
  });
}

export function lowerRescaling(builder: PlainBuilder, call: LayerCall): void {
  const input = inputOf(call);
  const shape = builder.shape(input);
  const channels = shape.at(-1) ?? 1;
  builder.add(call, call.output, shape, {
    kind: 'affine',
    inputs: [input],
    scale: each(call.config.scale, 1, channels, call),
    shift: each(call.config.offset, 0, channels, call),
  });
}

function each(value: Json | undefined, otherwise: number, channels: number, call: LayerCall): Float32Array {
  if (value === undefined || value === null || typeof value === 'number') return new Float32Array(channels).fill(value ?? otherwise);
  const numbers = isList(value) ? value.filter((item) => typeof item === 'number') : [];
  if (!isList(value) || numbers.length !== value.length || numbers.length !== channels)
    throw refuse(call, 'it rescales otherwise than by a number or a number a channel');
  return Float32Array.from(numbers);
}
