// Layers that move entries about: flattening, reshaping, permuting, padding, cropping, up-sampling.
import { countOf, isList, sizesOf, textOf } from '#network/config-values.ts';
import { isChannelsFirst } from '#network/layers/sliding-window.ts';
import type { Json } from '#network/model-artifact.ts';
import { between, channelsFirst, plainOrder } from '../axis-order.ts';
import { text } from './attributes.ts';
import type { Value } from './graph-writer.ts';
import type { LayerCall, LayerWriter } from './layer-call.ts';

/** The input as it is: at inference dropout and noise do nothing. */
export const unchanged: LayerWriter = (call) => call.input;

/** Keras flattens channels last, also where the layer before keeps them first. */
export const flatten: LayerWriter = (call) => {
  const rank = call.input.shape.length;
  if (rank < 3) return rank === 2 ? call.input : reshaped(call, call.graph.plain(call.input));
  if (!isChannelsFirst(call.config)) return call.graph.flat(call.input, call.shape);
  const moved = call.graph.stored(call.input, [0, ...plainOrder(rank).slice(2), 1]);
  return call.graph.flat({ ...moved, order: plainOrder(rank) }, call.shape);
};

export const reshape: LayerWriter = (call) => reshaped(call, call.graph.plain(call.input));

function reshaped(call: LayerCall, value: Value): Value {
  if (call.shape.slice(1).filter((size) => size === null).length > 1) throw call.refusal('its output has more than one free axis');
  const sizes = call.shape.map((size, axis) => (axis === 0 ? 0 : (size ?? -1)));
  return {
    name: call.op('Reshape', [value.name, call.graph.integers('shape', sizes)]),
    shape: call.shape,
    order: plainOrder(call.shape.length),
  };
}

/** Only another view of the same entries; a Transpose follows where a layer needs one. */
export const permute: LayerWriter = (call) => {
  const rank = call.input.shape.length;
  const value = rank === 2 ? call.graph.plain(call.input) : call.input;
  const axes = [0, ...sizesOf(call.config, 'dims', rank - 1)];
  return { name: value.name, shape: call.shape, order: between(axes, value.order) };
};

export const repeatVector: LayerWriter = (call) => {
  const rows = call.graph.op('Unsqueeze', `${call.id}_rows`, [call.graph.plain(call.input).name, call.graph.integers('axes', [1])]);
  return {
    name: call.op('Tile', [rows, call.graph.integers('repeats', [1, countOf(call.config, 'n'), 1])]),
    shape: call.shape,
    order: plainOrder(3),
  };
};

export function zeroPadding(axes: number): LayerWriter {
  return (call) => {
    const counts = edges(call, 'padding', axes);
    const pads = [
      ...spread(
        call,
        counts.map(([before]) => before),
        0,
      ),
      ...spread(
        call,
        counts.map(([, after]) => after),
        0,
      ),
    ];
    return resized(
      call,
      call.op('Pad', [whole(call).name, call.graph.integers('pads', pads), call.graph.number(0)], [text('mode', 'constant')]),
    );
  };
}

export function cropping(axes: number): LayerWriter {
  return (call) => {
    const counts = edges(call, 'cropping', axes);
    const { order } = whole(call);
    const spatial = spatialAxes(call);
    const positions = counts.map((_, axis) => order.indexOf(spatial[axis]!));
    // An end past the last entry is the last entry.
    const ends = counts.map(([, after]) => (after === 0 ? 2 ** 31 - 1 : -after));
    const inputs = [counts.map(([before]) => before), ends, positions].map((values, at) =>
      call.graph.integers(['starts', 'ends', 'axes'][at]!, values),
    );
    return resized(call, call.op('Slice', [whole(call).name, ...inputs]));
  };
}

export function upSampling(axes: number): LayerWriter {
  return (call) => {
    const scales = spread(call, sizesOf(call.config, 'size', axes, 2), 1);
    const factors = call.graph.floats(`scales:${scales.join()}`, [scales.length], () => Float32Array.from(scales));
    const mode = textOf(call.config, 'interpolation', 'nearest');
    if (mode !== 'nearest' && mode !== 'bilinear') throw call.refusal(`Keras and ONNX compute ${mode} interpolation differently`);
    const linear = mode === 'bilinear';
    // ONNX Runtime interpolates in whatever two axes there are, but only with channels first.
    if (linear && whole(call).order.at(1) !== call.input.shape.length - 1) return upSampling(axes)(channelsForward(call));
    return resized(call, call.op('Resize', [whole(call).name, '', factors], linear ? halfPixels : repeating));
  };
}

/** To a size of its own, by half pixels as TensorFlow has them, or from corner to corner. */
export const resizing: LayerWriter = (given) => {
  const call = channelsForward(given);
  const sizes = spread(call, [countOf(call.config, 'height'), countOf(call.config, 'width')], 0);
  const [channels, ...spatial] = sizes.slice(1).map((size, at) => (size === 0 ? (call.input.shape[call.input.order[at + 1]!] ?? 0) : size));
  const scales = [1, channels, ...spatial].map((size, at) => (at < 2 ? 1 : Number(size) / Number(call.input.shape[call.input.order[at]!])));
  const factors = call.graph.floats(`scales:${scales.join()}`, [scales.length], () => Float32Array.from(scales));
  const mode = textOf(call.config, 'interpolation', 'bilinear');
  const how = mode === 'nearest' ? nearestHalfPixels : mode === 'corners' ? corners : halfPixels;
  return resized(call, call.op('Resize', [call.input.name, '', factors], how));
};

const repeating = [text('mode', 'nearest'), text('coordinate_transformation_mode', 'asymmetric'), text('nearest_mode', 'floor')];
const nearestHalfPixels = [
  text('mode', 'nearest'),
  text('coordinate_transformation_mode', 'half_pixel'),
  text('nearest_mode', 'round_prefer_ceil'),
];
const corners = [text('mode', 'linear'), text('coordinate_transformation_mode', 'align_corners')];
const halfPixels = [text('mode', 'linear'), text('coordinate_transformation_mode', 'half_pixel')];

/** The same call on its input with channels first. */
function channelsForward(call: LayerCall): LayerCall {
  return call.on([call.graph.stored(call.input, channelsFirst(call.input.shape.length))]);
}

/** These layers work on each axis alone, so any order will do. Up-sampling runs fastest with channels first, where they mostly are. */
function whole(call: LayerCall): Value {
  return call.input.flattened === undefined ? call.input : call.graph.plain(call.input);
}

function resized(call: LayerCall, name: string): Value {
  return { name, shape: call.shape, order: whole(call).order };
}

function spatialAxes(call: LayerCall): readonly number[] {
  const all = plainOrder(call.input.shape.length);
  return isChannelsFirst(call.config) ? all.slice(2) : all.slice(1, -1);
}

/** One number a stored axis, `otherwise` for batch and channels. */
function spread(call: LayerCall, values: readonly number[], otherwise: number): number[] {
  const spatial = spatialAxes(call);
  return whole(call).order.map((axis) => values[spatial.indexOf(axis)] ?? otherwise);
}

/** Keras writes 1, [1, 2] (an axis each; for one axis its two ends) or [[1, 1], [2, 2]]. */
function edges(call: LayerCall, key: string, axes: number): readonly (readonly [number, number])[] {
  const value: Json = call.config[key] ?? (key === 'padding' ? 1 : 0);
  const perAxis: readonly Json[] = isList(value)
    ? axes === 1 && value.length === 2
      ? [value]
      : value
    : Array.from({ length: axes }, () => value);
  return perAxis.map((entry) => {
    const [before, after] = isList(entry) ? entry : [entry, entry];
    if (typeof before !== 'number' || typeof after !== 'number' || perAxis.length !== axes)
      throw call.refusal(`its ${key} is not readable`);
    return [before, after];
  });
}
