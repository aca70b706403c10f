// The order in which Keras keeps the layers of a Functional model, by which it also finds their weights in files.
import { readCalls, readEnds, type LayerOutput } from '#network/inbound-nodes.ts';
import type { Json, JsonObject, LayerConfig, Topology } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { modelClasses } from './layer-table.ts';

/** The model with its layers, and those of nested ones, as Keras would list them. */
export function inKerasOrder({ class_name: className, config }: Topology): Topology {
  return { class_name: className, config: { ...config, layers: ordered(className, config.layers, config.output_layers) } };
}

function ordered(className: string, layers: readonly LayerConfig[], outputs: Json | undefined): LayerConfig[] {
  const inside = layers.map((layer): LayerConfig => {
    const inner = layer.config['layers'];
    if (!modelClasses.has(layer.class_name) || !isList(inner)) return layer;
    const sorted = ordered(layer.class_name, inner.filter(isLayer), layer.config['output_layers']).map(
      (each): JsonObject => ({ ...each }) as JsonObject,
    );
    return { ...layer, config: { ...layer.config, layers: sorted } };
  });
  return modelClasses.get(className) === 'Functional' ? byDepth(inside, readEnds(outputs)) : inside;
}

function isLayer(value: Json): value is Json & LayerConfig & JsonObject {
  return isObject(value) && typeof value['class_name'] === 'string' && isObject(value['config']);
}

/**
 * Deepest first, where an output has the depth 0 and a layer is one deeper than the deepest that it feeds; layers of one depth stand as a walk from the
 * outputs back meets them. Worked example: a → b → c and a → c give a (2), b (1), c (0).
 */
function byDepth(layers: readonly LayerConfig[], outputs: readonly LayerOutput[]): LayerConfig[] {
  const byName = new Map(layers.map((layer) => [String(layer.config['name']), layer]));
  const calls = new Map(layers.map((layer) => [String(layer.config['name']), readCalls(layer)]));
  // A nested model's first call has the number 1 here.
  const keyOf = ({ layer, call }: LayerOutput): string =>
    `${modelClasses.has(byName.get(layer)?.class_name ?? '') ? Math.max(0, call - 1) : call}:${layer}`;
  const inputsOf = (key: string): readonly LayerOutput[] => calls.get(nameOf(key))?.[Number(key.slice(0, key.indexOf(':')))] ?? [];
  const met = new Map<string, number>();
  const finished: string[] = [];
  const state = new Map<string, number>();
  for (const output of outputs) {
    const stack = [keyOf(output)];
    while (stack.length > 0) {
      const key = stack.at(-1)!;
      const inputs = inputsOf(key);
      const next = state.get(key) ?? 0;
      if (next === 0 && !met.has(nameOf(key))) met.set(nameOf(key), met.size);
      if (next > inputs.length) {
        stack.pop();
        continue;
      }
      state.set(key, next + 1);
      if (next === inputs.length) finished.push(key);
      else if (!state.has(keyOf(inputs[next]!))) stack.push(keyOf(inputs[next]!));
    }
  }
  const depths = new Map<string, number>();
  const layerDepths = new Map<string, number>();
  for (const key of finished.toReversed()) {
    const depth = Math.max(depths.get(key) ?? 0, layerDepths.get(nameOf(key)) ?? 0);
    layerDepths.set(nameOf(key), depth);
    for (const input of inputsOf(key)) depths.set(keyOf(input), Math.max(depth + 1, depths.get(keyOf(input)) ?? 0));
  }
  const depthOf = (layer: LayerConfig): number => layerDepths.get(String(layer.config['name'])) ?? 0;
  const metAt = (layer: LayerConfig): number => met.get(String(layer.config['name'])) ?? -1;
  return layers.toSorted((one, other) => depthOf(other) - depthOf(one) || metAt(one) - metAt(other));
}

function nameOf(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}
