// Where removed channels lie: which entries of which tensors, and how much smaller the numbers in layer configurations get.
import { axisFromFront, type ChannelSlice, type DependencyGroup } from '#network/channel-groups.ts';
import { isList } from '#network/config-values.ts';
import type { GraphNode } from '#network/graph.ts';
import { roleOf } from '#network/layer-weights.ts';
import type { JsonObject, NamedTensor } from '#network/model-artifact.ts';
import { misshapen, runsAlong, type Cuts } from './tensor-axes.ts';

/** By group id, the channels that go, ascending. */
export type Removal = ReadonlyMap<string, readonly number[]>;
export type TensorsByLayer = ReadonlyMap<string, readonly NamedTensor[]>;

/** The tensor that a slice lies in; undefined where the layer has none of this role (no bias). */
export function tensorOf(slice: ChannelSlice, tensors: TensorsByLayer): NamedTensor | undefined {
  return tensors.get(slice.layer)?.find(({ name }) => roleOf(name) === slice.weight);
}

/** By tensor name and axis; `wanted` chooses among the groups' slices. */
export function entriesOf(
  groups: readonly DependencyGroup[],
  removal: Removal,
  tensors: TensorsByLayer,
  wanted: (slice: ChannelSlice) => boolean,
): Map<string, Cuts> {
  const cuts = new Map<string, Map<number, Uint8Array>>();
  for (const { group, slices } of groups) {
    const gone = removedFlags(group.channels, removal.get(group.id) ?? []);
    if (gone === null) continue;
    for (const slice of slices) {
      const tensor = wanted(slice) && slice.channels.some((channel) => gone[channel] === 1) ? tensorOf(slice, tensors) : undefined;
      if (tensor === undefined) continue;
      const axis = axisFromFront(slice.axis, tensor.shape.length);
      const axes = cuts.get(tensor.name) ?? new Map<number, Uint8Array>();
      const flags = axes.get(axis) ?? new Uint8Array(tensor.shape[axis] ?? 0);
      const { positions, channels } = slice;
      if ((positions.at(-1) ?? -1) >= flags.length) throw misshapen(tensor, axis, positions.at(-1)! + 1);
      for (let at = 0; at < positions.length; at++) if (gone[channels[at]!] === 1) flags[positions[at]!] = 1;
      cuts.set(tensor.name, axes.set(axis, flags));
    }
  }
  return cuts;
}

/** 1 for each channel whose entries of these slices hold nothing but zeros. */
export function zeroChannels(tensors: TensorsByLayer, { group }: DependencyGroup, slices: readonly ChannelSlice[]): Uint8Array {
  const zero = new Uint8Array(group.channels).fill(1);
  for (const slice of slices) {
    const tensor = tensorOf(slice, tensors);
    if (tensor === undefined) continue;
    const { outer, length, inner } = runsAlong(tensor.shape, axisFromFront(slice.axis, tensor.shape.length));
    slice.positions.forEach((position, at) => {
      for (let block = 0; block < outer && zero[slice.channels[at]!] === 1; block++) {
        const start = (block * length + position) * inner;
        for (let index = start; index < start + inner; index++) if (tensor.data[index] !== 0) zero[slice.channels[at]!] = 0;
      }
    });
  }
  return zero;
}

/** New values of `filters`, `units`, `target_shape` and their like, by layer name. */
export function shrunkConfigs(groups: readonly DependencyGroup[], removal: Removal, nodes: readonly GraphNode[]): Map<string, JsonObject> {
  const configs = new Map(nodes.map(({ layer, config }) => [layer, config]));
  const changed = new Map<string, JsonObject>();
  for (const { group, counts } of groups) {
    const gone = removedFlags(group.channels, removal.get(group.id) ?? []);
    if (gone === null) continue;
    for (const { layer, key, index, channels } of counts) {
      const removed = channels.reduce((sum, channel) => sum + gone[channel]!, 0);
      const value = changed.get(layer)?.[key] ?? configs.get(layer)?.[key] ?? 1;
      const smaller = isList(value)
        ? value.map((size, at) => (at === index && typeof size === 'number' ? size - removed : size))
        : Number(value) - removed;
      changed.set(layer, { ...changed.get(layer), [key]: smaller });
    }
  }
  return changed;
}

/** One flag a channel, 1 = it goes; null where none does. */
export function removedFlags(channels: number, gone: readonly number[]): Uint8Array | null {
  if (gone.length === 0) return null;
  const flags = new Uint8Array(channels);
  for (const channel of gone) flags[channel] = 1;
  return flags;
}
