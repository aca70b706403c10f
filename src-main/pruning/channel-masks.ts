// The masked state of removed channels: the shapes stay, and everything that makes a channel is zero.
import { axisFromFront, channelGroups, channelOf } from '#network/channel-groups.ts';
import { roleOf, weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import type { Removal } from './channel-selection.ts';
import { applyMasks } from './weight-masks.ts';

/**
 * By tensor name, an entry a weight: 1 = kept, 0 = held at zero. Masked are a removed channel's kernel column, bias, gamma, beta and
 * moving mean, so the channel sends a constant: 0, or activation(0) where that is another number. What consumes it isn't masked.
 * Held during fine-tuning, it keeps the network what compaction will make of it.
 */
export function channelMasks(artifact: ModelArtifact, removal: Removal): Map<string, Uint8Array> {
  const weights = weightsByLayer(artifact);
  const masks = new Map<string, Uint8Array>();
  for (const { group, slices } of channelGroups(artifact)) {
    const gone = new Set(removal.get(group.id) ?? []);
    if (gone.size === 0) continue;
    for (const slice of slices) {
      const tensor = slice.zeroed === false ? undefined : weights.get(slice.layer)?.find(({ name }) => roleOf(name) === slice.weight);
      if (tensor === undefined) continue;
      const axis = axisFromFront(slice.axis, tensor.shape.length);
      const inner = tensor.shape.slice(axis + 1).reduce((all, size) => all * size, 1);
      const length = tensor.shape[axis] ?? 1;
      const mask = masks.get(tensor.name) ?? new Uint8Array(tensor.data.length).fill(1);
      for (let index = 0; index < mask.length; index++) {
        if (gone.has(channelOf(Math.floor(index / inner) % length, group.channels, slice.repeat))) mask[index] = 0;
      }
      masks.set(tensor.name, mask);
    }
  }
  return masks;
}

/** The network with removed channels zeroed, in its old shapes. */
export function maskChannels(artifact: ModelArtifact, removal: Removal): ModelArtifact {
  return applyMasks(artifact, channelMasks(artifact, removal));
}
