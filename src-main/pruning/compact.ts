// Takes removed channels out of a network for good: smaller tensors, smaller layers, the same answers as the masked network.
import { StudioError } from '#contract/errors.ts';
import { channelGroups, type DependencyGroup } from '#network/channel-groups.ts';
import { withLayerConfigs } from '#network/edit-artifact.ts';
import { readGraph } from '#network/graph.ts';
import { weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { entriesOf, shrunkConfigs, type Removal } from './channel-cuts.ts';
import { foldedBiases, withBiases } from './fold-constants.ts';
import { settleConstants } from './settle-constants.ts';
import { cutTensor } from './tensor-axes.ts';

/**
 * Example: of Conv(1→8) → BN(8) → ReLU → Flatten [7·7·8] → Dense(64), removal of channel 2 leaves kernels [3,3,1,7] and [343,64].
 * The result answers as `maskChannels(artifact, removal)` does, but for rounding. Tensors without removed channels are shared.
 * Throws StudioError `unsupported` where a group can't be pruned, `bad-input` where a channel isn't there or none would be left.
 */
export function compactChannels(artifact: ModelArtifact, removal: Removal): ModelArtifact {
  const groups = channelGroups(artifact);
  checkRemoval(groups, removal);
  const settled = settleConstants(artifact, removal);
  const folded = withBiases(settled, foldedBiases(groups, removal, weightsByLayer(settled)));
  const cuts = entriesOf(groups, removal, weightsByLayer(folded), () => true);
  return {
    ...withLayerConfigs(folded, shrunkConfigs(groups, removal, readGraph(artifact.topology).nodes)),
    weights: folded.weights.map((tensor) => {
      const axes = cuts.get(tensor.name);
      return axes === undefined ? tensor : cutTensor(tensor, axes);
    }),
  };
}

function checkRemoval(groups: readonly DependencyGroup[], removal: Removal): void {
  const byId = new Map(groups.map((group) => [group.group.id, group]));
  for (const [id, channels] of removal) {
    const { group, shares } = byId.get(id) ?? {};
    if (channels.length === 0) continue;
    if (group === undefined)
      throw new StudioError('bad-input', `There is no group of channels "${id}".`, {
        whatToDo: `There are: ${[...byId.keys()].join(', ')}.`,
      });
    if (!group.prunable)
      throw new StudioError('unsupported', `The channels of "${id}" can't be removed: ${group.why ?? 'they are needed'}.`, {
        where: `layer "${id}"`,
      });
    if (channels.some((channel) => !Number.isInteger(channel) || channel < 0 || channel >= group.channels)) {
      throw new StudioError('bad-input', `"${id}" has the channels 0 to ${group.channels - 1} only.`, { where: `layer "${id}"` });
    }
    const gone = new Set(channels);
    const emptied = shares?.find((share) => share.channels.every((channel) => gone.has(channel)));
    if (emptied !== undefined) {
      throw new StudioError(
        'bad-input',
        `At least one of the channels ${emptied.channels.join(', ')} of "${id}" has to stay: they are all that "${emptied.layer}" makes.`,
        {
          where: `layer "${emptied.layer}"`,
        },
      );
    }
    if (gone.size >= group.channels)
      throw new StudioError('bad-input', `At least one channel of "${id}" has to stay.`, { where: `layer "${id}"` });
  }
}
