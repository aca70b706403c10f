// A model's config as Keras 2, Keras 3 or tfjs-layers wrote it, turned into a Topology; every class is looked up in our table.
import type { Json, JsonObject, LayerConfig, Topology } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import type { KerasVersion } from './config-values.ts';
import { modelAtEachStep } from './each-step.ts';
import { inputsOf, readCalls, tensorReferences, type Surroundings } from './inbound-nodes.ts';
import { modelClasses } from './layer-table.ts';
import { distinctEnds, fromOutputs, operationRow, shapesBehind, withOutputs } from './operation-rows.ts';
import { masks, operationLayers, operationOf } from './operations.ts';
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
  const functional = new Set(objects.filter((layer) => modelClasses.get(layer.className) === 'Functional').map(({ name }) => name));
  const atEachStep = new Set(objects.filter((layer) => layer.atEachStep).map(({ name }) => name));
  const around: Surroundings = { keras, names, nested, functional, atEachStep };
  const outputs = new Map<string, string>();
  const before: LayerConfig[] = [];
  const shapeOf = shapesBehind(before, outputs);
  const readOne = (layer: LayerObject): LayerConfig[] => {
    const at = { ...place, member: path === '' ? layer.name : `${path}/${layer.name}` };
    const calls = className === 'Sequential' ? [] : readCalls(layer.inbound, around, at);
    if (layer.operation !== undefined) {
      if (calls.length !== 1) throw refusal('damaged-file', at, 'It is an operation that is not called once.');
      return operationRow(layer.name, operationLayers(layer.operation, calls[0], layer.config, at, shapeOf), outputs, keras, at);
    }
    if (layer.className === 'CustomScaleLayer')
      return scaledSum(
        layer,
        calls.map((call) => inputsOf('', call, at).inputs),
        keras,
        at,
      );
    const inner = modelClasses.get(layer.className);
    if (inner !== undefined) {
      const model = { class_name: inner, config: nestedConfig(modelOf(inner, layer.config, keras, place, at.member), layer.name) };
      return [className === 'Sequential' ? model : { ...model, inbound_nodes: calls.map((call) => inputsOf('', call, at).inputs) }];
    }
    const result = readLayer(layer.className, layer.config, keras, at);
    if (className === 'Sequential') return [result];
    const called = calls.map((call) => inputsOf(result.class_name, call, at));
    const settings = Object.assign({}, ...called.map((call) => call.settings)) as JsonObject;
    return [{ ...result, config: { ...result.config, ...settings }, inbound_nodes: called.map(({ inputs }) => inputs) }];
  };
  for (const layer of className === 'Sequential' ? objects : withoutMasks(objects)) before.push(...readOne(layer));
  const read: readonly LayerConfig[] = before;
  const name = typeof config.name === 'string' && config.name !== '' ? config.name : className.toLowerCase();
  if (className === 'Sequential') return { class_name: className, config: { name, layers: withInputShape(read, config, place) } };
  const ends = distinctEnds(fromOutputs(tensorReferences(config.output_layers, around, place), outputs), names);
  return {
    class_name: className,
    config: {
      name,
      layers: withNames([...read.map((layer) => withOutputs(layer, outputs)), ...ends.layers]),
      input_layers: tensorReferences(config.input_layers, around, place),
      output_layers: ends.outputs,
    },
  };
}

/** Operators that only work out a mask for other layers: here masks find their own way. */
function withoutMasks(layers: readonly LayerObject[]): readonly LayerObject[] {
  const used = new Set<string>();
  const visit = (value: Json): void => {
    if (isList(value)) {
      if (typeof value[0] === 'string' && typeof value[1] === 'number') used.add(value[0]);
      value.forEach(visit);
    } else if (isObject(value)) Object.entries(value).forEach(([key, inner]) => key !== 'mask' && visit(inner));
  };
  for (const { inbound, operation } of layers) if (operation === undefined || !masks.has(operation)) visit(inbound);
  return layers.filter(({ name, operation }) => operation === undefined || !masks.has(operation) || used.has(name));
}

/** InceptionResNet's own layer, a + scale · b, as a Rescaling and an Add. */
function scaledSum({ name, config }: LayerObject, calls: readonly Json[][], keras: KerasVersion, place: Place): LayerConfig[] {
  const [inputs] = calls;
  if (calls.length !== 1 || inputs?.length !== 2) throw refusal('damaged-file', place, 'It is not called once on two inputs.');
  const scaled = `${name}_scaled`;
  return [
    { ...readLayer('Rescaling', { name: scaled, scale: config.scale ?? 1, offset: 0 }, keras, place), inbound_nodes: [[inputs[1]!]] },
    { ...readLayer('Add', { name }, keras, place), inbound_nodes: [[inputs[0]!, [scaled, 0, 0, {}]]] },
  ];
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
  /** An operator on tensors rather than a layer. */
  readonly operation: string | undefined;
  /** A model that is called at every step of a sequence. */
  readonly atEachStep: boolean;
}

function layerObject(given: Json, place: Place): LayerObject {
  if (!isObject(given) || typeof given.class_name !== 'string')
    throw refusal('damaged-file', place, "One of the model's layers is not described.");
  const value = modelAtEachStep(given, place) ?? given;
  const config: JsonObject = isList(value.config) ? { layers: value.config } : isObject(value.config) ? value.config : {};
  const name = value === given ? (config.name ?? value.name) : value.name;
  if (typeof name !== 'string' || name === '' || Buffer.byteLength(name) > 1024)
    throw refusal('damaged-file', place, `A layer of class ${printable(given.class_name)} has no name, or one longer than 1,024 bytes.`);
  const className = String(value.class_name).replace(/^Custom>/, '');
  return {
    className,
    name,
    config: { ...config, name },
    inbound: value.inbound_nodes ?? [],
    operation: operationOf(className, value, config),
    atEachStep: value !== given,
  };
}

function refuseUnknown(layers: readonly LayerObject[], place: Place, path: string): void {
  const unknown = layers.filter(
    ({ className, config, operation }) =>
      operation === undefined &&
      className !== 'CustomScaleLayer' &&
      !modelClasses.has(className) &&
      ruleOf(className, config) === undefined,
  );
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
