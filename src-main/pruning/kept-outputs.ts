// Which entries of each layer's output are still there after compaction, to lay the two networks side by side layer by layer.
import { channelGroups } from '#network/channel-groups.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { removedFlags, type Removal } from './channel-cuts.ts';

/**
 * By layer name, the entries of its output's last axis that stay, ascending; layers that lose none there aren't named. Example:
 * concatenation of 8 and 4 channels without the second's channel 1: 0 … 8, 10, 11.
 */
export function keptOutputs(artifact: ModelArtifact, removal: Removal): Map<string, number[]> {
  const gone = new Map<string, Uint8Array>();
  for (const { group, outputs } of channelGroups(artifact)) {
    const removed = removedFlags(group.channels, removal.get(group.id) ?? []);
    if (removed === null) continue;
    for (const { layer, axis, length, positions, channels } of outputs) {
      if (axis !== -1) continue;
      const flags = gone.get(layer) ?? new Uint8Array(length);
      positions.forEach((position, at) => {
        flags[position] = removed[channels[at]!]!;
      });
      gone.set(layer, flags);
    }
  }
  return new Map([...gone].map(([layer, flags]) => [layer, Array.from(flags.keys()).filter((entry) => flags[entry] === 0)]));
}
