// A model at every step of a sequence, as a model of layers that are each at every step: it is pruned, measured and written layer by layer.
import type { Json, JsonObject } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import { modelClasses } from './layer-table.ts';

/** They work entry by entry, so that all steps go at once. */
const merging = /^(Add|Subtract|Multiply|Average|Maximum|Minimum)$/;

/** The layer object of the model, its layers wrapped; undefined for a TimeDistributed around a plain layer. */
export function modelAtEachStep(layer: JsonObject, place: Place): JsonObject | undefined {
  const config = isObject(layer.config) ? layer.config : {};
  const inner = config['layer'];
  if (layer.class_name !== 'TimeDistributed' || !isObject(inner) || !modelClasses.has(String(inner.class_name))) return undefined;
  const built = isObject(layer.build_config) ? layer.build_config.input_shape : undefined;
  const steps = isList(built) && typeof built[1] === 'number' ? built[1] : null;
  return { ...wrappedModel(inner, steps, place), name: layer.name ?? config['name'] ?? null, inbound_nodes: layer.inbound_nodes ?? [] };
}

function wrappedModel(model: JsonObject, steps: number | null, place: Place): JsonObject {
  const given = model.config ?? null;
  const config: JsonObject = isList(given) ? { layers: given } : isObject(given) ? given : {};
  const layers = (isList(config.layers) ? config.layers : []).map((layer): Json =>
    isObject(layer) ? wrapped(layer, steps, place) : layer,
  );
  const shape = config.build_input_shape;
  return {
    ...model,
    config: { ...config, layers, ...(isList(shape) ? { build_input_shape: [shape[0] ?? null, steps, ...shape.slice(1)] } : {}) },
  };
}

function wrapped(layer: JsonObject, steps: number | null, place: Place): JsonObject {
  const className = String(layer.class_name);
  const config = isObject(layer.config) ? layer.config : {};
  if (modelClasses.has(className)) return wrappedModel(layer, steps, place);
  const longer = (shape: Json | undefined): Json => (isList(shape) ? [shape[0] ?? null, steps, ...shape.slice(1)] : null);
  const shape = config.batch_shape ?? config.batch_input_shape ?? null;
  if (className === 'InputLayer') return { ...layer, config: { ...config, batch_shape: null, batch_input_shape: longer(shape) } };
  if (merging.test(className)) return layer;
  const { axis } = config;
  if (className === 'Concatenate')
    return { ...layer, config: { ...config, axis: typeof axis === 'number' && axis > 0 ? axis + 1 : (axis ?? -1) } };
  const operation = typeof layer.module === 'string' && /^keras\.(src\.)?ops/.test(layer.module);
  if (operation || /Lambda$|^Dot$|Attention$/.test(className))
    throw refusal(
      'unsupported',
      { ...place, member: String(config.name ?? layer.name ?? className) },
      `It is a ${printable(className)} in a model that is called at every step.`,
      'Build the model of layers with one input each, of sums, products and concatenations.',
    );
  const { batch_shape: _, batch_input_shape: __, ...own } = config;
  const outer = { name: config.name ?? null, layer: { class_name: className, config: own } };
  return {
    class_name: 'TimeDistributed',
    config: shape === null ? outer : { ...outer, batch_input_shape: longer(shape) },
    name: layer.name ?? config.name ?? null,
    inbound_nodes: layer.inbound_nodes ?? [],
  };
}
