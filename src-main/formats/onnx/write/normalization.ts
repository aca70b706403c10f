// Normalization layers, rescaling and scales that are learned.
import { isList, numberOf } from '#network/config-values.ts';
import type { Json } from '#network/model-artifact.ts';
import { channelsFirst, permuted, plainOrder } from '../axis-order.ts';
import { float, int, ints } from './attributes.ts';
import { storedShape, type Value } from './graph-writer.ts';
import type { LayerCall, LayerWriter } from './layer-call.ts';

export const batchNormalization: LayerWriter = (call) => {
  const { input } = call;
  const rank = input.shape.length;
  const epsilon = numberOf(call.config, 'epsilon', 1e-3);
  const axis = axesOf(call, call.config['axis'] ?? -1, rank);
  if (axis.length !== 1) throw call.refusal('it normalises several axes at once');
  const channels = call.weight('moving_mean').shape[0] ?? 0;
  if (axis[0] === rank - 1) {
    const value = input.flattened === undefined ? call.graph.stored(input, channelsFirst(rank)) : input;
    const scale = call.hasWeight('gamma') ? perChannel(call, value, 'gamma') : filled(call, channels, 1);
    const shift = call.hasWeight('beta') ? perChannel(call, value, 'beta') : filled(call, channels, 0);
    const inputs = [value.name, scale, shift, perChannel(call, value, 'moving_mean'), perChannel(call, value, 'moving_variance')];
    return call.graph.like(value, call.op('BatchNormalization', inputs, [float('epsilon', epsilon)]));
  }
  // Along another axis it is x · scale + shift with numbers that stretch over the rest.
  const [mean, variance] = [call.weight('moving_mean').data, call.weight('moving_variance').data];
  const gamma = call.hasWeight('gamma') ? call.weight('gamma').data : undefined;
  const beta = call.hasWeight('beta') ? call.weight('beta').data : undefined;
  const scale = Float32Array.from(variance, (value, at) => (gamma?.[at] ?? 1) / Math.sqrt(value + epsilon));
  const shift = scale.map((factor, at) => (beta?.[at] ?? 0) - mean[at]! * factor);
  const stretched = input.shape.map((_, at) => (at === axis[0] ? channels : 1)).slice(1);
  return scaled(call, call.graph.plain(input), stretched, scale, shift);
};

/** Where entries were flattened in another order than Keras's, the statistics are put in theirs. */
function perChannel(call: LayerCall, { flattened }: Value, role: string): string {
  const sizes = flattened?.shape.slice(1).filter((size) => size !== null) ?? [];
  if (flattened === undefined) return call.initializer(role);
  const { name, shape, data } = call.weight(role);
  const order = flattened.order.slice(1).map((axis) => axis - 1);
  return call.graph.floats(`${name}|entries ${sizes.join()}|${order.join()}`, shape, () => permuted(data, sizes, order));
}

export const layerNormalization: LayerWriter = (call) => {
  const plain = call.graph.plain(call.input);
  const rank = plain.shape.length;
  const axes = axesOf(call, call.config['axis'] ?? -1, rank).toSorted((a, b) => a - b);
  // What is normalised over goes last.
  const value = call.graph.stored(plain, [...plainOrder(rank).filter((axis) => !axes.includes(axis)), ...axes]);
  const sizes = axes.map((axis) => value.shape[axis] ?? 0);
  const scale = call.hasWeight('gamma')
    ? call.initializer('gamma')
    : filled(
        call,
        sizes.reduce((product, size) => product * size, 1),
        1,
        sizes,
      );
  const shift = call.hasWeight('beta') ? [call.initializer('beta')] : [];
  return call.graph.like(
    value,
    call.op(
      'LayerNormalization',
      [value.name, scale, ...shift],
      [int('axis', rank - axes.length), float('epsilon', numberOf(call.config, 'epsilon', 1e-3))],
    ),
  );
};

/** x · scale + offset; a number, or a number a channel. */
export const rescaling: LayerWriter = (call) => {
  const [scale, offset] = [floatsOf(call, 'scale', call.config['scale'] ?? 1), floatsOf(call, 'offset', call.config['offset'] ?? 0)];
  const channels = Math.max(scale.length, offset.length);
  const spread = (values: Float32Array): Float32Array => (values.length === 1 ? new Float32Array(channels).fill(values[0]!) : values);
  if (channels === 1) return scaled(call, call.input, [], scale, offset);
  const value = call.input.flattened === undefined ? call.input : call.graph.plain(call.input);
  return scaled(call, value, alongChannels(value, channels), spread(scale), spread(offset));
};

/** x · gamma, a gamma for each channel. */
export const layerScale: LayerWriter = (call) => {
  const value = call.input.flattened === undefined ? call.input : call.graph.plain(call.input);
  const { data } = call.weight('gamma');
  return scaled(call, value, alongChannels(value, data.length), data, new Float32Array(data.length));
};

/** A group's channels side by side are one instance to ONNX: (N, C, …) as (N, groups, entries), normalised, and back. */
export const groupNormalization: LayerWriter = (call) => {
  const rank = call.input.shape.length;
  const value = call.graph.stored(call.input, rank === 2 ? [0, 1] : channelsFirst(rank));
  const channels = call.input.shape.at(-1) ?? 0;
  const given = numberOf(call.config, 'groups', 32);
  const groups = given === -1 ? channels : given;
  const together = call.op('Reshape', [value.name, call.graph.integers('shape', [0, groups, -1])]);
  const even = call.op(
    'InstanceNormalization',
    [together, filled(call, groups, 1), filled(call, groups, 0)],
    [float('epsilon', numberOf(call.config, 'epsilon', 1e-3))],
  );
  const sizes = storedShape(value).map((size, axis) => (axis === 0 ? 0 : (size ?? -1)));
  const name = call.op('Reshape', [even, call.graph.integers('shape', sizes)]);
  const of = (role: string, otherwise: number): Float32Array =>
    call.hasWeight(role) ? call.weight(role).data : new Float32Array(channels).fill(otherwise);
  return scaled(call, { ...value, name }, alongChannels(value, channels), of('gamma', 1), of('beta', 0));
};

/** Length 1 along the axes. */
export const unitNormalization: LayerWriter = (call) => {
  const value = call.graph.plain(call.input);
  const axes = axesOf(call, call.config['axis'] ?? -1, value.shape.length);
  const squares = call.op('ReduceSumSquare', [value.name], [ints('axes', axes), int('keepdims', 1)]);
  const length = call.op('Sqrt', [call.op('Max', [squares, call.graph.number(1e-12)])]);
  return call.graph.like(value, call.op('Div', [value.name, length]));
};

/** x / √(mean of x² + ε) · scale. */
export const rmsNormalization: LayerWriter = (call) => {
  const value = call.graph.plain(call.input);
  const mean = call.op('ReduceMean', [call.op('Mul', [value.name, value.name])], [ints('axes', [-1]), int('keepdims', 1)]);
  const root = call.op('Sqrt', [call.op('Add', [mean, call.graph.number(numberOf(call.config, 'epsilon', 1e-6))])]);
  return call.graph.like(value, call.op('Mul', [call.op('Div', [value.name, root]), call.initializer('scale')]));
};

/** The shape that stretches a number a channel over a value as it is stored: (C, 1, 1) where channels come first. */
function alongChannels({ order }: Value, channels: number): readonly number[] {
  return order.slice(1).map((axis) => (axis === order.length - 1 ? channels : 1));
}

function scaled(call: LayerCall, value: Value, shape: readonly number[], scale: Float32Array, shift: Float32Array): Value {
  const product = scale.every((factor) => factor === 1)
    ? value.name
    : call.op('Mul', [value.name, call.graph.floats(`${call.id}/scale`, shape, () => scale)]);
  const sum = shift.every((added) => added === 0)
    ? product
    : call.op('Add', [product, call.graph.floats(`${call.id}/shift`, shape, () => shift)]);
  return call.graph.like(value, sum);
}

function filled(call: LayerCall, count: number, value: number, shape: readonly number[] = [count]): string {
  return call.graph.floats(`filled:${value}:${shape.join()}`, shape, () => new Float32Array(count).fill(value));
}

function axesOf(call: LayerCall, axis: Json, rank: number): number[] {
  const axes = isList(axis) ? axis : [axis];
  return axes.map((each) => {
    if (typeof each !== 'number' || !plainOrder(rank).includes((each + rank) % rank))
      throw call.refusal("its axis is not one of its input's");
    return (each + rank) % rank;
  });
}

function floatsOf(call: LayerCall, key: string, value: Json): Float32Array {
  const values = (isList(value) ? value.flat(8) : [value]).filter((each) => typeof each === 'number');
  if (values.length === 0) throw call.refusal(`its ${key} is missing`);
  return Float32Array.from(values);
}
