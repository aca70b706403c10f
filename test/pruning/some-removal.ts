// Chooses channels to remove at random, as many as may go.
import { channelGroups, type DependencyGroup } from '#network/channel-groups.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { createRandom, shuffledOrder } from '#network/random.ts';
import type { Removal } from '#pruning/channel-selection.ts';

/** From one to all but one channel of every group. */
export function someRemoval(artifact: ModelArtifact, seed: number): Removal {
  return new Map(
    channelGroups(artifact)
      .filter(({ group }) => group.prunable)
      .map((group, at) => [group.group.id, someChannels(group, 10 * seed + at)]),
  );
}

/** Never all that one layer makes. */
function someChannels({ group, shares }: DependencyGroup, seed: number): number[] {
  const gone = [...shuffledOrder(group.channels, seed, 0).subarray(0, 1 + createRandom(seed, 5).below(group.channels - 1))];
  const spared = shares.filter((share) => share.channels.every((channel) => gone.includes(channel))).map((share) => share.channels[0]);
  return gone.filter((channel) => !spared.includes(channel));
}
