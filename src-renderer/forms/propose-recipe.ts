// The recipe that is proposed for a network before anyone has typed anything.
import { Granularity, type NetworkSummary } from '#contract/network.ts';
import { Recipe } from '#contract/recipe.ts';

/** What can be pruned at all here, in the order in which it is offered. */
export function granularitiesOf({ layers }: Pick<NetworkSummary, 'layers'>): readonly Granularity[] {
  return Granularity.options.filter((one) => layers.some(({ prunable }) => prunable.includes(one)));
}

/** Single weights bear 90 %, blocks of them less; half of the channels is already a good deal, and whole channels want fine-tuning more. */
export function proposedSparsity(granularity: Granularity): number {
  return granularity === 'weight' ? 0.9 : granularity === 'block' ? 0.8 : 0.5;
}

export function proposeRecipe(summary: Pick<NetworkSummary, 'layers'>, canFineTune: boolean): Recipe {
  const granularity = granularitiesOf(summary)[0] ?? 'weight';
  return Recipe.parse({ granularity, sparsity: proposedSparsity(granularity), ...(canFineTune ? {} : { epochs: 0 }) });
}
