// Follows channels through a network: which layers make, carry on, merge and consume the same ones.
import type { GraphNode, TensorRef } from './graph.ts';
import type { ChannelAxis } from './layers/layer-kind.ts';
import { layerKind } from './layers/layer-table.ts';
import type { ShapedGraph } from './tensor-shapes.ts';

/** Entry i of an axis belongs to channel ⌊(i mod channels·repeat) / repeat⌋: Flatten repeats the whole row, a depth multiplier each channel. */
export interface ChannelSlice extends ChannelAxis {
  readonly layer: string;
  readonly repeat: number;
  /** The layer takes these channels in; otherwise it makes them or carries them on. */
  readonly consumed: boolean;
}

export interface ChannelConsumer {
  readonly layer: string;
  /** What a removed channel sends here once masked: 0, or activation(0). */
  readonly constant: number;
}

export interface FlowGroup {
  readonly channels: number;
  readonly producers: { readonly layer: string; readonly count: 'units' | 'filters'; readonly granularity: 'neuron' | 'filter' }[];
  readonly followers: string[];
  readonly consumers: ChannelConsumer[];
  readonly slices: ChannelSlice[];
  /** Why its channels have to stay; the first reason found counts. */
  readonly reasons: string[];
}

/** What is known of a tensor's channels. */
interface Flow {
  readonly group: FlowGroup;
  readonly repeat: number;
  /** Null once a removed channel no longer is one number everywhere. */
  readonly constant: number | null;
}

/** Groups in the order in which their first producers run. Merged groups are one: their channels go together. */
export function followChannels({ graph, shapes }: ShapedGraph): readonly FlowGroup[] {
  const flows = new Map<string, Flow>();
  let groups: FlowGroup[] = [];
  const outputs = new Set(graph.outputs.map((ref) => key(ref)));

  for (const node of graph.nodes) {
    const flow = visit(node);
    if (flow !== null) flows.set(key({ node: node.id, output: 0 }), flow);
    if (outputs.has(key({ node: node.id, output: 0 })) && flow !== null) flow.group.reasons.unshift('it makes the network\'s answer');
  }
  return groups;

  function visit(node: GraphNode): Flow | null {
    const arriving = node.inputs.map((ref) => flows.get(key(ref)) ?? null);
    const fixed = node.inputs.length > 0 && node.inputShape !== null;
    if (fixed) stop(arriving, `${node.layer} begins a nested model, whose input keeps its shape`);
    const incoming = fixed ? arriving.map(() => null) : arriving;
    const kind = layerKind(node.type);
    if (kind === undefined) return stop(incoming, `${node.layer} follows, a layer of the unknown class ${node.type}`);
    const { channels } = kind;
    const owns = (kind.weights !== undefined || channels.role === 'make') && graph.shared.has(node.layer);
    const why = owns ? `${node.layer} is used more than once` : 'refuses' in channels ? (channels.refuses?.(node.config, shapes.get(node.id)?.inputs[0] ?? null) ?? null) : null;
    if (channels.role === 'stop') return stop(incoming, `${node.layer} follows, and ${channels.why}`);
    if (channels.role === 'make') return make(node, incoming[0] ?? null, why);
    if (channels.role === 'consume') {
      incoming.slice(1).forEach((flow) => flow?.group.reasons.push(`it starts the state of ${node.layer}`));
      consume(node, incoming[0] ?? null, channels.inputs, () => false, owns ? why : null);
      return null;
    }
    if (channels.role === 'merge') return merge(node, incoming);
    const flow = incoming[0] ?? null;
    if (flow === null) return null;
    if (why !== null) return stop([flow], owns ? why : `${node.layer} follows, and ${why}`);
    const repeat = flow.repeat * (channels.multiply?.(node.config) ?? 1);
    flow.group.followers.push(node.layer);
    for (const axis of channels.weights) flow.group.slices.push({ ...axis, layer: node.layer, repeat: axis.wide === true ? repeat : flow.repeat, consumed: false });
    return { group: flow.group, repeat, constant: flow.constant === null ? null : channels.constant(flow.constant, node.config) };
  }

  function make(node: GraphNode, incoming: Flow | null, why: string | null): Flow | null {
    const channels = layerKind(node.type)?.channels;
    const count = shapes.get(node.id)?.outputs[0]?.at(-1);
    if (channels?.role !== 'make') return null;
    consume(node, incoming, channels.inputs, channels.folds, why);
    if (typeof count !== 'number') return null;
    const group: FlowGroup = {
      channels: count, producers: [{ layer: node.layer, count: channels.count, granularity: channels.granularity }],
      followers: [], consumers: [], reasons: why === null ? [] : [why],
      slices: channels.outputs.map((axis) => ({ ...axis, layer: node.layer, repeat: 1, consumed: false })),
    };
    const constant = channels.constant(0, node.config);
    if (constant === null) group.reasons.push('its activation mixes all channels, or is not known');
    groups.push(group);
    return { group, repeat: 1, constant };
  }

  function consume(node: GraphNode, flow: Flow | null, inputs: readonly ChannelAxis[], folds: (config: GraphNode['config']) => boolean, why: string | null): void {
    if (flow === null) return;
    const kind = layerKind(node.type);
    const multiplier = typeof node.config['depth_multiplier'] === 'number' ? node.config['depth_multiplier'] : 1;
    for (const axis of inputs) {
      flow.group.slices.push({ ...axis, zeroed: false, consumed: true, layer: node.layer, repeat: axis.wide === true ? flow.repeat * multiplier : flow.repeat });
    }
    flow.group.consumers.push({ layer: node.layer, constant: flow.constant ?? 0 });
    if (why !== null) flow.group.reasons.push(`${node.layer} consumes its channels, and ${why}`);
    else if (flow.constant === null) flow.group.reasons.push(`what a removed channel would still send to ${node.layer} is not one number`);
    else if (flow.constant !== 0 && (kind === undefined || !folds(node.config))) {
      flow.group.reasons.push(`a removed channel would still send ${flow.constant} to ${node.layer}, whose padding or kind keeps it from going into a bias exactly`);
    }
  }

  function merge(node: GraphNode, incoming: readonly (Flow | null)[]): Flow | null {
    const channels = layerKind(node.type)?.channels;
    const present = incoming.filter((flow) => flow !== null);
    const [first, ...rest] = present;
    if (first === undefined || channels?.role !== 'merge') return null;
    if (present.length < incoming.length) return stop(present, `${node.layer} merges it with channels that can't be removed`);
    if (rest.some((flow) => flow.repeat !== first.repeat || flow.group.channels !== first.group.channels)) {
      return stop(present, `${node.layer} merges it with another number of channels`);
    }
    const constants = present.map((flow) => flow.constant);
    for (const { group } of rest) if (group !== first.group) unite(first.group, group);
    first.group.followers.push(node.layer);
    const known = constants.filter((constant) => constant !== null);
    return { ...first, constant: known.length < constants.length ? null : channels.constant(known) };
  }

  /** The other group's layers move over, and every tensor that was of it is now of the first. */
  function unite(kept: FlowGroup, gone: FlowGroup): void {
    kept.producers.push(...gone.producers);
    kept.followers.push(...gone.followers);
    kept.consumers.push(...gone.consumers);
    kept.slices.push(...gone.slices);
    kept.reasons.push(...gone.reasons);
    groups = groups.filter((group) => group !== gone);
    for (const [tensor, flow] of flows) if (flow.group === gone) flows.set(tensor, { ...flow, group: kept });
  }

  function stop(incoming: readonly (Flow | null)[], why: string): null {
    for (const flow of incoming) flow?.group.reasons.push(why);
    return null;
  }
}

function key({ node, output }: TensorRef): string {
  return `${output}:${node}`;
}
