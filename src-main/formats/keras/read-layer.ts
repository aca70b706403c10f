// One layer's config, from Keras 2, Keras 3 or tfjs-layers, in the form that Topology has.
import type { Json, JsonObject, LayerConfig } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import { plainValue, type KerasVersion } from './config-values.ts';
import { equalLayer } from './equal-layers.ts';
import { layerTable, type LayerRule } from './layer-table.ts';

/** Settings without any bearing on what the layer computes here. */
const ignorable =
  /^(autocast|synchronized|renorm_momentum|renorm_clipping|optional|seed|input_length|input_dtype|ragged|implementation|rank|use_cudnn|projection_dim|init_values|(query|key|value)_shape|fill_mode|fill_value|stateful|renorm|batch_size|batch_shape|build_input_shape|input_shape|.*_initializer|fused|virtual_batch_size)$/;

/** @throws StudioError `unsupported` for a setting that would be lost. */
export function readLayer(written: string, asWritten: JsonObject, keras: KerasVersion, place: Place): LayerConfig {
  const { className, config: given } = equalLayer(written, asWritten);
  const rule = layerTable.get(className)!;
  const config = given;
  const result: Record<string, Json> = { name: config.name ?? '' };
  if (typeof config.trainable === 'boolean') result.trainable = config.trainable;
  const shape = config.batch_input_shape ?? config.batch_shape;
  if (shape !== undefined && shape !== null) result.batch_input_shape = batchShape(shape, place);
  if (config.dtype !== undefined) result.dtype = plainValue('dtype', config.dtype, keras, place);
  for (const key of rule.keys) {
    if (given[key] === undefined) continue;
    result[key] = key === 'layer' ? innerLayer(className, given, keras, place) : plainValue(key, given[key], keras, place);
  }
  for (const [key, value] of Object.entries(given)) {
    const known = key in result || rule.keys.includes(key) || ['name', 'trainable', 'dtype', 'batch_input_shape'].includes(key);
    if (known || ignorable.test(key) || isDefault(key, value) || (key === 'backward_layer' && className === 'Bidirectional')) continue;
    throw refusal(
      'unsupported',
      place,
      `Its setting ${printable(key)} can't be carried over.`,
      `Build the layer without ${printable(key)} and save the model again.`,
    );
  }
  checkNumbers(className, result, place);
  refuseUncomputed(className, result, place);
  return { class_name: className, config: { name: String(config.name), ...result } };
}

function isDefault(key: string, value: Json): boolean {
  // Attention over the steps of a sequence.
  if (key === 'attention_axes' && (isList(value) ? value : [value]).every((each) => each === 1)) return true;
  if (key === 'dilation_rate' || key === 'groups') return (isList(value) ? value : [value]).every((each) => each === 1);
  return value === null || value === false || value === 0 || (isList(value) && value.length === 0);
}

/** The layer in a wrapper; its own name is of no matter, so that its weights' names are known. */
function innerLayer(className: string, { layer, backward_layer: backward }: JsonObject, keras: KerasVersion, place: Place): Json {
  const read = (value: Json | undefined): LayerConfig => {
    if (!isObject(value) || typeof value.class_name !== 'string' || !isObject(value.config))
      throw refusal('damaged-file', place, 'The layer in it is not described.');
    // A Bidirectional layer always answers a masked step with zeros, and says so in the layers in it.
    const given = className === 'Bidirectional' ? { name: 'rnn', zero_output_for_mask: false } : { name: 'each' };
    const inner =
      ruleOf(value.class_name, value.config) === undefined
        ? undefined
        : readLayer(value.class_name, { ...value.config, ...given }, keras, place);
    const recurrent = inner !== undefined && /^(LSTM|GRU|SimpleRNN)$/.test(inner.class_name);
    if (inner === undefined || inner.config['layer'] !== undefined || (className === 'Bidirectional' && !recurrent))
      throw refusal(
        'unsupported',
        place,
        `It is around a ${printable(value.class_name)}, which it can't be here.`,
        'Replace it by a layer that Espalier reads.',
      );
    return inner;
  };
  const forward = read(layer);
  if (className === 'Bidirectional' && (backward ?? null) !== null) {
    const { config } = read(backward);
    const mirrored = { ...forward.config, go_backwards: forward.config['go_backwards'] !== true };
    const same = Object.entries(mirrored).every(
      ([key, value]) =>
        /^(name|trainable|dtype)$|_initializer$/.test(key) || JSON.stringify(config[key] ?? false) === JSON.stringify(value ?? false),
    );
    if (!same) throw refusal('unsupported', place, 'Its two directions differ.', 'Build it with one layer for both directions.');
  }
  return { class_name: forward.class_name, config: forward.config };
}

export function ruleOf(className: string, config: JsonObject): LayerRule | undefined {
  return layerTable.get(equalLayer(className, config).className);
}

/** Settings that are known but that nothing here computes. */
function refuseUncomputed(className: string, config: JsonObject, place: Place): void {
  const refuse = (why: string, whatToDo: string): never => {
    throw refusal('unsupported', place, why, whatToDo);
  };
  const axis = config['axis'] ?? -1;
  if (className === 'GroupNormalization' && axis !== -1) refuse('It groups another axis than the last one.', 'Put channels last.');
  if (className === 'RMSNormalization' && axis !== -1) refuse('It runs over another axis than the last one.', 'Use axis=-1.');
  if (className === 'Softmax' && isList(axis) && axis.length > 1) refuse('Its softmax runs over several axes at once.', 'Use one axis.');
  if (className === 'Attention' && (config['score_mode'] ?? 'dot') !== 'dot')
    refuse('Its scores are concatenated.', 'Use score_mode="dot".');
  if ((config['output_padding'] ?? null) !== null) refuse('It states a padding of its output.', 'Build it without output_padding.');
  if (/Transpose$/.test(className) && (isList(config['dilation_rate']) ? config['dilation_rate'] : [1]).some((rate) => rate !== 1))
    refuse('It is transposed and dilated.', 'Build it without dilation_rate.');
  if (className === 'Conv3D' && ['dilation_rate', 'groups'].some((key) => [config[key] ?? 1].flat().some((each) => each !== 1)))
    refuse(
      'It is a dilated convolution of volumes, or one in groups, which TensorFlow has no kernel for on a CPU.',
      'Build it with dilation_rate=1 and groups=1.',
    );
  if (/^(Resizing|UpSampling2D)$/.test(className) && !['bilinear', 'nearest'].includes(String(config['interpolation'] ?? 'nearest')))
    refuse('Its interpolation is neither bilinear nor nearest.', 'Use one of those.');
  const inner = config['layer'];
  if (className === 'Bidirectional' && isObject(inner) && isObject(inner.config) && inner.config.return_state === true)
    refuse('It gives the states of both directions beside its answer.', 'Use two recurrent layers, one of them with go_backwards=True.');
  if (className === 'Bidirectional' && !['concat', 'sum', 'mul', 'ave'].includes(String(config['merge_mode'])))
    refuse('It gives both directions apart.', 'Use merge_mode="concat".');
}

function batchShape(value: Json, place: Place): Json {
  const sizes = isList(value) ? value : undefined;
  if (
    sizes === undefined ||
    sizes.length === 0 ||
    sizes.length > 8 ||
    !sizes.every((size) => size === null || (typeof size === 'number' && Number.isInteger(size) && size >= 0 && size < 2 ** 31))
  ) {
    throw refusal('damaged-file', place, 'Its input shape is no list of sizes.');
  }
  if (sizes.length === 1)
    throw refusal(
      'unsupported',
      place,
      'Its samples are single numbers without an axis.',
      'Begin the model with Input((1,)), and save it again.',
    );
  return [null, ...sizes.slice(1)];
}

const counts = new Set([
  'filters',
  'units',
  'n',
  'depth_multiplier',
  'input_dim',
  'output_dim',
  'kernel_size',
  'pool_size',
  'strides',
  'dilation_rate',
  'groups',
  'num_heads',
  'key_dim',
  'height',
  'width',
]);

function checkNumbers(className: string, config: Record<string, Json>, place: Place): void {
  for (const [key, value] of Object.entries(config)) {
    if (
      counts.has(key) &&
      value !== null &&
      !(className === 'GroupNormalization' && value === -1) &&
      !(isList(value) ? value : [value]).every((each) => typeof each === 'number' && Number.isInteger(each) && each >= 1 && each < 2 ** 31)
    ) {
      throw refusal('damaged-file', place, `Its setting ${key} should be a whole number from 1 on.`);
    }
    if (
      (key === 'use_bias' || key === 'scale' || key === 'center') &&
      className !== 'Rescaling' &&
      className !== 'CustomScaleLayer' &&
      typeof value !== 'boolean'
    ) {
      throw refusal('damaged-file', place, `Its setting ${key} should be true or false.`);
    }
  }
}

/** Finds a Lambda wherever it hides: in a wrapper, a nested model, an activation. */
export function refuseLambda(value: Json, place: Place, path: string): void {
  if (isList(value)) return value.forEach((item) => refuseLambda(item, place, path));
  if (!isObject(value)) return;
  const name = isObject(value.config) && typeof value.config.name === 'string' ? value.config.name : undefined;
  const here = name === undefined ? path : path === '' ? name : `${path}/${name}`;
  if (value.class_name === 'Lambda' || value.class_name === '__lambda__') {
    throw refusal(
      'unsafe-file',
      { ...place, member: here === '' ? 'Lambda' : here },
      'It is a Lambda, Python code inside the file, which is never run.',
      'Replace it by a built-in layer (Rescaling, Activation, …) and save the model again.',
    );
  }
  for (const item of Object.values(value)) refuseLambda(item, place, here);
}
