// Chooses whole neurons or filters to remove by the L1 norm of their weights.
import { StudioError } from '#contract/errors.ts';
import type { Recipe } from '#contract/recipe.ts';
import { axisFromFront, channelGroups, type DependencyGroup } from '#network/channel-groups.ts';
import { weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { tensorOf, type TensorsByLayer } from './channel-cuts.ts';
import { overriddenSparsities } from './layer-patterns.ts';
import { runsAlong } from './tensor-axes.ts';

export type { Removal } from './channel-cuts.ts';

/** Groups whose channels the granularity may remove. */
export function prunableGroups(artifact: ModelArtifact, granularity: Recipe['granularity']): readonly DependencyGroup[] {
  return channelGroups(artifact).filter(({ group }) => group.prunable && group.granularity === granularity);
}

export interface SelectionLimits {
  /** What stays of each group that loses channels is a multiple of this: hardware likes 8. */
  readonly roundTo?: number;
  /** Each group keeps at least so many channels; smaller groups lose none. */
  readonly minChannels?: number;
}

/**
 * round(sparsity × n) of n channels go: of all groups that no override names (scope `global`), or of each group (scope `layer`);
 * every group keeps at least one, or what the limits say, which may leave more channels than the sparsity would. A channel's score is the mean magnitude of all weights that make it — the L1 norm of Li et al. 2017
 * divided by the number of weights, so that groups with larger filters don't outrank others. Ties go by group, then by index.
 * StudioError `bad-input` where no group has this granularity or an override matches none, `diverged` where a weight is NaN.
 */
export function selectChannels(
  artifact: ModelArtifact,
  recipe: Recipe,
  sparsity: number,
  { roundTo = 1, minChannels = 1 }: SelectionLimits = {},
): Map<string, number[]> {
  const groups = prunableGroups(artifact, recipe.granularity);
  if (groups.length === 0) throw nothingToPrune(artifact, recipe);
  const overrides = overriddenSparsities(
    recipe,
    sparsity,
    groups.map(({ group }) => group.producers),
  );
  const shared = groups.filter((_, at) => overrides[at] === null);
  const rankings = [
    ...(recipe.scope === 'global' ? [{ groups: shared, sparsity }] : shared.map((group) => ({ groups: [group], sparsity }))),
    ...groups.flatMap((group, at) => (typeof overrides[at] === 'number' ? [{ groups: [group], sparsity: overrides[at] }] : [])),
  ];
  const tensors = weightsByLayer(artifact);
  const removed = new Map<string, number[]>(groups.map(({ group }) => [group.id, []]));
  for (const ranking of rankings) {
    const candidates = ranking.groups.flatMap((group) =>
      Array.from(scoresAmong(tensors, group), (score, channel) => ({ group, channel, score })),
    );
    let left = Math.round(ranking.sparsity * candidates.length);
    candidates.sort((one, other) => one.score - other.score); // stable, so ties keep their order
    const leaves = new Map(ranking.groups.map((group) => [group, allowance(group, Math.max(1, minChannels))]));
    for (const { group, channel } of candidates) {
      if (left === 0) break;
      if (leaves.get(group)?.(channel) !== true) continue;
      removed.get(group.group.id)?.push(channel);
      left--;
    }
  }
  // Ranked ascending, so those that stay after all to make a round number are the largest of those that would have gone.
  for (const { group } of groups) {
    const gone = removed.get(group.id);
    if (gone !== undefined) gone.length = roundedRemoval(group.channels, gone.length, roundTo);
  }
  return new Map(
    [...removed].filter(([, channels]) => channels.length > 0).map(([id, channels]) => [id, channels.sort((one, other) => one - other)]),
  );
}

/** Asked channel by channel: may this one go too, so that the group, and every layer that makes only some of its channels, keeps `least`? */
function allowance({ group, shares }: DependencyGroup, least: number): (channel: number) => boolean {
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

/**
 * The mean magnitude of each channel's weights in all kernels that make or filter it on its way: those of all producers and of
 * depthwise convolutions. Biases and normalizations are left out: a channel whose kernels are all zero has the score 0, whatever
 * constant its bias or beta still adds, and no channel with a kernel that isn't zero has.
 */
export function channelScores(artifact: ModelArtifact, group: DependencyGroup): Float64Array {
  return scoresAmong(weightsByLayer(artifact), group);
}

function scoresAmong(tensors: TensorsByLayer, { group, slices }: DependencyGroup): Float64Array {
  const sums = new Float64Array(group.channels);
  const counted = new Float64Array(group.channels);
  for (const slice of slices) {
    const tensor = slice.scored ? tensorOf(slice, tensors) : undefined;
    if (tensor === undefined) continue;
    const axis = axisFromFront(slice.axis, tensor.shape.length);
    const magnitudes = magnitudesAlong(tensor, axis);
    const each = tensor.data.length / magnitudes.length;
    slice.positions.forEach((position, at) => {
      sums[slice.channels[at]!]! += magnitudes[position]!;
      counted[slice.channels[at]!]! += each;
    });
  }
  if (sums.some(Number.isNaN)) {
    throw new StudioError('diverged', "A weight is not a number, so channels can't be ranked by size.", {
      where: `layer "${group.id}"`,
      whatToDo: 'Prune a variant whose training did not diverge.',
    });
  }
  return sums.map((sum, channel) => sum / Math.max(counted[channel]!, 1));
}

function magnitudesAlong({ shape, data }: NamedTensor, axis: number): Float64Array {
  const { outer, length, inner } = runsAlong(shape, axis);
  const sums = new Float64Array(length);
  for (let block = 0, at = 0; block < outer; block++) {
    // Filters lie on the last axis: 25 million numbers of ResNet-50 pass through here.
    if (inner === 1) for (let index = 0; index < length; index++) sums[index]! += Math.abs(data[at++]!);
    else
      for (let index = 0; index < length; index++) {
        let sum = sums[index]!;
        for (let entry = 0; entry < inner; entry++) sum += Math.abs(data[at++]!);
        sums[index] = sum;
      }
  }
  return sums;
}

function nothingToPrune(artifact: ModelArtifact, { granularity }: Recipe): StudioError {
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
