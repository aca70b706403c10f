// One layer's config, from Keras 2, Keras 3 or tfjs-layers, in the form that Topology has.
import type { Json, JsonObject, LayerConfig } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import { plainValue, type KerasVersion } from './config-values.ts';
import { layerTable, type LayerRule } from './layer-table.ts';

/** Settings without any bearing on what the layer computes here. */
const ignorable =
  /^(autocast|synchronized|renorm_momentum|renorm_clipping|optional|seed|input_length|input_dtype|ragged|implementation|rank|batch_size|batch_shape|build_input_shape|input_shape|.*_initializer|fused|virtual_batch_size)$/;

/** @throws StudioError `unsupported` for a setting that would be lost. */
export function readLayer(className: string, rule: LayerRule, config: JsonObject, keras: KerasVersion, place: Place): LayerConfig {
  const given = renamed(className, config, place);
  const result: Record<string, Json> = { name: config.name ?? '' };
  if (typeof config.trainable === 'boolean') result.trainable = config.trainable;
  const shape = config.batch_input_shape ?? config.batch_shape;
  if (shape !== undefined && shape !== null) result.batch_input_shape = batchShape(shape, place);
  if (config.dtype !== undefined) result.dtype = plainValue('dtype', config.dtype, keras, place);
  for (const key of rule.keys) if (given[key] !== undefined) result[key] = plainValue(key, given[key], keras, place);
  for (const [key, value] of Object.entries(given)) {
    const known = key in result || rule.keys.includes(key) || ['name', 'trainable', 'dtype', 'batch_input_shape'].includes(key);
    if (known || ignorable.test(key) || isDefault(key, value)) continue;
    throw refusal(
      'unsupported',
      place,
      `Its setting ${printable(key)} can't be carried over.`,
      `Build the layer without ${printable(key)} and save the model again.`,
    );
  }
  checkNumbers(className, result, place);
  return { class_name: renamedClass(className, config), config: { name: String(config.name), ...result } };
}

function isDefault(key: string, value: Json): boolean {
  if (key === 'groups' || key === 'dilation_rate') return (isList(value) ? value : [value]).every((each) => each === 1);
  return value === null || value === false || value === 0 || (isList(value) && value.length === 0);
}

/** Keras 3 calls LeakyReLU's `alpha` `negative_slope`; a ReLU with a slope is a LeakyReLU. */
function renamed(className: string, config: JsonObject, place: Place): JsonObject {
  if (className === 'LeakyReLU' || renamedClass(className, config) === 'LeakyReLU') {
    const { negative_slope: slope, max_value: max, ...rest } = config;
    if (max !== null && max !== undefined)
      throw refusal('unsupported', place, 'It has both a slope below zero and a maximum.', 'Use a ReLU with a maximum, or a LeakyReLU.');
    return slope === undefined ? rest : { ...rest, alpha: slope };
  }
  return config;
}

function renamedClass(className: string, config: JsonObject): string {
  return className === 'ReLU' && typeof config.negative_slope === 'number' && config.negative_slope !== 0 ? 'LeakyReLU' : className;
}

export function ruleOf(className: string, config: JsonObject): LayerRule | undefined {
  return layerTable.get(renamedClass(className, config));
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
]);

function checkNumbers(className: string, config: Record<string, Json>, place: Place): void {
  for (const [key, value] of Object.entries(config)) {
    if (
      counts.has(key) &&
      value !== null &&
      !(isList(value) ? value : [value]).every((each) => typeof each === 'number' && Number.isInteger(each) && each >= 1 && each < 2 ** 31)
    ) {
      throw refusal('damaged-file', place, `Its setting ${key} should be a whole number from 1 on.`);
    }
    if ((key === 'use_bias' || key === 'scale' || key === 'center') && className !== 'Rescaling' && typeof value !== 'boolean') {
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
