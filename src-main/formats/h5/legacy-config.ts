// A Topology as the model_config of a .h5 file, in words that Keras 2 and Keras 3 understand alike.
import { readGraph, type GraphNode } from '#network/graph.ts';
import type { Json, JsonObject, LayerConfig, Topology } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { layerTable, modelClasses } from '../keras/layer-table.ts';
import { innerLayers } from '../keras/weight-names.ts';
import { refusal, type Place } from '../refusal.ts';

const onlyChannelsLast = new Set(['ZeroPadding1D', 'Cropping1D', 'UpSampling1D', 'Resizing']);

/** What Keras 2 lacks, and what the two name or call in different ways. */
const onlyKeras3 = new Set([
  'LayerScale',
  'RMSNormalization',
  'ThresholdedReLU',
  'MultiHeadAttention',
  'hard_silu',
  'gelu_new',
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

/** @throws StudioError `unsupported` for a layer or an activation that the two Kerases don't share. */
export function legacyConfig({ class_name: className, config }: Topology, place: Place): JsonObject {
  return { class_name: className, config: modelConfig(className, plainConfig(config), place) };
}

/**
 * A nested model's first call has the number 1 in Keras 2 and 0 in Keras 3, so no file that has one inside a Functional model
 * opens in both: its layers are put in its place.
 */
export function withoutNestedCalls(topology: Topology): Topology {
  if (!callsModels(topology.class_name, plainConfig(topology.config))) return topology;
  const graph = readGraph(topology);
  const passed = new Map(
    graph.nodes.flatMap((node) => (node.type === 'InputLayer' && node.inputs.length > 0 ? [[node.id, node.inputs[0]!.node] as const] : [])),
  );
  const sourceOf = (id: string): string => (passed.has(id) ? sourceOf(passed.get(id)!) : id);
  const kept = graph.nodes.filter(({ id }) => !passed.has(id));
  const places = new Map(
    [...Map.groupBy(kept, ({ layer }) => layer)].flatMap(([layer, calls]) => calls.map(({ id }, call) => [id, [layer, call]] as const)),
  );
  const end = (id: string, output: number): Json[] => [...(places.get(sourceOf(id)) ?? []), output];
  const inputs = kept.filter(({ inputs: from }) => from.length === 0);
  const layers = [...Map.groupBy(kept, ({ layer }) => layer)].map(([name, calls]): LayerConfig => {
    const { type, config } = calls[0]!;
    const nodes = calls.flatMap((call) =>
      call.inputs.length === 0 ? [] : [call.inputs.map(({ node, output }): Json => [...end(node, output), {}])],
    );
    return { name, class_name: type, config, inbound_nodes: nodes };
  });
  return {
    class_name: 'Functional',
    config: {
      name: topology.config.name,
      layers: withInputs(layers, inputs),
      input_layers: inputs.map(({ id, type }): Json => [type === 'InputLayer' ? id : `${id}_input`, 0, 0]),
      output_layers: graph.outputs.map(({ node, output }) => end(node, output)),
    },
  };
}

/** A Sequential that states its shape in its first layer gets an input layer of its own. */
function withInputs(layers: readonly LayerConfig[], inputs: readonly GraphNode[]): LayerConfig[] {
  const stated = new Set(inputs.filter(({ type }) => type !== 'InputLayer').map(({ layer }) => layer));
  return layers.flatMap((layer) => {
    const name = String(layer.config.name);
    if (!stated.has(name)) return [layer];
    const input = inputLayer(layer);
    return [
      { ...input, inbound_nodes: [] },
      { ...layer, inbound_nodes: [[[input.name, 0, 0, {}]], ...(layer.inbound_nodes ?? [])] },
    ];
  });
}

function callsModels(className: string, config: JsonObject): boolean {
  const models = innerLayers(config).filter((layer) => modelClasses.has(layer.class_name));
  return (
    models.length > 0 &&
    (modelClasses.get(className) === 'Functional' || models.some((layer) => callsModels(layer.class_name, layer.config)))
  );
}

/** As JSON, the way nested models' configurations come. */
function plainConfig({ layers, ...rest }: Topology['config']): JsonObject {
  const plain: JsonObject[] = layers.map((layer) => ({ ...layer, inbound_nodes: layer.inbound_nodes ?? [] }));
  return { input_layers: [], output_layers: [], ...rest, layers: plain };
}

function modelConfig(className: string, config: JsonObject, place: Place): JsonObject {
  const layers = innerLayers(config);
  if (modelClasses.get(className) === 'Sequential')
    return { name: config.name ?? null, layers: withInputLayer(layers).map((layer) => layerObject(layer, place)) };
  const calls = new Map(
    (isList(config.layers) ? config.layers : []).flatMap((layer) =>
      isObject(layer) && isObject(layer.config) ? [[layer.config.name, layer.inbound_nodes ?? []] as const] : [],
    ),
  );
  const started = layers.find(
    ({ class_name: type, config: { name } }) => /^(LSTM|GRU|SimpleRNN)$/.test(type) && severalInputs(calls.get(name)),
  );
  if (started !== undefined)
    throw refusal(
      'unsupported',
      { ...place, member: String(started.config['name']) },
      'Keras 2 and Keras 3 write a first state that comes from another layer in different ways.',
      'Export as .keras.',
    );
  return {
    name: config.name ?? null,
    trainable: true,
    layers: layers.map((layer) => ({
      ...layerObject(layer, place),
      name: layer.config.name ?? null,
      inbound_nodes: calls.get(layer.config.name) ?? [],
    })),
    input_layers: config.input_layers ?? [],
    output_layers: config.output_layers ?? [],
  };
}

function severalInputs(nodes: Json | undefined): boolean {
  return isList(nodes) && nodes.some((node) => isList(node) && node.length > 1);
}

function withInputLayer(layers: readonly LayerConfig[]): readonly LayerConfig[] {
  const first = layers[0];
  return first?.config.batch_input_shape === undefined || first.class_name === 'InputLayer' ? layers : [inputLayer(first), ...layers];
}

function inputLayer({ class_name: className, config }: LayerConfig): LayerConfig & { readonly name: string } {
  const name = `${String(config.name)}_input`;
  const dtype = className === 'Embedding' ? 'int32' : 'float32';
  return {
    name,
    class_name: 'InputLayer',
    config: { name, batch_input_shape: config.batch_input_shape ?? null, dtype, sparse: false, ragged: false },
  };
}

function layerObject({ class_name: className, config }: LayerConfig, place: Place): JsonObject {
  const at = { ...place, member: String(config.name) };
  if (modelClasses.has(className)) return { class_name: className, config: modelConfig(className, config, place) };
  const rule = layerTable.get(className);
  if (rule === undefined)
    throw refusal('unsupported', at, `Keras has no layer that Espalier knows as ${className}.`, 'Export in another format.');
  if (onlyKeras3.has(className))
    throw refusal('unsupported', at, `Keras 2 and Keras 3 don't share the layer ${className}.`, 'Export as .keras.');
  if (className === 'LayerNormalization' && isList(config['axis']) && config['axis'].length > 1)
    throw refusal('unsupported', at, 'Keras 3 reads a normalization over several axes otherwise from this format.', 'Export as .keras.');
  const stated = className === 'InputLayer' ? ['batch_input_shape', 'dtype', 'sparse', 'ragged'] : ['trainable', 'dtype', ...rule.keys];
  // Keras 3's spatial dropout takes no `trainable`, Keras 2's layers of one axis no `data_format`.
  const untaken = className.startsWith('SpatialDropout') ? 'trainable' : onlyChannelsLast.has(className) ? 'data_format' : undefined;
  const taken = stated.filter((key) => key !== untaken);
  const plain = taken.flatMap((key) => (config[key] === undefined ? [] : [[key, valueOf(key, config[key], at)] as const]));
  return { class_name: className, config: { name: config.name ?? null, ...Object.fromEntries(plain) } };
}

function valueOf(key: string, value: Json, place: Place): Json {
  if ((key === 'activation' || key === 'recurrent_activation') && typeof value === 'string') {
    if (value.startsWith('hard_sigmoid'))
      throw refusal('unsupported', place, 'hard_sigmoid is one function in Keras 2 and another in Keras 3.', 'Export as TensorFlow.js.');
    if (onlyKeras3.has(value)) throw refusal('unsupported', place, `Keras 2 has no activation ${value}.`, 'Export as .keras.');
  }
  if (key === 'interpolation' && value === 'corners')
    throw refusal('unsupported', place, 'Keras interpolates by half pixels only, not from corner to corner.', 'Export as ONNX.');
  if (key === 'layer' && isObject(value) && typeof value.class_name === 'string' && isObject(value.config))
    // Keras 3 looks for the layer in a wrapper by its module, Keras 2 takes it either way.
    return { module: 'keras.layers', registered_name: null, ...layerObject({ class_name: value.class_name, config: value.config }, place) };
  if (key.endsWith('_initializer') && isObject(value)) return { ...value, class_name: String(value.class_name).replace(/^LeCun/, 'Lecun') };
  return value;
}
