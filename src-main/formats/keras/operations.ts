// Operators on tensors (`x + 3`, `ops.mean(x, axis=(1, 2))`), which functional models keep as nodes of their own, as layers.
import type { Json, JsonObject } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import type { Argument, LayerCall } from './inbound-nodes.ts';

export interface OperationLayer {
  readonly className: string;
  readonly config: JsonObject;
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

const activations: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'relu',
    'relu6',
    'sigmoid',
    'silu',
    'tanh',
    'elu',
    'selu',
    'softplus',
    'softsign',
    'hard_sigmoid',
    'hard_silu',
    'gelu',
    'softmax',
    'log_softmax',
    'leaky_relu',
    'exp',
    'celu',
    'log_sigmoid',
    'hard_tanh',
    'squareplus',
  ].map((name) => [name, name === 'exp' ? 'exponential' : name]),
);

/** Keras 3 works masks out by these; ours find their own way. */
export const masks: ReadonlySet<string> = new Set(['not_equal', 'any', 'logical_and', 'logical_or']);

/** What each operation becomes, from its tensors and its plain arguments. */
type Rule = (given: Given) => OperationLayer | undefined;

class Given {
  readonly arguments: readonly Argument[];
  readonly #named: LayerCall['named'];
  readonly #config: JsonObject;

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
  /** A plain argument by any of its names, or in its place. */
  value(at: number, ...names: string[]): Json | undefined {
    for (const name of names) {
      const argument = this.#named.get(name);
      if (argument !== undefined && 'kind' in argument && argument.kind === 'value') return argument.value;
      if (this.#config[name] !== undefined) return this.#config[name];
    }
    const argument = this.arguments[at];
    return argument?.kind === 'value' ? argument.value : undefined;
  }
}

const only = (className: string, config: JsonObject, given: Given): OperationLayer | undefined =>
  given.tensors.length === 1 ? { className, config, inputs: given.tensors } : undefined;

/** Two tensors, or a tensor and a number (or a number a channel), which is a Rescaling. */
function arithmetic(
  className: 'Add' | 'Subtract' | 'Multiply' | undefined,
  rescaling: (value: number, tensorFirst: boolean) => [number, number],
): Rule {
  return (given) => {
    if (given.tensors.length === 2) return className === undefined ? undefined : { className, config: {}, inputs: given.tensors };
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
    const counted = axes.every((each, at) => each === at + 1) && axes.length <= 3;
    const keepdims = given.value(2, 'keepdims') === true;
    return counted ? only(`Global${kind}Pooling${axes.length}D`, { data_format: 'channels_last', keepdims }, given) : undefined;
  };
}

const divided: Rule = arithmetic(undefined, (value, first) => (first ? [1 / value, 0] : [NaN, NaN]));
const joined: Rule = (given) => ({
  className: 'Concatenate',
  config: { axis: given.value(given.tensors.length, 'axis') ?? -1 },
  inputs: given.tensors,
});
const pair =
  (className: string): Rule =>
  (given) =>
    given.tensors.length === 2 ? { className, config: {}, inputs: given.tensors } : undefined;

const rules: Readonly<Record<string, Rule>> = {
  add: arithmetic('Add', (value) => [1, value]),
  subtract: arithmetic('Subtract', (value, first) => (first ? [1, -value] : [-1, value])),
  multiply: arithmetic('Multiply', (value) => [value, 0]),
  divide: divided,
  truediv: divided,
  true_divide: divided,
  negative: (given) => only('Rescaling', { scale: -1, offset: 0 }, given),
  maximum: pair('Maximum'),
  minimum: pair('Minimum'),
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
export function operationLayer(operation: string, call: LayerCall | undefined, config: JsonObject, place: Place): OperationLayer {
  const given = new Given(call ?? { positional: [], named: new Map() }, isObject(config) ? config : {});
  const activation = Object.hasOwn(activations, operation) ? activations[operation] : undefined;
  const found =
    activation === undefined
      ? (Object.hasOwn(rules, operation) ? rules[operation] : undefined)?.(given)
      : only('Activation', { activation }, given);
  if (found !== undefined) return found;
  throw refusal(
    'unsupported',
    place,
    `It is the operation ${printable(operation)}, called in a way that no layer stands for.`,
    'Use a layer of Keras in its place, and save the model again.',
  );
}
