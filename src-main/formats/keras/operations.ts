// Operators on tensors (`x + 3`, `ops.mean(x, axis=(1, 2))`), which functional models keep as nodes of their own, as layers. Long because it is
// one table of operators.
import type { Json, JsonObject } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import type { NamedLayer } from './equal-layers.ts';
import type { Argument, LayerCall } from './inbound-nodes.ts';
import { slicing } from './slice-operation.ts';

/** The layers that an operation becomes, each fed by the one before it; `inputs` are the first one's. */
export interface OperationLayers {
  readonly chain: readonly NamedLayer[];
  readonly inputs: readonly Json[];
}

/** `mean` for Keras 3's `keras.src.ops.numpy` Mean, or Keras 2's TFOpLambda `math.reduce_mean`; undefined for layers. */
export function operationOf(className: string, layer: JsonObject, config: JsonObject): string | undefined {
  if (className === 'TFOpLambda' && typeof config.function === 'string') return config.function.split('.').at(-1);
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
    ].map((name) => [name, name]),
  ),
  swish: 'silu',
  exp: 'exponential',
};

/** Keras 3 works masks out by these; ours find their own way. */
export const masks: ReadonlySet<string> = new Set(['not_equal', 'any', 'logical_and', 'logical_or']);

/** What each operation becomes, from its tensors and its plain arguments. */
type Rule = (given: Given) => OperationLayers | undefined;

class Given {
  readonly arguments: readonly Argument[];
  readonly #named: LayerCall['named'];
  readonly #config: JsonObject;
  readonly #read = new Set<string>(['x', 'y', 'x1', 'x2', 'name', 'dtype', 'trainable', 'function', 'initial']);

  constructor({ positional, named }: LayerCall, config: JsonObject) {
    this.#named = named;
    this.#config = config;
    // Keras 2 names the second operand.
    const named2 = ['x', 'y'].flatMap((key) => {
      const value = named.get(key);
      return value !== undefined && 'kind' in value ? [value] : [];
    });
    this.arguments = [...positional, ...named2];
  }
  get tensors(): readonly Json[] {
    return this.arguments.flatMap((argument): Json[] => (argument.kind === 'tensor' ? [[...argument.reference, {}]] : []));
  }
  /** Of the only tensor, where the file tells it; the batch first. */
  get shape(): readonly Json[] | undefined {
    const [tensor, ...more] = this.arguments.filter(({ kind }) => kind === 'tensor');
    return tensor?.kind === 'tensor' && more.length === 0 ? tensor.shape : undefined;
  }
  /** Of each tensor. */
  get shapes(): readonly (readonly Json[] | undefined)[] {
    return this.arguments.flatMap((argument) => (argument.kind === 'tensor' ? [argument.shape] : []));
  }
  /** A plain argument by any of its names, or in its place. */
  value(at: number, ...names: string[]): Json | undefined {
    for (const name of names) this.#read.add(name);
    for (const name of names) {
      const argument = this.#named.get(name);
      if (argument !== undefined && 'kind' in argument && argument.kind === 'value') return argument.value;
      if (this.#config[name] !== undefined) return this.#config[name];
    }
    const argument = this.arguments[at];
    return argument?.kind === 'value' ? argument.value : undefined;
  }
  /** A setting that no rule has asked for, and that isn't nothing: it would be lost. */
  get lost(): string | undefined {
    const told: [string, Json | undefined][] = [
      ...Object.entries(this.#config),
      ...[...this.#named].map(([key, value]): [string, Json | undefined] => [
        key,
        'kind' in value && value.kind === 'value' ? value.value : undefined,
      ]),
    ];
    return told.find(([key, value]) => !this.#read.has(key) && value !== null && value !== false && value !== undefined)?.[0];
  }
}

const chained = (given: Given, ...chain: readonly NamedLayer[]): OperationLayers | undefined =>
  given.tensors.length === 1 ? { chain, inputs: given.tensors } : undefined;
const only = (className: string, config: JsonObject, given: Given): OperationLayers | undefined => chained(given, { className, config });

/** Two tensors, or a tensor and a number (or a number a channel), which is a Rescaling. */
function arithmetic(
  className: 'Add' | 'Subtract' | 'Multiply' | undefined,
  rescaling: (value: number, tensorFirst: boolean) => [number, number],
): Rule {
  return (given) => {
    if (given.tensors.length === 2)
      return className === undefined ? undefined : { chain: [{ className, config: {} }], inputs: given.tensors };
    const constant = given.arguments.find((argument) => argument.kind === 'value' && argument.value !== null);
    if (constant?.kind !== 'value' || given.tensors.length !== 1) return undefined;
    const first = given.arguments[0]?.kind === 'tensor';
    const list = isList(constant.value) ? constant.value : [constant.value];
    const pairs = list.map((value) => (typeof value === 'number' ? rescaling(value, first) : [NaN, NaN]));
    if (pairs.flat().some((value) => !Number.isFinite(value))) return undefined;
    const pick = (at: 0 | 1): Json => (isList(constant.value) ? pairs.map((pair) => pair[at]!) : pairs[0]![at]!);
    return only('Rescaling', { scale: pick(0), offset: pick(1) }, given);
  };
}

/** Over all spatial axes of a sequence, an image or a volume: (1, 2) of four. */
function pooling(kind: 'Average' | 'Max'): Rule {
  return (given) => {
    const axis = given.value(1, 'axis');
    const axes = (isList(axis) ? axis : [axis]).map(Number).toSorted((a, b) => a - b);
    if (axes.length === 1 && (axes[0] === -1 || axes[0] === (given.shape?.length ?? 0) - 1)) {
      const keeps = given.value(2, 'keepdims') === true || (given.shape?.length ?? 0) > 3;
      const across = keeps ? acrossChannels(kind, given) : undefined;
      if (across !== undefined) return across;
    }
    const counted = axes.every((each, at) => each === at + 1) && axes.length <= 3;
    const keepdims = given.value(2, 'keepdims') === true;
    const fits = given.shape === undefined || given.shape.length === axes.length + 2;
    return counted && fits ? only(`Global${kind}Pooling${axes.length}D`, { data_format: 'channels_last', keepdims }, given) : undefined;
  };
}

/** Over the last axis of an image or a sequence, which is kept at length 1: its channels as steps. */
function acrossChannels(kind: 'Average' | 'Max', given: Given): OperationLayers | undefined {
  const sizes = given.shape?.slice(1);
  if (sizes === undefined || sizes.length < 2 || !sizes.every((size) => typeof size === 'number')) return undefined;
  const places = sizes.slice(0, -1).reduce((all, size) => all * size, 1);
  return chained(
    given,
    { className: 'Reshape', config: { target_shape: [places, sizes.at(-1)!] } },
    { className: 'Permute', config: { dims: [2, 1] } },
    { className: `Global${kind}Pooling1D`, config: { data_format: 'channels_last' } },
    { className: 'Reshape', config: { target_shape: [...sizes.slice(0, -1), ...(given.value(2, 'keepdims') === true ? [1] : [])] } },
  );
}

const divided: Rule = arithmetic(undefined, (value, first) => (first ? [1 / value, 0] : [NaN, NaN]));
const joined: Rule = (given) => ({
  chain: [{ className: 'Concatenate', config: { axis: given.value(given.tensors.length, 'axis') ?? -1 } }],
  inputs: given.tensors,
});
const pair =
  (className: string): Rule =>
  (given) =>
    given.tensors.length === 2 ? { chain: [{ className, config: {} }], inputs: given.tensors } : undefined;

const rescaling = (scale: number, offset: number): NamedLayer => ({ className: 'Rescaling', config: { scale, offset } });

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

/** The same entries with other axes of length 1. */
const reaxed =
  (change: (shape: readonly Json[], axis: number) => readonly Json[] | undefined): Rule =>
  (given) => {
    const [axis, { shape }] = [given.value(1, 'axis'), given];
    const target = shape === undefined || typeof axis !== 'number' ? undefined : change(shape, axis);
    return target === undefined || target[0] !== null ? undefined : only('Reshape', { target_shape: target.slice(1) }, given);
  };

const rules: Readonly<Record<string, Rule>> = {
  softmax: (given) => {
    const axis = given.value(1, 'axis') ?? -1;
    return axis === -1 ? only('Activation', { activation: 'softmax' }, given) : only('Softmax', { axis }, given);
  },
  log_softmax: (given) => ((given.value(1, 'axis') ?? -1) === -1 ? only('Activation', { activation: 'log_softmax' }, given) : undefined),
  leaky_relu: softened('leaky_relu', 'negative_slope', 0.2, (alpha) => ({ className: 'LeakyReLU', config: { alpha } })),
  elu: softened('elu', 'alpha', 1, (alpha) => ({ className: 'ELU', config: { alpha } })),
  celu: softened('celu', 'alpha', 1),
  squareplus: softened('squareplus', 'b', 4),
  gelu,
  clip: (given) => clipped(given, given.value(1, 'x_min'), given.value(2, 'x_max')),
  clip_by_value: (given) => clipped(given, given.value(1, 'clip_value_min'), given.value(2, 'clip_value_max')),
  // Matrix by matrix, sample by sample.
  matmul: (given) =>
    given.shapes.length === 2 && given.shapes.every((shape) => shape?.length === 3)
      ? { chain: [{ className: 'Dot', config: { axes: [2, 1], normalize: false } }], inputs: given.tensors }
      : undefined,
  get_item: (given) => {
    const sliced = given.shape === undefined ? undefined : slicing(given.shape, given.value(1, 'key'));
    return sliced === undefined ? undefined : chained(given, ...sliced);
  },
  expand_dims: reaxed((shape, axis) => shape.toSpliced(axis < 0 ? shape.length + 1 + axis : axis, 0, 1)),
  squeeze: reaxed((shape, axis) => {
    const at = axis < 0 ? shape.length + axis : axis;
    return shape[at] === 1 ? shape.toSpliced(at, 1) : undefined;
  }),
  add: arithmetic('Add', (value) => [1, value]),
  subtract: arithmetic('Subtract', (value, first) => (first ? [1, -value] : [-1, value])),
  multiply: arithmetic('Multiply', (value) => [value, 0]),
  divide: divided,
  truediv: divided,
  true_divide: divided,
  negative: (given) => only('Rescaling', { scale: -1, offset: 0 }, given),
  maximum: extreme('Maximum'),
  minimum: extreme('Minimum'),
  mean: pooling('Average'),
  reduce_mean: pooling('Average'),
  max: pooling('Max'),
  reduce_max: pooling('Max'),
  concatenate: joined,
  concat: joined,
  reshape: (given) => {
    const shape = given.value(1, 'newshape', 'shape');
    const open = isList(shape) && (shape[0] === -1 || shape[0] === null);
    return open ? only('Reshape', { target_shape: shape.slice(1) }, given) : undefined;
  },
  transpose: (given) => {
    const axes = given.value(1, 'axes', 'perm');
    return isList(axes) && axes[0] === 0 ? only('Permute', { dims: axes.slice(1) }, given) : undefined;
  },
  flatten: (given) => only('Flatten', { data_format: 'channels_last' }, given),
  identity: (given) => only('Activation', { activation: 'linear' }, given),
  cast: (given) => only('Activation', { activation: 'linear' }, given),
  stop_gradient: (given) => only('Activation', { activation: 'linear' }, given),
};

/** @throws StudioError `unsupported` for an operation, or arguments of one, that no layer stands for. */
export function operationLayers(operation: string, call: LayerCall | undefined, config: JsonObject, place: Place): OperationLayers {
  const given = new Given(call ?? { positional: [], named: new Map() }, isObject(config) ? config : {});
  const activation = Object.hasOwn(activations, operation) ? activations[operation] : undefined;
  const found =
    activation === undefined
      ? (Object.hasOwn(rules, operation) ? rules[operation] : undefined)?.(given)
      : only('Activation', { activation }, given);
  const { lost } = given;
  if (found !== undefined && lost === undefined) return found;
  throw refusal(
    'unsupported',
    place,
    `It is the operation ${printable(operation)}, called in a way that no layer stands for${lost === undefined ? '' : `: with ${printable(lost)}`}.`,
    'Use a layer of Keras in its place, and save the model again.',
  );
}
