// What a recipe removes at a given sparsity, whatever its granularity.
import type { Recipe } from '#contract/recipe.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { channelMasks } from './channel-masks.ts';
import { selectChannels, type Removal } from './channel-selection.ts';
import { selectWeightMasks, type Masks } from './weight-masks.ts';

export interface Selection {
  /** To hold during fine-tuning; apply them with `applyMasks`. */
  readonly masks: Masks;
  /** The channels behind the masks, for `compactChannels`; null for single weights. */
  readonly removal: Removal | null;
}

/** The errors are those of `selectWeightMasks` and `selectChannels`. */
export function selectMasks(artifact: ModelArtifact, recipe: Recipe, sparsity: number): Selection {
  if (recipe.granularity === 'weight') return { masks: selectWeightMasks(artifact, recipe, sparsity), removal: null };
  const removal = selectChannels(artifact, recipe, sparsity);
  return { masks: channelMasks(artifact, removal), removal };
}
