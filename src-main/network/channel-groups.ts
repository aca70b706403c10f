// The dependency groups of a network: all the channels that must go together, and where they lie in which weights.
import type { ChannelGroup } from '#contract/network.ts';
import { UNREMOVABLE } from './channel-classes.ts';
import { followChannels, type FollowedChannels } from './channel-flow.ts';
import type { SizeUse, WeightUse } from './channel-uses.ts';
import { readGraph } from './graph.ts';
import type { ModelArtifact, Topology } from './model-artifact.ts';
import { inferShapes, type ShapedGraph } from './tensor-shapes.ts';

/** Entry `positions[i]` of an axis belongs to channel `channels[i]` of the group; other entries are of other groups or of none. */
interface Entries {
  readonly positions: Int32Array;
  readonly channels: Int32Array;
}
export interface ChannelSlice extends Omit<WeightUse, 'labels'>, Entries {}
export interface ChannelCount extends Omit<SizeUse, 'labels'>, Entries {}
/** `axis` of a layer's output, counted from the back, has `length` entries. */
export interface ChannelOutput extends Entries {
  readonly layer: string;
  readonly axis: number;
  readonly length: number;
}

/**
 * Example: Conv(3→8) → BN(8) → ReLU → Flatten → Dense: removing channel 2 of the conv removes BN's entry 2 and the H·W rows of the
 * dense kernel that it feeds. `group` is what is shown; the rest is what surgery needs.
 */
export interface DependencyGroup {
  readonly group: ChannelGroup;
  readonly slices: readonly ChannelSlice[];
  /** The numbers in layer configurations that count the group's channels. */
  readonly counts: readonly ChannelCount[];
  /** By producer that makes some of the group's channels alone: which ones, as at least one of each producer has to stay. */
  readonly shares: readonly { readonly layer: string; readonly channels: readonly number[] }[];
  /** Where the group's channels lie in what layers send on. */
  readonly outputs: readonly ChannelOutput[];
}

const known = new WeakMap<Topology, readonly DependencyGroup[]>();

/** They depend on the topology alone, which is never changed, so they are worked out once. */
export function channelGroups({ topology }: ModelArtifact): readonly DependencyGroup[] {
  const groups = known.get(topology) ?? channelGroupsOf(inferShapes(readGraph(topology)));
  known.set(topology, groups);
  return groups;
}

/**
 * The id is the first producer's name. Channel c of a group is the c-th that its producers make, in running order, of those that can
 * go one by one; for a group of one producer that is its filter c. A group is of filters as soon as one of its producers is a convolution.
 */
export function channelGroupsOf(shaped: ShapedGraph): readonly DependencyGroup[] {
  const flow = followChannels(shaped);
  const numbers = numberChannels(flow);
  const members = numbers.firstProducers.map((): Members => ({
    producers: new Set(),
    followers: new Set(),
    consumers: new Set(),
    shares: [],
    filters: false,
    most: 0,
  }));
  for (const { layer, granularity, labels } of flow.producers) {
    const at = numbers.groupOf[labels[0] ?? 0] ?? 0;
    const group = members[at];
    if (group === undefined) continue;
    group.producers.add(layer);
    group.filters ||= granularity === 'filter';
    group.most = Math.max(group.most, labels.length);
    const channels = [...new Set(Array.from(labels, (label) => numbers.channelOf[label]!))];
    if (channels.length < (numbers.sizes[at] ?? 0)) group.shares.push({ layer, channels });
  }
  for (const { layer, role, labels } of flow.uses.layers) {
    for (const at of groupsAmong(labels, numbers.groupOf)) members[at]?.[role === 'follower' ? 'followers' : 'consumers'].add(layer);
  }
  const slices = spread([...flow.uses.weights.values()], numbers);
  const counts = spread([...flow.uses.sizes.values()], numbers);
  const outputs = spread(
    [...flow.outputs].map(([layer, { axis, labels }]) => ({ layer, axis, length: labels.length, labels })),
    numbers,
  );
  return members.map((group, at) => ({
    group: shownGroup(
      numbers.firstProducers[at] ?? '',
      numbers.sizes[at] ?? 0,
      group,
      flow.classes.reason(numbers.reasons[at] ?? Infinity),
    ),
    slices: slices[at] ?? [],
    counts: counts[at] ?? [],
    outputs: outputs[at] ?? [],
    shares: group.shares,
  }));
}

interface Members {
  readonly producers: Set<string>;
  readonly followers: Set<string>;
  readonly consumers: Set<string>;
  readonly shares: { layer: string; channels: number[] }[];
  /** Whether one of the producers is a convolution. */
  filters: boolean;
  /** The filters or units of the largest producer. */
  most: number;
}

function shownGroup(
  id: string,
  channels: number,
  { producers, followers, consumers, filters, most }: Members,
  reason: string | undefined,
): ChannelGroup {
  const only = most > 1 ? 'all its channels go together, and one has to stay' : 'it has only one channel';
  const why = reason ?? (consumers.size === 0 ? 'no layer that the studio knows consumes its channels' : channels < 2 ? only : undefined);
  return {
    id,
    channels,
    producers: [...producers],
    followers: [...followers].filter((layer) => !producers.has(layer)),
    consumers: [...consumers],
    granularity: filters ? 'filter' : 'neuron',
    prunable: why === undefined,
    ...(why === undefined ? {} : { why }),
  };
}

interface Numbering {
  /** By channel as the producers made it: which group it is in, and which of the group's channels it is. */
  readonly groupOf: Int32Array;
  readonly channelOf: Int32Array;
  readonly sizes: readonly number[];
  /** By group, the lowest number of a reason to stay. */
  readonly reasons: readonly number[];
  readonly firstProducers: readonly string[];
}

/** Producers are in one group as soon as some of their channels go together. */
function numberChannels({ classes, producers }: FollowedChannels): Numbering {
  const leader = new Map<number, number>(); // class → the first producer seen with it
  const parents = producers.map((_, at) => at);
  const leading = (producer: number): number => {
    let at = producer;
    while (parents[at] !== at) at = parents[at]!;
    return at;
  };
  producers.forEach(({ labels }, producer) =>
    labels.forEach((label) => {
      const root = classes.classOf(label);
      const [one, other] = [leading(leader.get(root) ?? producer), leading(producer)];
      leader.set(root, one);
      parents[Math.max(one, other)] = Math.min(one, other);
    }),
  );
  const [groupOf, channelOf] = [new Int32Array(classes.count), new Int32Array(classes.count).fill(-1)];
  const groups = new Map<number, number>();
  const [sizes, reasons, firstProducers]: [number[], number[], string[]] = [[], [], []];
  producers.forEach(({ layer, labels }, producer) => {
    const group = groups.get(leading(producer)) ?? groups.size;
    if (group === groups.size) {
      groups.set(leading(producer), group);
      sizes.push(0);
      reasons.push(Infinity);
      firstProducers.push(layer);
    }
    labels.forEach((label) => {
      const root = classes.classOf(label);
      if (channelOf[root] === -1) {
        channelOf[root] = sizes[group]!++;
        reasons[group] = Math.min(reasons[group]!, classes.reasonOrder(root));
      }
      groupOf[label] = group;
      channelOf[label] = channelOf[root]!;
    });
  });
  return { groupOf, channelOf, sizes, reasons, firstProducers };
}

function groupsAmong(labels: Int32Array, groupOf: Int32Array): Set<number> {
  const found = new Set<number>();
  let last = -1;
  for (const label of labels) {
    const group = label === UNREMOVABLE ? last : groupOf[label]!;
    if (group !== last) found.add((last = group));
  }
  return found;
}

/** Each use to the groups whose channels lie there. Weights of one layer often share their labels, which are then split once. */
function spread<U extends { readonly labels: Int32Array }>(uses: readonly U[], numbering: Numbering): (Omit<U, 'labels'> & Entries)[][] {
  const all = numbering.sizes.map((): (Omit<U, 'labels'> & Entries)[] => []);
  const known = new Map<Int32Array, ReadonlyMap<number, Entries>>();
  for (const use of uses) {
    const { labels, ...rest } = use;
    const split = known.get(labels) ?? splitByGroup(labels, numbering);
    known.set(labels, split);
    for (const [group, entries] of split) all[group]?.push({ ...rest, ...entries });
  }
  return all;
}

function splitByGroup(labels: Int32Array, { groupOf, channelOf }: Numbering): ReadonlyMap<number, Entries> {
  interface Filling extends Entries {
    length: number;
  }
  const found = new Map<number, Filling>();
  let last: number | undefined;
  let entries: Filling = { positions: new Int32Array(0), channels: new Int32Array(0), length: 0 };
  // The rows of a concatenation are of dozens of groups: one pass for all of them.
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at]!;
    if (label === UNREMOVABLE) continue;
    const group = groupOf[label]!;
    if (group !== last) {
      entries = found.get(group) ?? {
        positions: new Int32Array(labels.length - at),
        channels: new Int32Array(labels.length - at),
        length: 0,
      };
      found.set(group, entries);
      last = group;
    }
    entries.positions[entries.length] = at;
    entries.channels[entries.length++] = channelOf[label]!;
  }
  return new Map(
    [...found].map(([group, { positions, channels, length }]) => [
      group,
      { positions: positions.slice(0, length), channels: channels.slice(0, length) },
    ]),
  );
}

/** An axis counted from the front. */
export function axisFromFront(axis: number, rank: number): number {
  return axis < 0 ? rank + axis : axis;
}
