// What a sensitivity study prunes one at a time: layers with prunable kernels, or groups of channels that go together.
import { Recipe } from '#contract/recipe.ts';
import type { SensitivitySettings } from '#contract/sensitivity.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { prunableGroups } from './channel-selection.ts';
import type { Evidence } from './evidence.ts';
import { prunableKernels } from './kernels.ts';
import { selectMasks } from './recipe-masks.ts';
import type { Masks } from './weight-masks.ts';

export type Studied = Pick<SensitivitySettings, 'granularity' | 'criterion'>;

export interface StudiedLayer {
  /** The layer; of channels that several layers make together, the first of them. */
  readonly name: string;
  /** Weights or channels. */
  readonly total: number;
  /** Weights that go when all of it goes. */
  readonly weights: number;
}

/**
 * In the order of the layers. `evidence`: what the criterion was told of this network.
 * @throws StudioError `bad-input` where nothing has this granularity, or the criterion can't rank it
 */
export function studiedLayers(artifact: ModelArtifact, { granularity, criterion }: Studied, evidence: Evidence): readonly StudiedLayer[] {
  selectMasks(artifact, Recipe.parse({ granularity, criterion, sparsity: 0 }), 0, evidence);
  const sizes = new Map(
    prunableKernels(artifact).map(({ layer, tensors }) => [layer, tensors.reduce((sum, { data }) => sum + data.length, 0)]),
  );
  if (granularity === 'weight') return [...sizes].map(([name, size]) => ({ name, total: size, weights: size }));
  return prunableGroups(artifact, { granularity, criterion }).map(({ group: { id, channels, producers } }) => ({
    name: producers[0] ?? id,
    total: channels,
    weights: producers.reduce((sum, layer) => sum + (sizes.get(layer) ?? 0), 0),
  }));
}

/** What goes when this share of one layer's weights or channels goes, and nothing else; `removed` counts weights or channels. */
export function cutLayer(
  artifact: ModelArtifact,
  { name }: StudiedLayer,
  sparsity: number,
  { granularity, criterion }: Studied,
  evidence: Evidence,
): { readonly masks: Masks; readonly removed: number } {
  const recipe = Recipe.parse({ granularity, criterion, scope: 'layer', sparsity: 0, layers: [{ pattern: name, sparsity }] });
  const { masks, removal } = selectMasks(artifact, recipe, 0, evidence);
  const cut = [...masks].filter(([, mask]) => mask.includes(0));
  const removed =
    removal === null
      ? cut.reduce((sum, [, mask]) => mask.reduce((zeros, kept) => zeros + 1 - kept, sum), 0)
      : [...removal.values()].reduce((sum, channels) => sum + channels.length, 0);
  return { masks: new Map(cut), removed };
}
