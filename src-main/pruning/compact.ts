// Takes removed channels out of a network for good: smaller tensors, smaller layers, the same answers as the masked network.
import { StudioError } from '#contract/errors.ts';
import { axisFromFront, channelGroups, channelOf, type DependencyGroup } from '#network/channel-groups.ts';
import { withLayerConfigs } from '#network/edit-artifact.ts';
import { layerOf, roleOf, weightsByLayer } from '#network/layer-weights.ts';
import type { JsonObject, ModelArtifact, NamedTensor, TensorData } from '#network/model-artifact.ts';
import type { Removal } from './channel-selection.ts';
import { foldedBiases } from './fold-constants.ts';

/**
 * Example: of Conv(1→8) → BN(8) → ReLU → Flatten [7·7·8] → Dense(64), removal of channel 2 leaves kernels [3,3,1,7] and [343,64].
 * The result answers as `maskChannels(artifact, removal)` does, but for rounding.
 * Throws StudioError `unsupported` where a group can't be pruned, `bad-input` where a channel isn't there or none would be left.
 */
export function compactChannels(artifact: ModelArtifact, removal: Removal): ModelArtifact {
  const groups = channelGroups(artifact);
  checkRemoval(groups, removal);
  const biases = foldedBiases(artifact, groups, removal);
  const configs = new Map<string, JsonObject>();
  const tensors = new Map(artifact.weights.map((tensor) => [tensor.name, biases.get(tensor.name) ?? tensor]));
  for (const [name, bias] of biases) {
    if (!tensors.has(name)) configs.set(layerOf(name), { use_bias: true });
    tensors.set(name, bias);
  }
  const byLayer = weightsByLayer({ ...artifact, weights: [...tensors.values()] });

  for (const { group, producers, slices } of groups) {
    const gone = new Set(removal.get(group.id) ?? []);
    if (gone.size === 0) continue;
    for (const { layer, count } of producers) configs.set(layer, { ...configs.get(layer), [count]: group.channels - gone.size });
    for (const slice of slices) {
      const name = byLayer.get(slice.layer)?.find((tensor) => roleOf(tensor.name) === slice.weight)?.name;
      const tensor = name === undefined ? undefined : tensors.get(name);
      if (tensor === undefined) continue;
      const axis = axisFromFront(slice.axis, tensor.shape.length);
      tensors.set(tensor.name, withoutEntries(tensor, axis, (index) => gone.has(channelOf(index, group.channels, slice.repeat))));
    }
  }
  return { ...withLayerConfigs(artifact, configs), weights: inLayerOrder(artifact, tensors) };
}

/** The tensor without some entries of one axis. A shared axis of length 1 (PReLU) has no entries a channel and stays. */
function withoutEntries(tensor: NamedTensor, axis: number, isGone: (index: number) => boolean): NamedTensor {
  const length = tensor.shape[axis] ?? 1;
  if (length === 1) return tensor;
  const kept = Array.from({ length }, (_, index) => index).filter((index) => !isGone(index));
  const inner = tensor.shape.slice(axis + 1).reduce((all, size) => all * size, 1);
  const outer = tensor.data.length / (length * inner);
  const data = emptyLike(tensor.data, outer * kept.length * inner);
  for (let block = 0, at = 0; block < outer; block++) {
    for (const index of kept) {
      const from = (block * length + index) * inner;
      data.set(tensor.data.subarray(from, from + inner), at);
      at += inner;
    }
  }
  return { ...tensor, shape: tensor.shape.map((size, at) => (at === axis ? kept.length : size)), data };
}

function emptyLike(data: TensorData, length: number): TensorData {
  if (data instanceof Float32Array) return new Float32Array(length);
  return data instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length);
}

/** A bias that folding added stands right behind the last tensor of its layer. */
function inLayerOrder(artifact: ModelArtifact, tensors: ReadonlyMap<string, NamedTensor>): NamedTensor[] {
  const old = new Set(artifact.weights.map(({ name }) => name));
  const added = [...tensors.values()].filter(({ name }) => !old.has(name));
  return artifact.weights.flatMap(({ name }, at) => {
    const lastOfLayer = artifact.weights.findLastIndex((other) => layerOf(other.name) === layerOf(name)) === at;
    const more = lastOfLayer ? added.filter((tensor) => layerOf(tensor.name) === layerOf(name)) : [];
    const tensor = tensors.get(name);
    return tensor === undefined ? more : [tensor, ...more];
  });
}

function checkRemoval(groups: readonly DependencyGroup[], removal: Removal): void {
  for (const [id, channels] of removal) {
    const group = groups.find((candidate) => candidate.group.id === id)?.group;
    if (channels.length === 0) continue;
    if (group === undefined) throw new StudioError('bad-input', `There is no group of channels "${id}".`, { whatToDo: `There are: ${groups.map((candidate) => candidate.group.id).join(', ')}.` });
    if (!group.prunable) throw new StudioError('unsupported', `The channels of "${id}" can't be removed: ${group.why ?? 'they are needed'}.`, { where: `layer "${id}"` });
    if (channels.some((channel) => !Number.isInteger(channel) || channel < 0 || channel >= group.channels)) {
      throw new StudioError('bad-input', `"${id}" has the channels 0 to ${group.channels - 1} only.`, { where: `layer "${id}"` });
    }
    if (new Set(channels).size >= group.channels) throw new StudioError('bad-input', `At least one channel of "${id}" has to stay.`, { where: `layer "${id}"` });
  }
}
