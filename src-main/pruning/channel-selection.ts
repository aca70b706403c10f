// Chooses whole neurons or filters to remove, the least important first.
import { StudioError } from '#contract/errors.ts';
import type { Recipe } from '#contract/recipe.ts';
import { channelGroups, type DependencyGroup } from '#network/channel-groups.ts';
import { weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { scoresAmong } from './channel-scores.ts';
import { checkCriterion } from './check-criterion.ts';
import { noEvidence, type Evidence } from './evidence.ts';
import { rankings } from './rankings.ts';
import { whyUnranked } from './scored-members.ts';

export type { Removal } from './channel-cuts.ts';

export type ChannelChoice = Pick<Recipe, 'granularity' | 'criterion'>;

/** Groups whose channels the granularity may remove and the criterion can rank. */
export function prunableGroups(artifact: ModelArtifact, recipe: ChannelChoice): readonly DependencyGroup[] {
  const criterion = checkCriterion(recipe);
  return groupsOf(artifact, recipe).filter((group) => whyUnranked(artifact, group, criterion) === null);
}

/** Groups that the granularity could remove channels of, if only the criterion could rank them, each with the reason. */
export function unrankedGroups(artifact: ModelArtifact, recipe: ChannelChoice): readonly { layer: string; why: string }[] {
  const criterion = checkCriterion(recipe);
  return groupsOf(artifact, recipe).flatMap((group) => {
    const why = whyUnranked(artifact, group, criterion);
    return why === null ? [] : [{ layer: group.group.id, why: `${criterion.name} can't rank its channels, as ${why}` }];
  });
}

function groupsOf(artifact: ModelArtifact, { granularity }: ChannelChoice): readonly DependencyGroup[] {
  return channelGroups(artifact).filter(({ group }) => group.prunable && group.granularity === granularity);
}

/**
 * round(sparsity × n) of n channels go: of all groups that no override names (scope `global`), or of each group (scope `layer`);
 * every group keeps at least `minChannels`, groups that have no more lose none, and what stays of a group that loses some is a multiple
 * of `roundTo` (hardware likes 8), which may leave more channels than the sparsity would. Ties go by group, then by index.
 * StudioError `bad-input` where no group has this granularity, the criterion ranks none or lacks its data, or an override matches none;
 * `diverged` where a score is NaN.
 */
export function selectChannels(
  artifact: ModelArtifact,
  recipe: Recipe,
  sparsity: number,
  evidence: Evidence = noEvidence,
): Map<string, number[]> {
  const groups = prunableGroups(artifact, recipe);
  if (groups.length === 0) throw nothingToPrune(artifact, recipe);
  const tensors = weightsByLayer(artifact);
  const removed = new Map<string, number[]>(groups.map(({ group }) => [group.id, []]));
  for (const ranking of rankings(artifact, groups, ({ group }) => group.producers, recipe, sparsity)) {
    const candidates = ranking.items.flatMap((group) =>
      Array.from(scoresAmong(artifact, tensors, group, recipe, evidence), (score, channel) => ({ group, channel, score })),
    );
    let left = Math.round(ranking.sparsity * candidates.length);
    candidates.sort((one, other) => (one.score < other.score ? -1 : one.score > other.score ? 1 : 0)); // stable, so ties keep their order
    const leaves = new Map(ranking.items.map((group) => [group, allowance(group, recipe.minChannels)]));
    for (const { group, channel } of candidates) {
      if (left === 0) break;
      if (leaves.get(group)?.(channel) !== true) continue;
      removed.get(group.group.id)?.push(channel);
      left--;
    }
  }
  return rounded(groups, removed, recipe);
}

/**
 * Ascending lists without those that have to stay to make a round number: the last of each group, which of channels ranked ascending are
 * the most important. Groups that lose nothing are left out.
 */
function rounded(groups: readonly DependencyGroup[], removed: ReadonlyMap<string, number[]>, { roundTo }: Recipe): Map<string, number[]> {
  const all = groups.map(({ group }): [string, number[]] => {
    const gone = removed.get(group.id) ?? [];
    return [group.id, gone.slice(0, roundedRemoval(group.channels, gone.length, roundTo)).sort((one, other) => one - other)];
  });
  return new Map(all.filter(([, channels]) => channels.length > 0));
}

/** Asked channel by channel: may this one go too, so that the group, and every layer that makes only some of its channels, keeps `least`? */
export function allowance({ group, shares }: DependencyGroup, least: number): (channel: number) => boolean {
  const parts = [
    { channels: null, left: group.channels },
    ...shares.map(({ channels }) => ({ channels: new Set(channels), left: channels.length })),
  ];
  return (channel) => {
    const touched = parts.filter(({ channels }) => channels === null || channels.has(channel));
    if (touched.some(({ left }) => left <= least)) return false;
    for (const part of touched) part.left--;
    return true;
  };
}

/** How many go so that a multiple of `roundTo` stays: never more than asked, none where the group is no larger than that. */
function roundedRemoval(channels: number, gone: number, roundTo: number): number {
  return gone === 0 ? 0 : channels - Math.min(channels, Math.ceil((channels - gone) / roundTo) * roundTo);
}

function nothingToPrune(artifact: ModelArtifact, recipe: ChannelChoice): StudioError {
  const { granularity } = recipe;
  const unranked = unrankedGroups(artifact, recipe);
  if (unranked.length > 0) {
    return new StudioError(
      'bad-input',
      `No channels of this network can be ranked: ${unranked.map(({ layer, why }) => `${layer}: ${why}`).join('; ')}.`,
      {
        where: 'criterion',
        whatToDo: 'Take another criterion, such as "magnitude".',
      },
    );
  }
  const all = channelGroups(artifact).map(({ group }) => group);
  const others = [...new Set(all.filter((group) => group.prunable).map((group) => group.granularity))];
  const why = all
    .filter((group) => group.granularity === granularity)
    .map((group) => `${group.id} can't, as ${group.why ?? 'it is of another kind'}`);
  const what =
    granularity === 'neuron' ? 'No dense layer of this network can lose neurons' : 'No convolution of this network can lose filters';
  return new StudioError('bad-input', `${what}${why.length === 0 ? '' : `: ${why.join('; ')}`}.`, {
    where: 'granularity',
    whatToDo: `Take the granularity ${['weight', ...others].map((name) => `"${name}"`).join(' or ')}.`,
  });
}
