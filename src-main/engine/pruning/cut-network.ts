// One cut: what goes at a sparsity is chosen, set to zero and scored; taken out for good where that is wanted.
import type { Recipe } from '#contract/recipe.ts';
import type { Certificate } from '#contract/measurement.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import type { Removal } from '#pruning/channel-selection.ts';
import { maskChannels } from '#pruning/channel-masks.ts';
import { prunesChannels } from '#pruning/check-criterion.ts';
import { compactChannels } from '#pruning/compact.ts';
import { sweepDeadChannels } from '#pruning/dead-channels.ts';
import type { Evidence } from '#pruning/evidence.ts';
import { selectMasks } from '#pruning/recipe-masks.ts';
import { applyMasks, type Masks } from '#pruning/weight-masks.ts';
import { certifyCompaction } from '../measuring/certify-compaction.ts';
import { scoreVariant } from '../measuring/score-variant.ts';
import { gatherEvidence } from '../scoring/gather-evidence.ts';
import { recalibrate } from '../training/recalibrate.ts';
import { tell, type WorkContext } from '../work-context.ts';
import type { Cut } from './pruning-state.ts';

export interface CutNetwork {
  /** Masked, or without the removed channels. */
  readonly network: ModelArtifact;
  /** To hold while it is trained; none where the channels are gone. */
  readonly masks: Masks;
  readonly cut: Cut;
}

export function compacts({ granularity, compact }: Recipe): boolean {
  return compact && prunesChannels({ granularity });
}

export interface CutOptions {
  readonly recipe: Recipe;
  readonly sparsity: number;
  readonly data: string | null;
  /** Gathered in the training before, for the criterion that looks at it. */
  readonly movement: Evidence;
  /** Removed channels are taken out now, not only masked. */
  readonly forGood: boolean;
}

/** @throws StudioError; Interrupted */
export async function cutNetwork(
  context: WorkContext,
  source: ModelArtifact,
  { recipe, sparsity, data, movement, forGood }: CutOptions,
): Promise<CutNetwork> {
  const evidence = recipe.criterion === 'movement' ? movement : await gatherEvidence(context, source, recipe, data);
  const { masks, removal } = selectMasks(source, recipe, sparsity, evidence);
  const gone = forGood && compacts(recipe) ? await takeOut(context, source, removal, data) : null;
  const cut = gone?.network ?? (removal === null ? applyMasks(source, masks) : maskChannels(source, removal));
  const held = gone === null ? masks : new Map<string, Uint8Array>();
  const network = recipe.recalibrate && data !== null ? await recalibrate(context, cut, data, { ...recipe, masks: held }) : cut;
  return {
    network,
    masks: held,
    cut: {
      sparsity,
      removal: removal === null ? null : [...removal].map(([group, channels]) => [group, [...channels]]),
      pruned: await scoreVariant(context, network, data),
      certificate: gone?.certificate ?? null,
    },
  };
}

/** Compacts and proves it; null where no channel goes. */
export async function takeOut(
  context: WorkContext,
  source: ModelArtifact,
  removal: Removal | null,
  data: string | null,
): Promise<{ network: ModelArtifact; certificate: Certificate } | null> {
  if (removal === null) return null;
  const network = compactChannels(source, removal);
  const whole = maskChannels(source, removal);
  return { network, certificate: await certifyCompaction(context, { whole, removal, compacted: network, data }) };
}

/** Takes out what weight pruning has left dead, says how much that is, and proves it; null where nothing is. */
export async function sweep(
  context: WorkContext,
  whole: ModelArtifact,
  data: string | null,
): Promise<{ network: ModelArtifact; certificate: Certificate } | null> {
  const { network, removal } = sweepDeadChannels(whole);
  const gone = [...removal].map(([group, channels]) => `${channels.length} of ${group}`);
  tell(context, {
    kind: 'note',
    text: gone.length === 0 ? 'No channel is dead: none was taken out.' : `Dead channels were taken out: ${gone.join(', ')}.`,
  });
  if (gone.length === 0) return null;
  return { network, certificate: await certifyCompaction(context, { whole, removal, compacted: network, data }) };
}
