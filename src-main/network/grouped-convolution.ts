// What a convolution in groups joins: an equal share of every group, or whole groups with what comes in and goes out of them.
import { UNREMOVABLE, type ChannelClasses } from './channel-classes.ts';
import type { ChannelTensor } from './channel-tensor.ts';
import type { ChannelUses } from './channel-uses.ts';
import type { TensorShape } from './config-values.ts';

export interface GroupedConvolution {
  readonly layer: string;
  readonly groups: number;
  readonly incoming: ChannelTensor | null;
  /** Of its output channels. */
  readonly labels: Int32Array;
  readonly shape: TensorShape | null;
  /** Called more than once: not every call may get channels that can go, so its groups stay as many as they are. */
  readonly shared: boolean;
}

/**
 * Groups stay equally large, so channels go either
 * - as an equal share: channel j of every group together, on both sides, each by itself (8 channels in 2 groups: 4 to choose from); or
 * - as whole groups: all that goes into a group with all that comes out of it (32 groups of 4 channels in ResNeXt: 32 to choose from).
 * The finer choice is made: whole groups where there are more of them than channels in each; true then. Its kernel takes in what
 * goes with its own outputs, so nothing has to be cut or folded on that side.
 */
export function connectGroups(
  classes: ChannelClasses,
  uses: ChannelUses,
  { layer, groups, incoming, labels, shape, shared }: GroupedConvolution,
): boolean {
  const inputs = incoming?.axis === -1 ? incoming.labels : null;
  const width = (inputs?.length ?? shape?.at(-1) ?? 0) / groups;
  const share = labels.length / groups;
  const removable = inputs !== null && !inputs.includes(UNREMOVABLE);
  if (groups > width && removable && !shared) {
    labels.forEach((label, at) => {
      classes.unite(label, inputs[Math.floor(at / share) * width]!);
    });
    inputs.forEach((label, at) => {
      classes.unite(label, inputs[Math.floor(at / width) * width]!);
    });
    uses.size({ layer, key: 'groups', index: null, labels: inputs.filter((_, at) => at % width === 0) });
    return true;
  }
  labels.forEach((label, at) => {
    classes.unite(label, labels[at % share]!);
  });
  const why = `${layer} is a convolution in ${groups} groups, and not all of them get channels that can be removed`;
  if (inputs !== null)
    classes.uniteAll(
      inputs,
      inputs.map((_, at) => inputs[at % width]!),
      why,
    );
  return false;
}
