// Who competes with whom: the whole network or each layer, with overridden and kept layers apart.
import type { Recipe } from '#contract/recipe.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { prunableKernels } from './kernels.ts';
import { overriddenSparsities } from './layer-patterns.ts';

export interface Ranking<T> {
  readonly items: readonly T[];
  /** Share of the items' units (weights, blocks, channels) that goes. */
  readonly sparsity: number;
}

/**
 * Items that an override names, or that belong to a first or last layer that is kept, rank by themselves; the others together (scope
 * `global`) or each by itself (scope `layer`). StudioError `bad-input` where an override matches none.
 */
export function rankings<T>(
  artifact: ModelArtifact,
  items: readonly T[],
  layersOf: (item: T) => readonly string[],
  recipe: Recipe,
  sparsity: number,
): readonly Ranking<T>[] {
  const overrides = overriddenSparsities(recipe, sparsity, items.map(layersOf));
  const ends = keptEnds(artifact, recipe);
  const own = items.map((item, at) => (layersOf(item).some((layer) => ends.includes(layer)) ? 0 : overrides[at]!));
  const shared = items.filter((_, at) => own[at] === null);
  return [
    ...(recipe.scope === 'global' ? [{ items: shared, sparsity }] : shared.map((item) => ({ items: [item], sparsity }))),
    ...items.flatMap((item, at) => (own[at] === null ? [] : [{ items: [item], sparsity: own[at]! }])),
  ];
}

/** The first and the last layer with kernels, in running order, where the recipe keeps them; an override doesn't change that. */
function keptEnds(artifact: ModelArtifact, { keepFirst, keepLast }: Recipe): readonly string[] {
  if (!keepFirst && !keepLast) return [];
  const layers = prunableKernels(artifact).map(({ layer }) => layer);
  return [...(keepFirst ? layers.slice(0, 1) : []), ...(keepLast ? layers.slice(-1) : [])];
}
