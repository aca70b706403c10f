// Settings of a layer, from any Keras's JSON to the plain Keras 2 form that tfjs-layers reads. Names are looked up in our lists, never resolved to code.
import type { Json, JsonObject } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { printable, refusal, type Place } from '../refusal.ts';

/** Keras 3's names for activations, and tfjs-layers' where they differ. */
const activations = new Set([
  'linear',
  'relu',
  'relu6',
  'elu',
  'selu',
  'sigmoid',
  'softplus',
  'softsign',
  'tanh',
  'softmax',
  'log_softmax',
  'gelu',
  'gelu_new',
  'mish',
  'swish',
  'hard_sigmoid',
  'hard_silu',
  'exponential',
  'leaky_relu',
  'celu',
  'log_sigmoid',
  'hard_tanh',
  'squareplus',
  'tanh_shrink',
  'hard_shrink',
  'soft_shrink',
  'sqrt',
  'reciprocal',
  'log',
]);
/** Other names of theirs; Keras 3's hard_sigmoid, relu6(x + 3) / 6, is not Keras 2's, 0.2 x + 0.5 between 0 and 1. */
const renamedActivations: Readonly<Record<string, string>> = { silu: 'swish', hard_swish: 'hard_silu', logsoftmax: 'log_softmax' };
const spread = ['mean', 'stddev', 'seed'];
const initializers: Record<string, readonly string[]> = {
  Zeros: [],
  Ones: [],
  Constant: ['value'],
  RandomUniform: ['minval', 'maxval', 'seed'],
  RandomNormal: spread,
  TruncatedNormal: spread,
  Identity: ['gain'],
  VarianceScaling: ['scale', 'mode', 'distribution', 'seed'],
  GlorotUniform: ['seed'],
  GlorotNormal: ['seed'],
  HeNormal: ['seed'],
  HeUniform: ['seed'],
  LeCunNormal: ['seed'],
  LeCunUniform: ['seed'],
  Orthogonal: ['gain', 'seed'],
};
const constraints: Record<string, readonly string[]> = {
  MaxNorm: ['max_value', 'axis'],
  UnitNorm: ['axis'],
  NonNeg: [],
  MinMaxNorm: ['min_value', 'max_value', 'rate', 'axis'],
};

/** Which Keras wrote the file: some names changed their meaning. */
export type KerasVersion = 2 | 3;

export function plainValue(key: string, value: Json, keras: KerasVersion, place: Place): Json {
  if (value === null) return null;
  if (key === 'activation' || key === 'recurrent_activation') return activation(value, keras, place);
  if (key === 'dtype') return dtype(value, place);
  if (key.endsWith('_initializer')) return initializer(value);
  if (key.endsWith('_regularizer')) return regularizer(key, value, place);
  if (key.endsWith('_constraint')) return constraint(key, value, place);
  if (key === 'axis' && isList(value) && value.length === 1) return value[0]!;
  if (!isPlain(value))
    throw refusal(
      'unsupported',
      place,
      `Its setting ${key} is more than plain numbers.`,
      'Replace it by a plain value and save the model again.',
    );
  return value;
}

function isPlain(value: Json): boolean {
  return isList(value) ? value.every(isPlain) : !isObject(value);
}

/** `relu`, or Keras 3's `{class_name, config}` of an activation object. */
function activation(value: Json, keras: KerasVersion, place: Place): string {
  const given = isObject(value) ? (value.class_name === 'function' ? value.config : value.class_name) : value;
  const name = typeof given === 'string' && Object.hasOwn(renamedActivations, given) ? renamedActivations[given] : given;
  if (typeof name !== 'string' || !activations.has(name)) {
    throw refusal(
      'unsupported',
      place,
      `Its activation ${typeof name === 'string' ? printable(name) : 'function'} is not one that Espalier knows.`,
      `Use one of ${[...activations].join(', ')}.`,
    );
  }
  if (name === 'hard_sigmoid' && keras === 3) return 'hard_sigmoid_v3';
  return name;
}

/** A dtype policy by name; everything is computed in float32. */
function dtype(value: Json, place: Place): string {
  const name = isObject(value) ? (isObject(value.config) ? value.config.name : undefined) : value;
  if (isObject(value) && value.class_name === 'QuantizedDTypePolicy')
    throw refusal('unsupported', place, 'It is quantised.', 'Save the model before quantising it.');
  if (name === 'int32' || name === 'bool') return name;
  if (typeof name === 'string' && /^(float(16|32|64)|bfloat16|mixed_b?float16|u?int(8|16|64))$/.test(name))
    return name.includes('int') ? 'int32' : 'float32';
  throw refusal('unsupported', place, 'Its dtype is not one that Espalier knows.', 'Save the model in float32.');
}

/** Only matters for layers reinitialised later: an unknown one becomes Glorot's. */
function initializer(value: Json): JsonObject {
  const given = isObject(value) ? value.class_name : value;
  const known = typeof given === 'string' ? given.replace(/^Lecun/, 'LeCun') : '';
  const keys = Object.hasOwn(initializers, known) ? initializers[known] : undefined;
  if (keys === undefined) return { class_name: 'GlorotUniform', config: { seed: null } };
  const config = isObject(value) && isObject(value.config) ? value.config : {};
  return {
    class_name: known,
    config: Object.fromEntries(keys.flatMap((key) => (key in config && isPlain(config[key]!) ? [[key, config[key]!]] : []))),
  };
}

/** L1, L2 and L1L2 all become L1L2, the only one tfjs-layers has. */
function regularizer(key: string, value: Json, place: Place): JsonObject | null {
  const name = isObject(value) ? value.class_name : value;
  const config = isObject(value) && isObject(value.config) ? value.config : {};
  const number = (given: Json | undefined, otherwise: number) => (typeof given === 'number' ? given : otherwise);
  if (name === 'L1' || name === 'l1') return { class_name: 'L1L2', config: { l1: number(config.l1, 0.01), l2: 0 } };
  if (name === 'L2' || name === 'l2') return { class_name: 'L1L2', config: { l1: 0, l2: number(config.l2, 0.01) } };
  if (name === 'L1L2' || name === 'l1_l2') return { class_name: 'L1L2', config: { l1: number(config.l1, 0), l2: number(config.l2, 0) } };
  throw refusal('unsupported', place, `Its ${key} is not one that Espalier knows.`, 'Use L1, L2 or L1L2, or none.');
}

function constraint(key: string, value: Json, place: Place): JsonObject {
  const name = isObject(value) ? value.class_name : value;
  const keys = typeof name === 'string' && Object.hasOwn(constraints, name) ? constraints[name] : undefined;
  if (keys === undefined)
    throw refusal(
      'unsupported',
      place,
      `Its ${key} is not one that Espalier knows.`,
      `Use one of ${Object.keys(constraints).join(', ')}, or none.`,
    );
  const config = isObject(value) && isObject(value.config) ? value.config : {};
  return { class_name: String(name), config: Object.fromEntries(keys.flatMap((each) => (each in config ? [[each, config[each]!]] : []))) };
}
