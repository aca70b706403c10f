// What removed channels still send on their way through a network: as they are, with kernels at zero, and in the masked state.
import { activate } from '#network/activations.ts';
import type { ChannelSlice, DependencyGroup } from '#network/channel-groups.ts';
import { activationOf, numberOf } from '#network/config-values.ts';
import type { GraphNode, LayerGraph, TensorRef } from '#network/graph.ts';
import { layerKind } from '#network/layers/layer-table.ts';
import { removedFlags, tensorOf, type Removal, type TensorsByLayer } from './channel-cuts.ts';

/** By channel of a group; NaN where it is not one number everywhere. */
export interface Constants {
  readonly whole: Float64Array;
  readonly masked: Float64Array;
}
type Sent = ReadonlyMap<DependencyGroup, Constants>;

export interface Consumed {
  readonly owner: DependencyGroup;
  readonly slice: ChannelSlice;
  readonly gone: Uint8Array;
  /** Null where nothing is known of what comes in. */
  readonly constants: Constants | null;
}

export interface SentConstants {
  /** Where groups that lose channels enter the layer's kernels, and what each would send there; `gone` flags those that do go. */
  consumed(node: GraphNode): readonly Consumed[];
}

/** Whether any removed channel has a bias, a shift or a mean that masking zeroes: seldom so in fresh networks, never after masking. */
export function sendsMore(groups: readonly DependencyGroup[], removal: Removal, tensors: TensorsByLayer): boolean {
  return groups.some(({ group, slices }) => {
    const gone = removedFlags(group.channels, removal.get(group.id) ?? []);
    if (gone === null) return false;
    return slices.some((slice) => {
      if (!slice.zeroed || !['bias', 'beta', 'moving_mean'].includes(slice.weight)) return false;
      const data = tensorOf(slice, tensors)?.data;
      return data !== undefined && slice.positions.some((position, at) => gone[slice.channels[at]!] === 1 && data[position] !== 0);
    });
  });
}

export function sentConstants(
  graph: LayerGraph,
  groups: readonly DependencyGroup[],
  removal: Removal,
  tensors: TensorsByLayer,
): SentConstants {
  const losing = groups.filter(({ group }) => (removal.get(group.id)?.length ?? 0) > 0);
  const flags = new Map(losing.map((owner) => [owner, removedFlags(owner.group.channels, removal.get(owner.group.id) ?? [])]));
  const slices = new Map<string, { readonly owner: DependencyGroup; readonly slice: ChannelSlice }[]>();
  for (const owner of losing)
    for (const slice of owner.slices) slices.set(slice.layer, [...(slices.get(slice.layer) ?? []), { owner, slice }]);
  const sent = new Map<string, Sent>();
  const arriving = ({ node }: TensorRef): Sent => sent.get(node) ?? new Map<DependencyGroup, Constants>();
  for (const node of graph.nodes) sent.set(node.id, after(node, node.inputs.map(arriving)));
  return {
    consumed: (node) => {
      const incoming = joined(node.inputs.map(arriving));
      return (slices.get(node.layer) ?? []).flatMap(({ owner, slice }) => {
        const gone = slice.consumed ? (flags.get(owner) ?? null) : null;
        return gone === null ? [] : [{ owner, slice, gone, constants: incoming.get(owner) ?? null }];
      });
    },
  };

  function after(node: GraphNode, incoming: readonly Sent[]): Sent {
    const role = layerKind(node.type)?.channels;
    if (role === undefined || role.role === 'stop' || role.role === 'consume') return new Map();
    if (role.role === 'make') return made(node, role.constant(0, node.config) ?? NaN);
    if (role.role === 'merge') return merged(incoming, role.constant);
    const all = joined(incoming);
    if (role.role !== 'carry') return all;
    return new Map([...all].map(([owner, constants]) => [owner, carried(node, owner, constants)]));
  }

  /** The bias through the activation. */
  function made(node: GraphNode, masked: number): Sent {
    const name = activationOf(node.config);
    return new Map(
      losing
        .filter(({ group }) => group.producers.includes(node.layer))
        .map((owner) => {
          const biases = entries(owner, node.layer, 'bias') ?? new Float64Array(owner.group.channels);
          return [owner, { whole: biases.map((bias) => activate(name, bias) ?? NaN), masked: biases.map(() => masked) }];
        }),
    );
  }

  function carried(node: GraphNode, owner: DependencyGroup, { whole, masked }: Constants): Constants {
    const role = layerKind(node.type)?.channels;
    const rule = role?.role === 'carry' ? role.constant : () => null;
    const plainly = (constant: number): number => (Number.isNaN(constant) ? NaN : (rule(constant, node.config) ?? NaN));
    const through = node.type.startsWith('BatchNormalization')
      ? normalised(node, owner)
      : node.type === 'DepthwiseConv2D'
        ? filtered(node, owner)
        : plainly;
    return { whole: whole.map(through), masked: masked.map(plainly) };
  }

  /** γ (x − μ) / √(σ² + ε) + β */
  function normalised({ layer, config }: GraphNode, owner: DependencyGroup): (x: number, channel: number) => number {
    const [gamma, beta] = [entries(owner, layer, 'gamma'), entries(owner, layer, 'beta')];
    const [mean, variance] = [entries(owner, layer, 'moving_mean'), entries(owner, layer, 'moving_variance')];
    const epsilon = numberOf(config, 'epsilon', 1e-3);
    return (x, channel) =>
      ((gamma?.[channel] ?? 1) * (x - (mean?.[channel] ?? NaN))) / Math.sqrt((variance?.[channel] ?? NaN) + epsilon) +
      (beta?.[channel] ?? 0);
  }

  /** A depthwise kernel is one of the channel's own, so it counts as zero too. */
  function filtered({ layer, config }: GraphNode, owner: DependencyGroup): (x: number, channel: number) => number {
    const biases = entries(owner, layer, 'bias');
    return (_, channel) => activate(activationOf(config), biases?.[channel] ?? 0) ?? NaN;
  }

  /** A weight's entry for each channel; NaN for one that has several which differ; undefined where the layer has no such weight. */
  function entries(owner: DependencyGroup, layer: string, role: string): Float64Array | undefined {
    const slice = slices.get(layer)?.find((one) => one.owner === owner && one.slice.weight === role && !one.slice.consumed)?.slice;
    const data = slice === undefined ? undefined : tensorOf(slice, tensors)?.data;
    if (slice === undefined || data === undefined) return undefined;
    const values = new Float64Array(owner.group.channels);
    const seen = new Uint8Array(values.length);
    slice.positions.forEach((position, at) => {
      const channel = slice.channels[at]!;
      const value = data[position]!;
      values[channel] = seen[channel] === 1 && values[channel] !== value ? NaN : value;
      seen[channel] = 1;
    });
    return values;
  }
}

/** Side by side: a channel that comes in twice with different constants has none of its own. */
function joined(incoming: readonly Sent[]): Sent {
  const all = new Map<DependencyGroup, Constants>();
  for (const [owner, constants] of incoming.flatMap((sent) => [...sent])) {
    const known = all.get(owner);
    all.set(
      owner,
      known === undefined ? constants : { whole: agreed(known.whole, constants.whole), masked: agreed(known.masked, constants.masked) },
    );
  }
  return all;
}

function agreed(one: Float64Array, other: Float64Array): Float64Array {
  return one.map((value, at) => (value === other[at] ? value : NaN));
}

/** Channel by channel; a side that the group does not come in on may be any number. */
function merged(incoming: readonly Sent[], rule: (constants: readonly number[]) => number): Sent {
  const owners = new Set(incoming.flatMap((sent) => [...sent.keys()]));
  return new Map(
    [...owners].map((owner) => {
      const sides = incoming.map((sent) => sent.get(owner));
      const by = (state: keyof Constants) =>
        Float64Array.from({ length: owner.group.channels }, (_, channel) => rule(sides.map((side) => side?.[state][channel] ?? NaN)));
      return [owner, { whole: by('whole'), masked: by('masked') }];
    }),
  );
}
