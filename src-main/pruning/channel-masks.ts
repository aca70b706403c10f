// The masked state of removed channels: the shapes stay, and everything that makes a channel is zero.
import { channelGroups } from '#network/channel-groups.ts';
import { weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { entriesOf, type Removal } from './channel-cuts.ts';
import { settleConstants } from './settle-constants.ts';
import { runsAlong } from './tensor-axes.ts';
import { applyMasks } from './weight-masks.ts';

/**
 * By tensor name, an entry a weight: 1 = kept, 0 = held at zero. Masked are a removed channel's kernel column, bias, gamma, beta and
 * moving mean, so the channel sends a constant: 0, or activation(0) where that is another number. What consumes it isn't masked.
 * Held during fine-tuning, it keeps the network what compaction will make of it.
 */
export function channelMasks(artifact: ModelArtifact, removal: Removal): Map<string, Uint8Array> {
  const cuts = entriesOf(channelGroups(artifact), removal, weightsByLayer(artifact), (slice) => slice.zeroed);
  const masks = new Map<string, Uint8Array>();
  for (const { name, shape, data } of artifact.weights) {
    const axes = cuts.get(name);
    if (axes === undefined) continue;
    const mask = new Uint8Array(data.length).fill(1);
    for (const [axis, gone] of axes) zeroAlong(mask, shape, axis, gone);
    masks.set(name, mask);
  }
  return masks;
}

function zeroAlong(mask: Uint8Array, shape: readonly number[], axis: number, gone: Uint8Array): void {
  const { outer, length, inner } = runsAlong(shape, axis);
  for (let index = 0; index < length; index++) {
    if (gone[index] === 0) continue;
    for (let block = 0; block < outer; block++) {
      const start = (block * length + index) * inner;
      if (inner === 1) mask[start] = 0;
      else mask.fill(0, start, start + inner);
    }
  }
}

/** The network with removed channels zeroed, in its old shapes; what they would still have sent is in their consumers (`settleConstants`). */
export function maskChannels(artifact: ModelArtifact, removal: Removal): ModelArtifact {
  const settled = settleConstants(artifact, removal);
  return applyMasks(settled, channelMasks(settled, removal));
}
