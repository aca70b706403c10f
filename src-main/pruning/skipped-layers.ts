// Which layers a recipe can't touch, and why.
import type { NetworkSummary } from '#contract/network.ts';
import type { Recipe } from '#contract/recipe.ts';

/** Layers that have weights or channels, and yet nothing is removed from them at this granularity; layers without any aren't listed. */
export function skippedLayers(summary: NetworkSummary, { granularity }: Recipe): { layer: string; why: string }[] {
  const unknown = new Map(summary.unsupported.map(({ layer, why }) => [layer, why]));
  return summary.layers.flatMap(({ name, type, parameters, prunable, why, group }) => {
    const reason = unknown.get(name);
    if (reason !== undefined) return [{ layer: name, why: reason }];
    if (parameters === 0 || prunable.includes(granularity)) return [];
    if (granularity === 'weight')
      return [{ layer: name, why: `${type} has no kernel: its few weights each matter to a whole channel or row` }];
    if (group !== null && group !== name) return []; // it goes along with the layer that makes its channels
    if (prunable.some((other) => other !== 'weight'))
      return [{ layer: name, why: `its channels are ${prunable.includes('neuron') ? 'neurons' : 'filters'}, not ${granularity}s` }];
    return [{ layer: name, why: why ?? `${type} makes no channels that could be removed` }];
  });
}
