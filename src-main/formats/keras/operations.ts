// Operators on tensors (`x + 3`, `ops.mean(x, axis=(1, 2))`), which functional models keep as nodes of their own, as layers. Long because it is
// one table of operators.
import type { Json, JsonObject } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import { absolute, arithmetic, divided, power, square } from './arithmetic-operations.ts';
import type { NamedLayer } from './equal-layers.ts';
import type { LayerCall } from './inbound-nodes.ts';
import { activation, axesOf, chained, Given, only, rescaling } from './operation-call.ts';
import type { OperationLayers, Rule, ShapeOf } from './operation-call.ts';
import {
  blocks,
  expandDims,
  item,
  moveaxis,
  pad,
  repeat,
  split,
  squeeze,
  stack,
  swapaxes,
  tile,
  transpose,
  unstack,
} from './rearrangements.ts';
import { least, norm, normalized, pooling, total, variance } from './reductions.ts';

/** `mean` for Keras 3's `keras.src.ops.numpy` Mean, or Keras 2's TFOpLambda `math.reduce_mean`; undefined for layers. */
export function operationOf(className: string, layer: JsonObject, config: JsonObject): string | undefined {
  if ((className === 'TFOpLambda' || className === 'SlicingOpLambda') && typeof config.function === 'string')
    return config.function.split('.').at(-1);
  const module = typeof layer.module === 'string' ? layer.module : '';
  const name = snake(className);
  if (module !== '') return module.startsWith('keras.src.ops') || module.startsWith('keras.ops') ? name : undefined;
  // A .h5 file leaves modules out; layers say their dtype, operators don't.
  const known = Object.hasOwn(rules, name) || Object.hasOwn(activations, name) || masks.has(name);
  return known &&
    config.dtype === undefined &&
    config.trainable === undefined &&
    isList(layer.inbound_nodes) &&
    isObject(layer.inbound_nodes[0])
    ? name
    : undefined;
}

function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Those without settings; more are among the rules. */
const activations: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'relu',
      'relu6',
      'sigmoid',
      'silu',
      'tanh',
      'selu',
      'softplus',
      'softsign',
      'hard_sigmoid',
      'hard_silu',
      'log_sigmoid',
      'hard_tanh',
      'tanh_shrink',
      'sqrt',
      'reciprocal',
      'log',
    ].map((name) => [name, name]),
  ),
  swish: 'silu',
  exp: 'exponential',
};

/** Keras 3 works masks out by these; ours find their own way. */
export const masks: ReadonlySet<string> = new Set(['not_equal', 'any', 'logical_and', 'logical_or']);

/** Several tensors of one shape each, whatever the batch. */
const joinedSums: Rule = (given) =>
  given.tensors.length > 1 ? { chain: [{ className: 'Add', config: {} }], inputs: given.tensors } : undefined;

/** One half times the sigmoid of the other. */
const gated: Rule = (given) => {
  given.value(1, 'axis');
  const halves = split(
    new Given(
      { positional: given.arguments.slice(0, 1), named: new Map() },
      { indices_or_sections: 2, axis: given.value(1, 'axis') ?? -1 },
    ),
  );
  const [one, other] = halves?.outputs ?? [];
  if (halves === undefined || one === undefined || other === undefined) return undefined;
  const gate = halves.chain.length;
  return {
    chain: [...halves.chain, { ...activation('sigmoid'), from: [other] }, { className: 'Multiply', config: {}, from: [one, gate] }],
    inputs: given.tensors,
  };
};

/** Windows of a stated size. */
const windowed =
  (kind: 'Max' | 'Average'): Rule =>
  (given) => {
    const rank = given.shape?.length ?? 4;
    const read = (at: number, ...names: string[]): Json | undefined => given.value(at, ...names);
    const [size, strides] = [read(1, 'pool_size', 'ksize'), read(2, 'strides')];
    const format = read(4, 'data_format') ?? 'channels_last';
    if (size === undefined || rank < 3 || rank > 5 || !['channels_last', 'NHWC'].includes(String(format))) return undefined;
    const each = (value: Json): Json => Array.from({ length: rank - 2 }, (_, at): Json => (isList(value) ? (value[at] ?? 1) : value));
    const padding = String(read(3, 'padding') ?? 'valid').toLowerCase();
    return only(
      `${kind}Pooling${rank - 2}D`,
      { pool_size: each(size), strides: each(strides ?? size), padding, data_format: 'channels_last' },
      given,
    );
  };

/** To another size, pixel centres at a half. */
const resized: Rule = (given) => {
  const size = given.value(1, 'size');
  const interpolation = String(given.value(2, 'interpolation', 'method') ?? 'bilinear');
  const [fill, value, format] = [given.value(6, 'fill_mode'), given.value(7, 'fill_value'), given.value(8, 'data_format')];
  const plain = (fill ?? 'constant') === 'constant' && (value ?? 0) === 0 && (format ?? 'channels_last') === 'channels_last';
  if (!isList(size) || size.length !== 2 || !['bilinear', 'nearest'].includes(interpolation) || !plain) return undefined;
  return only('Resizing', { height: size[0]!, width: size[1]!, interpolation, data_format: 'channels_last' }, given);
};

/** log σ, tanh and their like with the setting that their own name stands for. */
const shrunk =
  (name: string, ...settings: (readonly [string, number])[]): Rule =>
  (given) =>
    settings.every(([key, otherwise], at) => (given.value(at + 1, key) ?? otherwise) === otherwise)
      ? chained(given, activation(name))
      : undefined;

/** Matrix by matrix, sample by sample; `transpose` as TensorFlow asks for it. */
const matrices: Rule = (given) => {
  const [left, right] = [given.value(2, 'transpose_a', 'adj_x'), given.value(3, 'transpose_b', 'adj_y')].map((turned) => turned === true);
  return given.shapes.length === 2 && given.shapes.every((shape) => shape === undefined || shape.length === 3)
    ? { chain: [{ className: 'Dot', config: { axes: [left ? 1 : 2, right ? 2 : 1], normalize: false } }], inputs: given.tensors }
    : undefined;
};

/** Two matrices that share the batch and are summed over one axis. */
const einsum: Rule = (given) => {
  const [, one, other, made] =
    /^(\w{3}),(\w{3})->(\w{3})$/.exec(String(given.value(0, 'subscripts', 'equation')).replaceAll(' ', '')) ?? [];
  if (one === undefined || other === undefined || made === undefined || given.tensors.length !== 2) return undefined;
  const summed = [...one].filter((axis) => other.includes(axis) && !made.includes(axis));
  const [axis] = summed;
  if (summed.length !== 1 || axis === undefined || one[0] !== other[0] || made[0] !== one[0]) return undefined;
  const rest = [...one, ...other].filter((each) => each !== axis && each !== one[0]).join('');
  if (new Set(rest).size !== 2 || axis === one[0]) return undefined;
  const dot = { className: 'Dot', config: { axes: [one.indexOf(axis), other.indexOf(axis)], normalize: false } };
  if (made.slice(1) === rest) return { chain: [dot], inputs: given.tensors };
  return made.slice(1) === [...rest].reverse().join('')
    ? { chain: [dot, { className: 'Permute', config: { dims: [2, 1] } }], inputs: given.tensors }
    : undefined;
};

const joined: Rule = (given) => ({
  chain: [{ className: 'Concatenate', config: { axis: given.value(given.tensors.length, 'axis') ?? -1 } }],
  inputs: given.tensors,
});
const only2 = (given: Given, layer: NamedLayer, fits: boolean): OperationLayers | undefined =>
  fits && given.tensors.length > 1 ? { chain: [layer], inputs: given.tensors } : undefined;
const pair =
  (className: string): Rule =>
  (given) =>
    given.tensors.length === 2 ? { chain: [{ className, config: {} }], inputs: given.tensors } : undefined;

/** min(max(x, least), most): shifted to begin at 0, rectified, and shifted back. */
function clipped(given: Given, least: Json | undefined, most: Json | undefined): OperationLayers | undefined {
  const [low, high] = [Number(least ?? -Infinity), Number(most ?? Infinity)];
  const rectifier = (top: number): NamedLayer => ({ className: 'ReLU', config: top === Infinity ? {} : { max_value: top } });
  if (Number.isNaN(low) || Number.isNaN(high) || !(low < high)) return undefined;
  if (low === -Infinity)
    return high === Infinity ? undefined : chained(given, rescaling(-1, high), rectifier(Infinity), rescaling(-1, high));
  return low === 0 ? chained(given, rectifier(high)) : chained(given, rescaling(1, -low), rectifier(high - low), rescaling(1, low));
}

/** The larger (or smaller) of two tensors, or of a tensor and a number. */
const extreme =
  (className: 'Maximum' | 'Minimum'): Rule =>
  (given) => {
    const number = given.arguments.find(({ kind }) => kind === 'value');
    if (number?.kind !== 'value' || typeof number.value !== 'number') return pair(className)(given);
    return className === 'Maximum' ? clipped(given, number.value, null) : clipped(given, null, number.value);
  };

/** An activation whose default setting a layer's own name stands for. */
const softened =
  (name: string, setting: string, otherwise: number, layer?: (value: number) => NamedLayer): Rule =>
  (given) => {
    const value = given.value(1, setting, 'alpha') ?? otherwise;
    if (typeof value !== 'number') return undefined;
    if (layer !== undefined) return chained(given, layer(value));
    return value === otherwise ? only('Activation', { activation: name }, given) : undefined;
  };

/** Keras's own takes the tanh form unless told otherwise, TensorFlow's the exact one. */
const gelu: Rule = (given) => only('Activation', { activation: given.value(1, 'approximate') === true ? 'gelu_new' : 'gelu' }, given);

const rules: Readonly<Record<string, Rule>> = {
  softmax: (given) => {
    const axis = given.value(1, 'axis') ?? -1;
    return axis === -1 ? only('Activation', { activation: 'softmax' }, given) : only('Softmax', { axis }, given);
  },
  log_softmax: (given) => {
    const [axis] = axesOf(given.value(1, 'axis') ?? -1, given.shape?.length ?? 2) ?? [];
    const rank = given.shape?.length ?? 2;
    if (axis === undefined) return undefined;
    if (axis === rank - 1) return chained(given, activation('log_softmax'));
    const swapped = Array.from({ length: rank - 1 }, (_, at) => (at + 1 === axis ? rank - 1 : at + 1 === rank - 1 ? axis : at + 1));
    const turned = { className: 'Permute', config: { dims: swapped } };
    return chained(given, turned, activation('log_softmax'), turned);
  },
  leaky_relu: softened('leaky_relu', 'negative_slope', 0.2, (alpha) => ({ className: 'LeakyReLU', config: { alpha } })),
  elu: softened('elu', 'alpha', 1, (alpha) => ({ className: 'ELU', config: { alpha } })),
  celu: softened('celu', 'alpha', 1),
  squareplus: softened('squareplus', 'b', 4),
  gelu,
  clip: (given) => clipped(given, given.value(1, 'x_min'), given.value(2, 'x_max')),
  clip_by_value: (given) => clipped(given, given.value(1, 'clip_value_min'), given.value(2, 'clip_value_max')),
  matmul: matrices,
  einsum,
  get_item: item,
  getitem: item,
  expand_dims: expandDims,
  squeeze,
  split,
  unstack,
  stack,
  hstack: (given) =>
    only2(
      given,
      { className: 'Concatenate', config: { axis: 1 } },
      given.shapes.every((shape) => (shape?.length ?? 0) > 1),
    ),
  tile,
  repeat,
  pad,
  swapaxes,
  moveaxis,
  depth_to_space: blocks(true),
  space_to_depth: blocks(false),
  add: arithmetic('Add', (value) => [1, value]),
  subtract: arithmetic('Subtract', (value, first) => (first ? [1, -value] : [-1, value])),
  multiply: arithmetic('Multiply', (value) => [value, 0]),
  divide: divided,
  truediv: divided,
  true_divide: divided,
  power,
  pow: power,
  square,
  absolute,
  abs: absolute,
  rsqrt: (given) => chained(given, activation('sqrt'), activation('reciprocal')),
  log1p: (given) => chained(given, rescaling(1, 1), activation('log')),
  expm1: (given) => chained(given, activation('exponential'), rescaling(1, -1)),
  add_n: joinedSums,
  glu: gated,
  negative: (given) => only('Rescaling', { scale: -1, offset: 0 }, given),
  maximum: extreme('Maximum'),
  minimum: extreme('Minimum'),
  mean: pooling('Average'),
  reduce_mean: pooling('Average'),
  max: pooling('Max'),
  amax: pooling('Max'),
  reduce_max: pooling('Max'),
  min: least,
  amin: least,
  reduce_min: least,
  sum: total,
  reduce_sum: total,
  var: variance(false),
  std: variance(true),
  reduce_variance: variance(false),
  reduce_std: variance(true),
  norm,
  normalize: normalized,
  l2_normalize: normalized,
  max_pool: windowed('Max'),
  max_pool2d: windowed('Max'),
  average_pool: windowed('Average'),
  avg_pool2d: windowed('Average'),
  resize: resized,
  hard_shrink: shrunk('hard_shrink', ['threshold', 0.5]),
  soft_shrink: shrunk('soft_shrink', ['threshold', 0.5]),
  concatenate: joined,
  concat: joined,
  reshape: (given) => {
    const shape = given.value(1, 'newshape', 'shape');
    const open = isList(shape) && (shape[0] === -1 || shape[0] === null);
    return open ? only('Reshape', { target_shape: shape.slice(1) }, given) : undefined;
  },
  transpose,
  flatten: (given) => only('Flatten', { data_format: 'channels_last' }, given),
  identity: (given) => only('Activation', { activation: 'linear' }, given),
  cast: (given) => only('Activation', { activation: 'linear' }, given),
  stop_gradient: (given) => only('Activation', { activation: 'linear' }, given),
};

/** @throws StudioError `unsupported` for an operation, or arguments of one, that no layer stands for. */
export function operationLayers(
  operation: string,
  call: LayerCall | undefined,
  config: JsonObject,
  place: Place,
  shapeOf?: ShapeOf,
): OperationLayers {
  const given = new Given(call ?? { positional: [], named: new Map() }, isObject(config) ? config : {}, shapeOf);
  const name = Object.hasOwn(activations, operation) ? activations[operation] : undefined;
  const found =
    name === undefined
      ? (Object.hasOwn(rules, operation) ? rules[operation] : undefined)?.(given)
      : only('Activation', { activation: name }, given);
  const { lost } = given;
  if (found !== undefined && lost === undefined) return found;
  throw refusal(
    'unsupported',
    place,
    `It is the operation ${printable(operation)}, called in a way that no layer stands for${lost === undefined ? '' : `: with ${printable(lost)}`}.`,
    'Use a layer of Keras in its place, and save the model again.',
  );
}
