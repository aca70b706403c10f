// What a recipe removes at a given sparsity, whatever its granularity.
import type { Recipe } from '#contract/recipe.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { channelMasks } from './channel-masks.ts';
import { selectChannels, type Removal } from './channel-selection.ts';
import { prunesChannels } from './check-criterion.ts';
import { noEvidence, type Evidence } from './evidence.ts';
import { selectWeightMasks, type Masks } from './weight-masks.ts';

export interface Selection {
  /** To hold during fine-tuning; apply them with `applyMasks`. */
  readonly masks: Masks;
  /** The channels behind the masks, for `compactChannels`; null for weights and blocks. */
  readonly removal: Removal | null;
}

/**
 * `evidence` is what the engine has gathered of this network for a criterion that looks beyond its weights; `held` are the masks so
 * far, where single weights may come back from under them. The errors are those of `selectWeightMasks` and `selectChannels`.
 */
export function selectMasks(
  artifact: ModelArtifact,
  recipe: Recipe,
  sparsity: number,
  evidence: Evidence = noEvidence,
  held: Masks = new Map(),
): Selection {
  if (!prunesChannels(recipe)) return { masks: selectWeightMasks(artifact, recipe, sparsity, evidence, held), removal: null };
  const removal = selectChannels(artifact, recipe, sparsity, evidence);
  return { masks: channelMasks(artifact, removal), removal };
}
