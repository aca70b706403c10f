// A Topology as the config.json of Keras 3.
import type { StudioError } from '#contract/errors.ts';
import type { Json, JsonObject, LayerConfig, Topology } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { refusal, type Place } from '../refusal.ts';
import { layerTable, modelClasses } from './layer-table.ts';
import { innerLayers } from './weight-names.ts';

/** Keras names them as operations, and takes those as activations too. */
const operations = new Set(['sqrt', 'reciprocal', 'log']);
const merging = new Set(['Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate', 'Dot']);

/** @throws StudioError `unsupported` for what Keras 3 has no equal of. */
export function kerasConfig({ class_name: className, config }: Topology, place: Place): JsonObject {
  return modelObject(
    className,
    config.name,
    config.layers,
    { input_layers: config.input_layers ?? null, output_layers: config.output_layers ?? null },
    place,
  );
}

function modelObject(className: string, name: string, layers: readonly LayerConfig[], ends: JsonObject, place: Place): JsonObject {
  const functional = modelClasses.get(className) === 'Functional';
  const namesOf = (some: readonly LayerConfig[]) => new Set(some.map((layer) => String(layer.config.name)));
  const models = layers.filter((layer) => modelClasses.has(layer.class_name));
  const nested = namesOf(models);
  const sequential = namesOf(models.filter((layer) => modelClasses.get(layer.class_name) !== 'Functional'));
  const written = (functional ? layers : withInputLayer(layers)).map((layer) => layerObject(layer, functional, nested, place));
  const config: JsonObject = functional
    ? {
        name,
        trainable: true,
        layers: written,
        input_layers: endsOf(ends.input_layers, sequential),
        output_layers: endsOf(ends.output_layers, sequential),
      }
    : { name, trainable: true, dtype: 'float32', layers: written };
  return functional
    ? { module: 'keras.src.models.functional', class_name: 'Functional', config, registered_name: 'Functional' }
    : { module: 'keras', class_name: 'Sequential', config, registered_name: null };
}

function layerObject(layer: LayerConfig, functional: boolean, nested: ReadonlySet<string>, place: Place): JsonObject {
  const { class_name: className, config } = layer;
  const name = String(config.name);
  const object = modelClasses.has(className)
    ? modelObject(
        className,
        name,
        modelLayers(config),
        { input_layers: config.input_layers ?? null, output_layers: config.output_layers ?? null },
        place,
      )
    : plainLayerObject(layer, { ...place, member: name });
  return functional
    ? { ...object, name, inbound_nodes: (layer.inbound_nodes ?? []).map((node) => inboundNode(node, layer, nested)) }
    : object;
}

/** The nested model's layers with the calls between them. */
function modelLayers(config: JsonObject): LayerConfig[] {
  const calls = new Map(
    (isList(config.layers) ? config.layers : []).flatMap((layer) =>
      isObject(layer) && isObject(layer.config) && isList(layer.inbound_nodes) ? [[layer.config.name, layer.inbound_nodes] as const] : [],
    ),
  );
  return innerLayers(config).map((layer) => ({ ...layer, inbound_nodes: calls.get(layer.config.name ?? null) ?? [] }));
}

/** ConvNeXt's own layer lives with it; a ReLU that begins late is a ReLU with a threshold. */
function plainLayerObject(layer: LayerConfig, place: Place): JsonObject {
  const { class_name: className, config } = layer;
  if (className === 'ThresholdedReLU')
    return plainLayerObject({ class_name: 'ReLU', config: { name: config['name'] ?? null, threshold: config['theta'] ?? 1 } }, place);
  const own = className === 'LayerScale';
  return {
    module: own ? 'keras.src.applications.convnext' : 'keras.layers',
    class_name: className,
    config: layerConfig(layer, place),
    registered_name: own ? className : null,
  };
}

function layerConfig({ class_name: className, config }: LayerConfig, place: Place): JsonObject {
  const rule = layerTable.get(className);
  if (rule === undefined) throw unknown(className, place);
  const result: Record<string, Json> = { name: config.name ?? null };
  if (className === 'InputLayer')
    return { ...result, batch_shape: config.batch_input_shape ?? null, dtype: config.dtype ?? 'float32', sparse: config.sparse ?? false };
  // Keras 3's takes no such setting.
  if (typeof config.trainable === 'boolean' && !className.startsWith('SpatialDropout')) result.trainable = config.trainable;
  result.dtype = 'float32';
  for (const key of rule.keys)
    if (config[key] !== undefined && key !== 'use_causal_mask')
      result[className === 'LeakyReLU' && key === 'alpha' ? 'negative_slope' : key] = kerasValue(key, config[key], place);
  return result;
}

function unknown(className: string, place: Place): StudioError {
  return refusal('unsupported', place, `Keras has no layer that Espalier knows as ${className}.`, 'Export in another format.');
}

function kerasValue(key: string, value: Json, place: Place): Json {
  if (key === 'layer' && isObject(value) && typeof value.class_name === 'string' && isObject(value.config))
    return plainLayerObject({ class_name: value.class_name, config: value.config }, place);
  if (key === 'activation' || key === 'recurrent_activation') {
    if (value === 'hard_sigmoid')
      throw refusal(
        'unsupported',
        place,
        "Keras 3's hard_sigmoid is another function than the one that was trained.",
        'Export as TensorFlow.js.',
      );
    if (value === 'gelu_new')
      throw refusal('unsupported', place, 'Keras names no activation for the GELU by tanh that was trained.', 'Export as ONNX.');
    if (typeof value === 'string' && operations.has(value))
      return { module: 'keras.ops', class_name: 'function', config: value, registered_name: 'function' };
    return value === 'swish' ? 'silu' : value === 'hard_sigmoid_v3' ? 'hard_sigmoid' : value;
  }
  if (key === 'interpolation' && value === 'corners')
    throw refusal('unsupported', place, 'Keras interpolates by half pixels only, not from corner to corner.', 'Export as ONNX.');
  const module = key.endsWith('_initializer')
    ? 'keras.initializers'
    : key.endsWith('_regularizer')
      ? 'keras.regularizers'
      : key.endsWith('_constraint')
        ? 'keras.constraints'
        : undefined;
  if (module === undefined || !isObject(value)) return value;
  return { module, class_name: String(value.class_name).replace(/^LeCun/, 'Lecun'), config: value.config ?? {}, registered_name: null };
}

/** The shape is not looked at when Keras finds the tensor by its history. */
function inboundNode(node: Json, { class_name: className, config }: LayerConfig, nested: ReadonlySet<string>): JsonObject {
  const tensors = (isList(node) ? node : []).map((call): JsonObject => ({
    class_name: '__keras_tensor__',
    config: { shape: [null], dtype: 'float32', keras_history: keras3Reference(call, nested) },
  }));
  if (className === 'MultiHeadAttention')
    return { args: tensors, kwargs: config['use_causal_mask'] === true ? { use_causal_mask: true } : {} };
  const [first, ...states] = tensors;
  if (/^(LSTM|GRU|SimpleRNN)$/.test(className) && states.length > 0) return { args: [first!], kwargs: { initial_state: states } };
  return { args: merging.has(className) || tensors.length > 1 ? [tensors] : tensors, kwargs: {} };
}

function keras3Reference(value: Json, nested: ReadonlySet<string>): Json {
  const [layer, call, tensor] = isList(value) ? value : [];
  return [layer ?? null, typeof layer === 'string' && nested.has(layer) ? Math.max(0, Number(call) - 1) : (call ?? 0), tensor ?? 0];
}

/** Here, and here alone, Keras counts a nested Functional model's own making as its call 0; `sequential`: the nested models of which that isn't so. */
function endsOf(value: Json | undefined, sequential: ReadonlySet<string>): Json {
  const list = isList(value) ? (typeof value[0] === 'string' ? [value] : value) : [];
  const references = list.map((item) => keras3Reference(item, sequential));
  return references.length === 1 ? references[0]! : references;
}

function withInputLayer(layers: readonly LayerConfig[]): readonly LayerConfig[] {
  const first = layers[0];
  if (first?.config.batch_input_shape === undefined || first.class_name === 'InputLayer') return layers;
  const dtype = first.class_name === 'Embedding' ? 'int32' : 'float32';
  return [
    {
      class_name: 'InputLayer',
      config: { name: `${String(first.config.name)}_input`, batch_input_shape: first.config.batch_input_shape, dtype },
    },
    ...layers,
  ];
}
