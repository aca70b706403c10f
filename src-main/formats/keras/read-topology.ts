// A model's config as Keras 2, Keras 3 or tfjs-layers wrote it, turned into a Topology; every class is looked up in our table.
import type { Json, JsonObject, LayerConfig, Topology } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import type { KerasVersion } from './config-values.ts';
import { readInboundNodes, tensorReferences } from './inbound-nodes.ts';
import { modelClasses } from './layer-table.ts';
import { readLayer, refuseLambda, ruleOf } from './read-layer.ts';

const maxLayers = 200_000;

/** @throws StudioError `unsafe-file` for Lambda, `unsupported` naming each unknown layer, `damaged-file`. */
export function readTopology(model: Json, keras: KerasVersion, place: Place): Topology {
  if (!isObject(model)) throw refusal('damaged-file', place, 'It describes no model.');
  refuseLambda(model, place, '');
  const className = typeof model.class_name === 'string' ? modelClasses.get(model.class_name) : undefined;
  if (className === undefined) {
    const name = typeof model.class_name === 'string' ? printable(model.class_name) : 'nothing named';
    throw refusal(
      'unsupported',
      place,
      `The model is of class ${name}; Sequential and Functional models are read.`,
      'Rebuild it as a Functional or Sequential model and save it again.',
    );
  }
  return modelOf(className, model.config ?? null, keras, place, '');
}

function modelOf(className: 'Sequential' | 'Functional', given: Json, keras: KerasVersion, place: Place, path: string): Topology {
  // Keras before 2.3 wrote a Sequential's config as the bare list of its layers.
  const config: JsonObject = isList(given) ? { name: 'sequential', layers: given } : isObject(given) ? given : {};
  const { layers } = config;
  if (!isList(layers) || layers.length === 0 || layers.length > maxLayers)
    throw refusal('damaged-file', place, 'The model has no list of layers.');
  const objects = layers.map((layer) => layerObject(layer, place));
  refuseUnknown(objects, place, path);
  const names = new Set<string>();
  for (const { name } of objects) {
    if (names.has(name)) throw refusal('damaged-file', { ...place, member: name }, 'Two layers have this name.');
    names.add(name);
  }
  const nested = new Set(objects.filter((layer) => modelClasses.has(layer.className)).map(({ name }) => name));
  const read = objects.map((layer): LayerConfig => {
    const at = { ...place, member: path === '' ? layer.name : `${path}/${layer.name}` };
    const inner = modelClasses.get(layer.className);
    const rule = ruleOf(layer.className, layer.config);
    const result: LayerConfig =
      inner !== undefined
        ? { class_name: inner, config: nestedConfig(modelOf(inner, layer.config, keras, place, at.member), layer.name) }
        : readLayer(layer.className, rule!, layer.config, keras, at);
    return className === 'Sequential' ? result : { ...result, inbound_nodes: readInboundNodes(layer.inbound, keras, names, nested, at) };
  });
  const name = typeof config.name === 'string' && config.name !== '' ? config.name : className.toLowerCase();
  if (className === 'Sequential') return { class_name: className, config: { name, layers: withInputShape(read, config, place) } };
  return {
    class_name: className,
    config: {
      name,
      layers: withNames(read),
      input_layers: tensorReferences(config.input_layers, keras, names, nested, place),
      output_layers: tensorReferences(config.output_layers, keras, names, nested, place),
    },
  };
}

/** A nested model's config as that of a layer. */
function nestedConfig({ config }: Topology, name: string): JsonObject {
  const layers = config.layers.map((layer): JsonObject => ({ ...layer, inbound_nodes: layer.inbound_nodes ?? [] }));
  return {
    name,
    layers,
    ...(config.input_layers === undefined ? {} : { input_layers: config.input_layers }),
    ...(config.output_layers === undefined ? {} : { output_layers: config.output_layers }),
  };
}

/** Functional entries carry their name beside the config too. */
function withNames(layers: readonly LayerConfig[]): LayerConfig[] {
  return layers.map((layer) => ({ name: String(layer.config.name), ...layer }));
}

interface LayerObject {
  readonly className: string;
  readonly name: string;
  readonly config: JsonObject;
  readonly inbound: Json;
}

function layerObject(value: Json, place: Place): LayerObject {
  if (!isObject(value) || typeof value.class_name !== 'string')
    throw refusal('damaged-file', place, "One of the model's layers is not described.");
  const config: JsonObject = isList(value.config) ? { layers: value.config } : isObject(value.config) ? value.config : {};
  const name = config.name ?? value.name;
  if (typeof name !== 'string' || name === '' || Buffer.byteLength(name) > 1024)
    throw refusal('damaged-file', place, `A layer of class ${printable(value.class_name)} has no name, or one longer than 1,024 bytes.`);
  return { className: value.class_name, name, config: { ...config, name }, inbound: value.inbound_nodes ?? [] };
}

function refuseUnknown(layers: readonly LayerObject[], place: Place, path: string): void {
  const unknown = layers.filter(({ className, config }) => !modelClasses.has(className) && ruleOf(className, config) === undefined);
  if (unknown.length === 0) return;
  const listed = unknown
    .slice(0, 5)
    .map(({ name, className }) => `${printable(path === '' ? name : `${path}/${name}`)} (${printable(className)})`)
    .join(', ');
  throw refusal(
    'unsupported',
    { ...place, member: path === '' ? unknown[0]!.name : `${path}/${unknown[0]!.name}` },
    `Espalier doesn't know ${unknown.length === 1 ? 'this layer' : `${unknown.length} of its layers`}: ${listed}${unknown.length > 5 ? ', …' : ''}.`,
    'Replace them by built-in layers that Espalier reads, and save the model again.',
  );
}

/** A Sequential needs its input's shape: from an InputLayer, its first layer, or the shape it was built with. */
function withInputShape(layers: readonly LayerConfig[], config: JsonObject, place: Place): readonly LayerConfig[] {
  const [first, ...rest] = layers;
  if (first === undefined || first.config.batch_input_shape !== undefined || modelClasses.has(first.class_name)) return layers;
  const shape = config.build_input_shape;
  if (!isList(shape) || shape.length === 0 || !shape.every((size) => size === null || typeof size === 'number')) {
    throw refusal(
      'unsupported',
      place,
      'The model was saved before it knew the shape of its input.',
      'Call it on data once, or begin it with an Input layer, then save it again.',
    );
  }
  return [{ ...first, config: { ...first.config, batch_input_shape: [null, ...shape.slice(1)] } }, ...rest];
}
