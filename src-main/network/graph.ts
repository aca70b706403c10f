// A network as a plain graph: one node a call of a layer, in an order in which they can run.
import { StudioError } from '#contract/errors.ts';
import { nameOf, shapeOf, type TensorShape } from './config-values.ts';
import { readCalls, readEnds } from './inbound-nodes.ts';
import type { Json, JsonObject, LayerConfig, Topology } from './model-artifact.ts';

/** One output of a node; all but recurrent layers with states have only output 0. */
export interface TensorRef {
  readonly node: string;
  readonly output: number;
}

export interface GraphNode {
  /** The layer's name; later calls of a shared layer are `name#2`, `name#3`. */
  readonly id: string;
  /** Unique in the network, also inside nested models; the first part of its weights' names. */
  readonly layer: string;
  readonly type: string;
  readonly config: JsonObject;
  readonly inputs: readonly TensorRef[];
  /** The input shape that the configuration itself states: where the network begins, or a nested one. */
  readonly inputShape: TensorShape | null;
}

export interface LayerGraph {
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly TensorRef[];
  /** Layers that are called more than once. */
  readonly shared: ReadonlySet<string>;
}

const nested = new Set(['Sequential', 'Functional', 'Model']);

/**
 * Reads Sequential and Functional models, with nested ones taken apart in place.
 * Throws StudioError `damaged-file` where layers are named twice, go in a circle or refer to layers that aren't there.
 */
export function readGraph(topology: Topology): LayerGraph {
  const building: Building = { nodes: [], calls: new Map(), owners: new Map() };
  const outputs = addModel(building, topology.class_name, topology.config, []);
  const shared = new Set([...building.calls].filter(([, calls]) => calls > 1).map(([layer]) => layer));
  return { nodes: building.nodes, outputs, shared };
}

interface Building {
  readonly nodes: GraphNode[];
  readonly calls: Map<string, number>;
  /** The configuration that a name stands for, to notice two layers of one name. */
  readonly owners: Map<string, JsonObject>;
}

function addModel(
  building: Building,
  type: string,
  config: Topology['config'] | JsonObject,
  given: readonly TensorRef[],
): readonly TensorRef[] {
  const layers = layersOf(config);
  return type === 'Sequential' ? addSequential(building, layers, given) : addFunctional(building, config, layers, given);
}

function addSequential(building: Building, layers: readonly LayerConfig[], given: readonly TensorRef[]): readonly TensorRef[] {
  if (layers.length === 0) throw new StudioError('damaged-file', 'The model has no layers.');
  return layers.reduce<readonly TensorRef[]>((before, layer) => addCall(building, layer, before), given);
}

/** Layers may stand in any order: each is called as soon as all that it needs is there. */
function addFunctional(
  building: Building,
  config: Topology['config'] | JsonObject,
  layers: readonly LayerConfig[],
  given: readonly TensorRef[],
): readonly TensorRef[] {
  const made = new Map<string, readonly TensorRef[]>();
  const inputNames = readEnds(config.input_layers).map((end) => end.layer);
  const key = (layer: string, call: number): string => `${call}:${layer}`;
  let waiting = layers.flatMap((layer) => {
    const calls = readCalls(layer);
    return (calls.length === 0 ? [[]] : calls).map((inputs, call) => ({ layer, inputs, call }));
  });
  while (waiting.length > 0) {
    const later: typeof waiting = [];
    for (const { layer, inputs, call } of waiting) {
      const name = nameOf(layer.config);
      const found = inputs.map((input) => made.get(key(input.layer, input.call))?.[input.output]);
      if (!found.every((ref) => ref !== undefined) || (call > 0 && !made.has(key(name, call - 1)))) {
        later.push({ layer, inputs, call });
        continue;
      }
      const outer = given.length > 0 && inputs.length === 0 ? given[inputNames.indexOf(name)] : undefined;
      const outputs = addCall(building, layer, outer === undefined ? found : [outer]);
      // A nested model's call 0 is its own making in Keras 2 and tfjs-layers, so its first real call has the number 1.
      if (nested.has(layer.class_name)) made.set(key(name, call + 1), outputs);
      if (call === 0 || !nested.has(layer.class_name)) made.set(key(name, call), outputs);
    }
    if (later.length === waiting.length) {
      throw new StudioError('damaged-file', 'A layer takes its input from a layer that is not in the model, or from itself.', {
        where: `layer "${nameOf(later[0]?.layer.config ?? {})}"`,
        whatToDo: 'Save the model again from the program that made it.',
      });
    }
    waiting = later;
  }
  return readEnds(config.output_layers).map((end) => {
    const ref = made.get(key(end.layer, end.call))?.[end.output];
    if (ref === undefined)
      throw new StudioError('damaged-file', `The model's output layer "${end.layer}" is not in the model.`, {
        where: `layer "${end.layer}"`,
        whatToDo: 'Save the model again from the program that made it.',
      });
    return ref;
  });
}

function addCall(building: Building, layer: LayerConfig, inputs: readonly TensorRef[]): readonly TensorRef[] {
  const { class_name: type, config } = layer;
  if (nested.has(type)) return addModel(building, type, config, inputs);
  const name = nameOf(config);
  const owner = building.owners.get(name);
  if (owner !== undefined && owner !== config)
    throw new StudioError('damaged-file', `Two layers are named "${name}".`, { whatToDo: 'Rename one of them and save the model again.' });
  building.owners.set(name, config);
  const call = (building.calls.get(name) ?? 0) + 1;
  building.calls.set(name, call);
  const id = call === 1 ? name : `${name}#${call}`;
  const ownShape = ['batch_input_shape', 'batch_shape'].find((key) => config[key] !== undefined && config[key] !== null);
  building.nodes.push({ id, layer: name, type, config, inputs, inputShape: ownShape === undefined ? null : shapeOf(config, ownShape) });
  const states = config['return_state'] === true ? 2 : 0;
  return Array.from({ length: 1 + states }, (_, output) => ({ node: id, output }));
}

/** The layers of a model's configuration, checked. */
export function layersOf(config: Topology['config'] | JsonObject): readonly LayerConfig[] {
  const layers: Json | readonly LayerConfig[] | undefined = config.layers;
  if (!Array.isArray(layers) || !layers.every(isLayerConfig))
    throw new StudioError('damaged-file', "The model's configuration has no list of layers.");
  return layers;
}

function isLayerConfig(value: unknown): value is LayerConfig {
  return (
    typeof value === 'object' &&
    value !== null &&
    'class_name' in value &&
    typeof value.class_name === 'string' &&
    'config' in value &&
    typeof value.config === 'object' &&
    value.config !== null &&
    (!('inbound_nodes' in value) || value.inbound_nodes === undefined || Array.isArray(value.inbound_nodes))
  );
}
