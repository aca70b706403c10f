// Chooses whole neurons or filters to remove by the L1 norm of their weights.
import { StudioError } from '#contract/errors.ts';
import type { Recipe } from '#contract/recipe.ts';
import { axisFromFront, channelGroups, channelOf, type DependencyGroup } from '#network/channel-groups.ts';
import { roleOf, weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { overriddenSparsities } from './layer-patterns.ts';

/** By group id, the channels that go, ascending. */
export type Removal = ReadonlyMap<string, readonly number[]>;

/** Groups whose channels the granularity may remove. */
export function prunableGroups(artifact: ModelArtifact, granularity: Recipe['granularity']): readonly DependencyGroup[] {
  return channelGroups(artifact).filter(({ group }) => group.prunable && group.granularity === granularity);
}

/**
 * round(sparsity × n) of n channels go: of all groups that no override names (scope `global`), or of each group (scope `layer`);
 * every group keeps at least one. A channel's score is the mean magnitude of all weights that make it — the L1 norm of Li et al. 2017
 * divided by the number of weights, so that groups with larger filters don't outrank others. Ties go by group, then by index.
 * StudioError `bad-input` where no group has this granularity or an override matches none, `diverged` where a weight is NaN.
 */
export function selectChannels(artifact: ModelArtifact, recipe: Recipe, sparsity: number): Map<string, number[]> {
  const groups = prunableGroups(artifact, recipe.granularity);
  if (groups.length === 0) throw nothingToPrune(artifact, recipe);
  const overrides = overriddenSparsities(recipe, sparsity, groups.map(({ group }) => group.producers));
  const shared = groups.filter((_, at) => overrides[at] === null);
  const rankings = [
    ...(recipe.scope === 'global' ? [{ groups: shared, sparsity }] : shared.map((group) => ({ groups: [group], sparsity }))),
    ...groups.flatMap((group, at) => (typeof overrides[at] === 'number' ? [{ groups: [group], sparsity: overrides[at] }] : [])),
  ];
  const removed = new Map<string, number[]>(groups.map(({ group }) => [group.id, []]));
  for (const ranking of rankings) {
    const candidates = ranking.groups.flatMap((group) => Array.from(channelScores(artifact, group), (score, channel) => ({ group: group.group, channel, score })));
    let left = Math.round(ranking.sparsity * candidates.length);
    candidates.sort((one, other) => one.score - other.score); // stable, so ties keep their order
    for (const { group, channel } of candidates) {
      const gone = removed.get(group.id);
      if (left === 0) break;
      if (gone === undefined || gone.length + 1 >= group.channels) continue;
      gone.push(channel);
      left--;
    }
  }
  return new Map([...removed].filter(([, channels]) => channels.length > 0).map(([id, channels]) => [id, channels.sort((one, other) => one - other)]));
}

/** The mean magnitude of each channel's weights over all of the group's producers, biases left out. */
export function channelScores(artifact: ModelArtifact, { group, producers, slices }: DependencyGroup): Float64Array {
  const weights = weightsByLayer(artifact);
  const sums = new Float64Array(group.channels);
  let counted = 0;
  for (const slice of slices) {
    const makes = !slice.consumed && slice.weight !== 'bias' && producers.some(({ layer }) => layer === slice.layer);
    const tensor = makes ? weights.get(slice.layer)?.find(({ name }) => roleOf(name) === slice.weight) : undefined;
    if (tensor === undefined) continue;
    const axis = axisFromFront(slice.axis, tensor.shape.length);
    const inner = tensor.shape.slice(axis + 1).reduce((all, size) => all * size, 1);
    const length = tensor.shape[axis] ?? 1;
    counted += tensor.data.length / group.channels;
    tensor.data.forEach((value, index) => { sums[channelOf(Math.floor(index / inner) % length, group.channels, slice.repeat)]! += Math.abs(value); });
  }
  if (sums.some(Number.isNaN)) {
    throw new StudioError('diverged', 'A weight is not a number, so channels can\'t be ranked by size.', { where: `layer "${group.id}"`, whatToDo: 'Prune a variant whose training did not diverge.' });
  }
  return sums.map((sum) => sum / Math.max(counted, 1));
}

function nothingToPrune(artifact: ModelArtifact, { granularity }: Recipe): StudioError {
  const all = channelGroups(artifact).map(({ group }) => group);
  const others = [...new Set(all.filter((group) => group.prunable).map((group) => group.granularity))];
  const why = all.filter((group) => group.granularity === granularity).map((group) => `${group.id} can't, as ${group.why ?? 'it is of another kind'}`);
  const what = granularity === 'neuron' ? 'No dense layer of this network can lose neurons' : 'No convolution of this network can lose filters';
  return new StudioError('bad-input', `${what}${why.length === 0 ? '' : `: ${why.join('; ')}`}.`, {
    where: 'granularity', whatToDo: `Take the granularity ${['weight', ...others].map((name) => `"${name}"`).join(' or ')}.`,
  });
}
