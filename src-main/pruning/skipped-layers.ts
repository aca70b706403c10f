// Which layers a recipe can't touch, and why.
import type { NetworkSummary } from '#contract/network.ts';
import type { Recipe } from '#contract/recipe.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { unrankedGroups } from './channel-selection.ts';
import { prunesChannels } from './check-criterion.ts';

/** Layers that have weights or channels, and yet nothing is removed from them at this granularity; layers without any aren't listed. */
export function skippedLayers(artifact: ModelArtifact, summary: NetworkSummary, recipe: Recipe): { layer: string; why: string }[] {
  const { granularity } = recipe;
  const unranked = new Map(prunesChannels(recipe) ? unrankedGroups(artifact, recipe).map(({ layer, why }) => [layer, why]) : []);
  const unknown = new Map(summary.unsupported.map(({ layer, why }) => [layer, why]));
  return summary.layers.flatMap(({ name, type, parameters, prunable, why, group }) => {
    const reason = unknown.get(name) ?? unranked.get(name);
    if (reason !== undefined) return [{ layer: name, why: reason }];
    if (parameters === 0 || prunable.includes(granularity)) return [];
    if (granularity === 'n:m' && prunable.includes('weight'))
      return [
        { layer: name, why: 'each of its outputs sees one input channel alone, so there is no axis of inputs to choose n of m along' },
      ];
    if (!prunesChannels(recipe))
      return [{ layer: name, why: `${type} has no kernel: its few weights each matter to a whole channel or row` }];
    if (group !== null && group !== name) return []; // it goes along with the layer that makes its channels
    if (prunable.some((other) => other === 'neuron' || other === 'filter'))
      return [{ layer: name, why: `its channels are ${prunable.includes('neuron') ? 'neurons' : 'filters'}, not ${granularity}s` }];
    return [{ layer: name, why: why ?? `${type} makes no channels that could be removed` }];
  });
}
