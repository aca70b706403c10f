// An operation's layers in the network, and who gives what the operation gave.
import { readGraph } from '#network/graph.ts';
import type { Json, LayerConfig } from '#network/model-artifact.ts';
import { inferShapes } from '#network/tensor-shapes.ts';
import { isList } from '../containers/json.ts';
import type { Place } from '../refusal.ts';
import type { KerasVersion } from './config-values.ts';
import type { OperationLayers, ShapeOf } from './operation-call.ts';
import { readLayer } from './read-layer.ts';

/** An operation's layers; the one that gives its output has its name. @param outputs gets who gives further ones, `split 1`. */
export function operationRow(
  name: string,
  { chain, inputs, outputs: given }: OperationLayers,
  outputs: Map<string, string>,
  keras: KerasVersion,
  place: Place,
): LayerConfig[] {
  const main = given?.[0] ?? chain.length - 1;
  const named = (index: number): string => (index === main ? name : `${name}_part_${index + 1}`);
  given?.forEach((index, output) => outputs.set(`${name} ${output}`, named(index)));
  return chain.map(({ className, config, from }, index) => {
    const fed = from ?? (index === 0 ? inputs : [index - 1]);
    const references = fed.map((each): Json => (typeof each === 'number' ? [named(each), 0, 0, {}] : each));
    return { ...readLayer(className, { ...config, name: named(index) }, keras, place), inbound_nodes: [references] };
  });
}

/** Shapes of tensors by what has been read before them: Keras 2 doesn't tell them. */
export function shapesBehind(layers: readonly LayerConfig[], outputs: ReadonlyMap<string, string>): ShapeOf {
  return (reference) => {
    const end = fromOutputs(reference, outputs);
    const known = layers.map((layer) => withOutputs(layer, outputs));
    try {
      const graph = readGraph({ class_name: 'Functional', config: { name: 'before', layers: known, output_layers: end } });
      const [output] = graph.outputs;
      return (output === undefined ? undefined : inferShapes(graph).shapes.get(output.node)?.outputs[output.output]) ?? undefined;
    } catch {
      // What comes later in the list than what it feeds has no shape yet.
      return undefined;
    }
  };
}

/** A tensor that is an output twice goes the second time through an activation that does nothing: tfjs gives each but once. */
export function distinctEnds(given: Json, names: ReadonlySet<string>): { readonly outputs: Json; readonly layers: readonly LayerConfig[] } {
  const layers: LayerConfig[] = [];
  const seen = new Set<string>();
  const outputs = (isList(given) ? given : []).map((end): Json => {
    const key = JSON.stringify(end);
    if (!seen.has(key)) return (seen.add(key), end);
    let name = `${String(isList(end) ? end[0] : '')}_again`;
    while (names.has(name) || layers.some((layer) => layer.name === name)) name += '_again';
    layers.push({
      class_name: 'Activation',
      name,
      config: { name, activation: 'linear' },
      inbound_nodes: [[[...(isList(end) ? end : []), {}]]],
    });
    return [name, 0, 0];
  });
  return { outputs, layers };
}

export function withOutputs(layer: LayerConfig, outputs: ReadonlyMap<string, string>): LayerConfig {
  if (layer.inbound_nodes === undefined || outputs.size === 0) return layer;
  return { ...layer, inbound_nodes: fromOutputs(layer.inbound_nodes, outputs) as Json[] };
}

/** References to an operation's outputs as those to the layers that give them. */
export function fromOutputs(value: Json, outputs: ReadonlyMap<string, string>): Json {
  if (!isList(value)) return value;
  const [first, call, tensor, ...rest] = value;
  if (typeof first !== 'string') return value.map((each) => fromOutputs(each, outputs));
  const found = outputs.get(`${first} ${String(tensor)}`);
  return found === undefined ? value : [found, call!, 0, ...rest];
}
