// Normalisation and rescaling at inference.
import { isList, numberOf } from '#network/config-values.ts';
import type { Json } from '#network/model-artifact.ts';
import { alongLast, inputOf, refuse, sampleAxes, type LayerCall, type PlainBuilder } from './plain-builder.ts';

/** γ (x − μ) / √(σ² + ε) + β = x · scale + (β − μ · scale). */
export function lowerBatchNormalization(builder: PlainBuilder, call: LayerCall): void {
  const axes = sampleAxes(call, call.config.axis, builder.shape(inputOf(call)).length);
  if (axes.length > 1) throw refuse(call, 'it normalises along several axes at once');
  const mean = call.weight('moving_mean');
  const variance = call.weight('moving_variance');
  const epsilon = numberOf(call.config, 'epsilon', 0.001);
  const gamma = call.hasWeight('gamma') ? call.weight('gamma') : undefined;
  const beta = call.hasWeight('beta') ? call.weight('beta') : undefined;
  const exact = Array.from(variance, (each, channel) => (gamma?.[channel] ?? 1) / Math.sqrt(each + epsilon));
  alongLast(builder, call, axes, (input, output) => {
    builder.add(call, output, builder.shape(input), {
      kind: 'affine',
      inputs: [input],
      scale: Float32Array.from(exact),
      shift: Float32Array.from(exact, (scale, channel) => (beta?.[channel] ?? 0) - mean[channel]! * scale),
    });
  });
}

/** With the mean and the variance of each row: all entries along its axes, which go last for that. */
export function lowerLayerNormalization(builder: PlainBuilder, call: LayerCall): void {
  const axes = sampleAxes(call, call.config.axis, builder.shape(inputOf(call)).length);
  alongLast(builder, call, axes, (input, output) => {
    const shape = builder.shape(input);
    const first = shape.length - axes.length;
    const entries = shape.slice(first).reduce((all, size) => all * size, 1);
    const several = axes.length > 1;
    const rows = [...shape.slice(0, first), entries];
    const normalised = builder.add(call, several ? `${output}/in rows` : output, rows, {
      kind: 'layer-norm',
      centred: true,
      inputs: [several ? builder.reshape(call, input, rows) : input],
      epsilon: numberOf(call.config, 'epsilon', 0.001),
      scale: call.hasWeight('gamma') ? call.weight('gamma') : new Float32Array(entries).fill(1),
      shift: call.hasWeight('beta') ? call.weight('beta') : new Float32Array(entries),
    });
    if (several) builder.reshape(call, normalised, shape, output);
  });
}

/** x / √(mean of x² + ε) · scale (Zhang and Sennrich 2019). */
export function lowerRmsNormalization(builder: PlainBuilder, call: LayerCall): void {
  lowerUncentred(builder, call, numberOf(call.config, 'epsilon', 1e-6), call.weight('scale'));
}

/** Length 1: x / √(Σ x²) is x / √(n · mean of x²). */
export function lowerUnitNormalization(builder: PlainBuilder, call: LayerCall): void {
  const shape = builder.shape(inputOf(call));
  const axes = sampleAxes(call, call.config.axis, shape.length);
  const entries = axes.reduce((all, axis) => all * shape[axis]!, 1);
  lowerUncentred(builder, call, 1e-12 / entries, new Float32Array(entries).fill(1 / Math.sqrt(entries)));
}

function lowerUncentred(builder: PlainBuilder, call: LayerCall, epsilon: number, scale: Float32Array): void {
  const axes = sampleAxes(call, call.config.axis, builder.shape(inputOf(call)).length);
  if (axes.length > 1) throw refuse(call, 'it normalises along several axes at once');
  alongLast(builder, call, axes, (input, output) => {
    const shift = new Float32Array(scale.length);
    builder.add(call, output, builder.shape(input), { kind: 'layer-norm', centred: false, inputs: [input], epsilon, scale, shift });
  });
}

/** A learned factor a channel (Touvron et al., CaiT, 2021). */
export function lowerLayerScale(builder: PlainBuilder, call: LayerCall): void {
  const input = inputOf(call);
  const scale = call.weight('gamma');
  builder.add(call, call.output, builder.shape(input), { kind: 'affine', inputs: [input], scale, shift: new Float32Array(scale.length) });
}

/** The channels of a group at all places are one row (Wu and He 2018): turned to rows, normalised, turned back, scaled a channel. */
export function lowerGroupNormalization(builder: PlainBuilder, call: LayerCall): void {
  const input = inputOf(call);
  const shape = builder.shape(input);
  const channels = shape.at(-1) ?? 1;
  const axis = call.config.axis ?? -1;
  if (axis !== -1 && axis !== shape.length) throw refuse(call, 'it normalises along another axis than the last');
  const given = numberOf(call.config, 'groups', 32);
  const groups = given === -1 ? channels : given;
  const [places, each] = [shape.reduce((product, size) => product * size, 1) / channels, channels / groups];
  const name = (part: string): string => `${call.output}/${part}`;
  const apart = builder.reshape(call, input, [places, groups, each], name('groups'));
  const turned = builder.add(call, name('groups first'), [groups, places, each], { kind: 'transpose', inputs: [apart], axes: [1, 0, 2] });
  const even = builder.add(call, name('even'), [groups, places * each], {
    kind: 'layer-norm',
    centred: true,
    inputs: [builder.reshape(call, turned, [groups, places * each], name('rows'))],
    epsilon: numberOf(call.config, 'epsilon', 0.001),
    scale: new Float32Array(places * each).fill(1),
    shift: new Float32Array(places * each),
  });
  const back = builder.add(call, name('places first'), [places, groups, each], {
    kind: 'transpose',
    inputs: [builder.reshape(call, even, [groups, places, each], name('even groups'))],
    axes: [1, 0, 2],
  });
  builder.add(call, call.output, shape, {
    kind: 'affine',
    inputs: [builder.reshape(call, back, shape, name('normal'))],
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
