// Channels that weight pruning has left without any weight in, or any weight out: the network answers the same without them.
import { channelGroups, type DependencyGroup } from '#network/channel-groups.ts';
import { readGraph } from '#network/graph.ts';
import { weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { tensorOf, zeroChannels, type Removal, type TensorsByLayer } from './channel-cuts.ts';
import { allowance } from './channel-selection.ts';
import { compactChannels } from './compact.ts';
import { scoredSlices } from './scored-members.ts';
import { settledExactly } from './settle-constants.ts';

export interface Swept {
  readonly network: ModelArtifact;
  /** Ascending, numbered as in the network that was given; empty where nothing is dead. */
  readonly removal: Removal;
}

/**
 * Takes dead channels out for good, again and again, as one that goes may leave others that nothing listens to. A channel is dead where
 *
 * - nothing listens: all kernel rows that would take it in are zero; or
 * - nothing arrives: all kernels that make it are zero, and the constant that it still sends, its bias on its way through the layers,
 *   can be put into its consumers' biases exactly (not through `same` padding, where the edges see less of it).
 *
 * Each group keeps one channel. Example: Dense(784→300) → ReLU → Dense(100) of which 98 % of the weights are zero, and 170 of the 300
 * units have no weight left: kernels [784,130] and [130,100], the same answers, less than half the work in any runtime.
 */
export function sweepDeadChannels(artifact: ModelArtifact): Swept {
  const left = new Map(channelGroups(artifact).map(({ group }) => [group.id, countTo(group.channels)]));
  let network = artifact;
  // A grouped convolution that has come down to few channels a group loses whole groups from then on, which are counted otherwise.
  const asBefore = ({ group }: DependencyGroup): boolean => left.get(group.id)?.length === group.channels;
  for (let dead = deadChannels(network, asBefore); dead.size > 0; dead = deadChannels(network, asBefore)) {
    network = compactChannels(network, dead);
    for (const [id, channels] of dead) left.set(id, without(left.get(id) ?? [], channels));
  }
  const removal = channelGroups(artifact).map(({ group }): [string, number[]] => [
    group.id,
    without(countTo(group.channels), left.get(group.id) ?? []),
  ]);
  return { network, removal: withoutEmpty(removal) };
}

/** Those of the wanted groups that are dead as the network stands; ascending. */
function deadChannels(artifact: ModelArtifact, wanted: (group: DependencyGroup) => boolean): Map<string, number[]> {
  const groups = channelGroups(artifact).filter((group) => group.group.prunable && wanted(group));
  const tensors = weightsByLayer(artifact);
  const silent = silentChannels(artifact, groups, tensors);
  const mixing = new Set(
    readGraph(artifact.topology)
      .nodes.filter(({ type }) => type === 'UnitNormalization')
      .map(({ layer }) => layer),
  );
  return withoutEmpty(
    groups.map((group): [string, number[]] => {
      const listeners = group.slices.filter(({ consumed }) => consumed);
      const noticed = group.group.followers.some((layer) => mixing.has(layer)); // its neighbours are divided by what it sends
      const unheard = noticed || listeners.length === 0 ? null : zeroChannels(tensors, group, listeners);
      const mute = new Set(silent.get(group.group.id));
      const may = allowance(group, 1);
      return [
        group.group.id,
        countTo(group.group.channels).filter((channel) => (unheard?.[channel] === 1 || mute.has(channel)) && may(channel)),
      ];
    }),
  );
}

/** Nothing arrives at them, and what they send can be settled. */
function silentChannels(artifact: ModelArtifact, groups: readonly DependencyGroup[], tensors: TensorsByLayer): Removal {
  const mute = groups
    .filter((group) => scoredSlices(group).some((slice) => tensorOf(slice, tensors) !== undefined))
    .map((group): [string, number[]] => {
      const zero = zeroChannels(tensors, group, scoredSlices(group));
      return [group.group.id, countTo(group.group.channels).filter((channel) => zero[channel] === 1)];
    });
  return settledExactly(artifact, withoutEmpty(mute));
}

function countTo(length: number): number[] {
  return Array.from({ length }, (_, at) => at);
}

function without(all: readonly number[], gone: readonly number[]): number[] {
  const flags = new Set(gone.map((at) => all[at]));
  return all.filter((one) => !flags.has(one));
}

function withoutEmpty(removal: readonly (readonly [string, number[]])[]): Map<string, number[]> {
  return new Map(removal.filter(([, channels]) => channels.length > 0));
}
