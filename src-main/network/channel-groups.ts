// The dependency groups of a network: all the channels that must go together, and where they lie in which weights.
import type { ChannelGroup } from '#contract/network.ts';
import { followChannels, type ChannelConsumer, type ChannelSlice } from './channel-flow.ts';
import { readGraph } from './graph.ts';
import type { ModelArtifact } from './model-artifact.ts';
import { inferShapes, type ShapedGraph } from './tensor-shapes.ts';

/**
 * Example: Conv(3→8) → BN(8) → ReLU → Flatten → Dense: removing channel 2 of the conv removes BN's entry 2 and the H·W rows of the
 * dense kernel that it feeds. `group` is what is shown; the rest is what surgery needs.
 */
export interface DependencyGroup {
  readonly group: ChannelGroup;
  readonly producers: readonly { readonly layer: string; readonly count: 'units' | 'filters'; readonly granularity: 'neuron' | 'filter' }[];
  readonly consumers: readonly ChannelConsumer[];
  readonly slices: readonly ChannelSlice[];
}

export function channelGroups(artifact: ModelArtifact): readonly DependencyGroup[] {
  return channelGroupsOf(inferShapes(readGraph(artifact.topology)));
}

/** The id is the first producer's name. A group is of filters as soon as one of its producers is a convolution. */
export function channelGroupsOf(shaped: ShapedGraph): readonly DependencyGroup[] {
  return followChannels(shaped).map(({ channels, producers, followers, consumers, slices, reasons }) => {
    const mixed = new Set(producers.map((producer) => producer.granularity)).size > 1;
    const why = reasons[0] ?? (consumers.length === 0 ? 'no layer that the studio knows consumes its channels' : channels < 2 ? 'it has only one channel' : undefined);
    const group: ChannelGroup = {
      id: producers[0]?.layer ?? '', channels,
      producers: unique(producers.map((producer) => producer.layer)), followers: unique(followers), consumers: unique(consumers.map((consumer) => consumer.layer)),
      granularity: mixed || producers[0]?.granularity === 'filter' ? 'filter' : 'neuron',
      prunable: why === undefined,
      ...(why === undefined ? {} : { why }),
    };
    return { group, producers, consumers, slices };
  });
}

/** The channel that entry `index` of a slice's axis belongs to. */
export function channelOf(index: number, channels: number, repeat: number): number {
  return Math.floor((index % (channels * repeat)) / repeat);
}

/** An axis counted from the front. */
export function axisFromFront(axis: number, rank: number): number {
  return axis < 0 ? rank + axis : axis;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
