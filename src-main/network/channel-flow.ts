// Follows channels through a network: which layers make, carry on, merge and consume the same ones.
import { ChannelClasses } from './channel-classes.ts';
import { concatenateChannels, mergeChannels } from './merge-channels.ts';
import { mapConstants, permutedAxis, repeated, reshaped, type ChannelTensor } from './channel-tensor.ts';
import { ChannelUses, unremovable } from './channel-uses.ts';
import { countOf, isList, numberOf, sizesOf, type TensorShape } from './config-values.ts';
import { connectGroups } from './grouped-convolution.ts';
import type { GraphNode, TensorRef } from './graph.ts';
import type { ChannelAxis, ChannelRole, ConstantRule } from './layers/layer-kind.ts';
import { layerKind } from './layers/layer-table.ts';
import type { ShapedGraph } from './tensor-shapes.ts';

export interface Producer {
  readonly layer: string;
  readonly granularity: 'neuron' | 'filter';
  readonly labels: Int32Array;
}

export interface FollowedChannels {
  readonly classes: ChannelClasses;
  readonly uses: ChannelUses;
  /** In the order in which they run. */
  readonly producers: readonly Producer[];
  /** By layer, the channels that it sends on; of a shared layer those of its first call. */
  readonly outputs: ReadonlyMap<string, ChannelTensor>;
}

/** What is known of a tensor's channels; null where none of them can be removed. */
type Arriving = ChannelTensor | null;
type Making = Extract<ChannelRole, { role: 'make' }>;
type Carrying = Extract<ChannelRole, { role: 'carry' }>;

/** One pass in running order, which every layer kind's `ChannelRole` rules; a call of a shared layer meets the weights of the one before. */
export function followChannels({ graph, shapes }: ShapedGraph): FollowedChannels {
  const classes = new ChannelClasses();
  const uses = new ChannelUses(classes);
  const producers = new Map<string, Producer>();
  const tensors = new Map<string, ChannelTensor>();
  const outputs = new Map<string, ChannelTensor>();

  for (const node of graph.nodes) {
    const incoming = node.inputs.map((ref) => tensors.get(key(ref)) ?? null);
    const made = visit(node, incoming, shapes.get(node.id)?.inputs ?? [], shapes.get(node.id)?.outputs[0] ?? null);
    if (made === null) continue;
    tensors.set(key({ node: node.id, output: 0 }), made);
    if (node.id === node.layer) outputs.set(node.layer, made);
  }
  for (const ref of graph.outputs) classes.keep(tensors.get(key(ref))?.labels ?? [], "it makes the network's answer", true);
  return { classes, uses, producers: [...producers.values()], outputs };

  function visit(
    node: GraphNode,
    incoming: readonly Arriving[],
    inputs: readonly (TensorShape | null)[],
    output: TensorShape | null,
  ): Arriving {
    const kind = layerKind(node.type);
    if (kind === undefined) return stop(incoming, `${node.layer} follows, a layer of the unknown class ${node.type}`);
    const { channels } = kind;
    const [first = null] = incoming;
    const [shape = null] = inputs;
    if (channels.role === 'stop') return stop(incoming, `${node.layer} follows, and ${channels.why}`);
    const why = 'refuses' in channels ? (channels.refuses?.(node.config, shape) ?? null) : null;
    if (first !== null) enterModel(node, first, shape);
    else if (graph.shared.has(node.layer)) keepStatedShapes(node);
    if (channels.role === 'make') return make(node, channels, first, shape, why);
    if (why !== null) return stop(incoming, `${node.layer} follows, and ${why}`);
    if (channels.role === 'consume') {
      stop(incoming.slice(1), `it starts the state of ${node.layer}`);
      consume(node, first, shape, channels.inputs, false);
      return null;
    }
    if (channels.role === 'carry') return carry(node, channels, first, shape);
    if (!incoming.some((tensor) => tensor !== null)) return null;
    for (const tensor of incoming) if (tensor !== null) uses.layers.push({ layer: node.layer, role: 'follower', labels: tensor.labels });
    if (channels.role === 'merge' || channels.role === 'concatenate') {
      const sides = incoming.map((tensor, at) => ({ channels: tensor, shape: inputs[at] ?? null }));
      if (channels.role === 'merge') return mergeChannels(classes, node.layer, sides, channels.constant);
      const axis = numberOf(node.config, 'axis', -1);
      return concatenateChannels(classes, node.layer, sides, axis < 0 ? axis : axis - (shape?.length ?? 0));
    }
    if (first === null || channels.role === 'enter') return first;
    return channels.role === 'permute' ? permute(node, first, shape) : reshape(node, first, shape, output);
  }

  /** A nested model states the shape of its input, which shrinks with the channels that come in. */
  function enterModel(node: GraphNode, { axis, labels }: ChannelTensor, shape: TensorShape | null): void {
    if (node.inputShape === null || shape === null) return;
    const index = node.inputShape.length + axis;
    for (const field of ['batch_input_shape', 'batch_shape']) {
      const stated = node.config[field];
      if (isList(stated) && typeof stated[index] === 'number') uses.size({ layer: node.layer, key: field, index, labels });
    }
  }

  /** One call without removable channels is enough for the shape that a layer states to stay, whatever other calls bring. */
  function keepStatedShapes({ layer, config }: GraphNode): void {
    for (const field of ['batch_input_shape', 'batch_shape', 'target_shape']) {
      const stated = config[field];
      if (!isList(stated)) continue;
      stated.forEach((size, index) => {
        if (typeof size === 'number' && size > 0) uses.size({ layer, key: field, index, labels: unremovable(size) });
      });
    }
  }

  function make(node: GraphNode, role: Making, incoming: Arriving, shape: TensorShape | null, why: string | null): Arriving {
    const { layer, config } = node;
    const known = producers.get(layer);
    const labels = known?.labels ?? classes.create(countOf(config, role.count));
    if (known === undefined) producers.set(layer, { layer, granularity: role.granularity, labels });
    for (const axis of role.outputs) {
      const scored = axis.weight.endsWith('kernel');
      uses.weight({ ...axis, layer, labels, zeroed: axis.zeroed !== false, consumed: false, scored, constants: null });
    }
    uses.size({ layer, key: role.count, index: null, labels });
    if (why !== null) {
      classes.keep(labels, why);
      return stop([incoming], `${layer} consumes its channels, and ${why}`);
    }
    const constant = role.constant(0, config);
    if (constant === null) classes.keep(labels, 'its activation mixes all channels, or is not known');
    const groups = role.groups?.(config) ?? 1;
    const wholeGroups =
      groups > 1 && connectGroups(classes, uses, { layer, groups, incoming, labels, shape, shared: graph.shared.has(layer) });
    if (!wholeGroups) consume(node, incoming, shape, role.inputs, role.folds(config), groups);
    else if (incoming !== null) uses.layers.push({ layer, role: 'consumer', labels: incoming.labels });
    return { axis: -1, labels, constants: new Float64Array(labels.length).fill(constant ?? NaN) };
  }

  function carry(node: GraphNode, role: Carrying, incoming: Arriving, shape: TensorShape | null): Arriving {
    const { layer, config } = node;
    if (incoming === null && (shape === null || !graph.shared.has(layer))) return null;
    const along = typeof role.along === 'function' ? role.along(config, shape?.length ?? 0) : (role.along ?? -1);
    if (incoming !== null && along !== 'any' && along !== incoming.axis) return stop([incoming], otherAxis(layer));
    if (incoming !== null && node.config['activation'] !== undefined && role.constant(0, config) === null) {
      return stop([incoming], `${layer} follows, and its activation mixes all channels, or is not known`);
    }
    const axis = incoming?.axis ?? (along === 'any' ? -1 : along);
    const narrow = incoming?.labels ?? unremovable(shape?.at(axis) ?? 0);
    const labels = repeated(narrow, role.multiply?.(config) ?? 1);
    const specified =
      along === 'any' && role.weights.length > 0 && shape !== null ? layerKind(node.type)?.weights?.(config, [shape]) : undefined;
    for (const weight of role.weights) {
      // One number shared by all channels (PReLU's shared axes) stays.
      if (specified?.find(({ name }) => name === weight.weight)?.shape.at(axis) === 1 && narrow.length > 1) continue;
      uses.weight({
        ...weight,
        layer,
        axis: along === 'any' ? axis : weight.axis,
        labels: weight.wide === true ? labels : narrow,
        zeroed: weight.zeroed !== false,
        consumed: false,
        scored: weight.weight.endsWith('kernel'),
        constants: null,
      });
    }
    if (incoming === null) return null;
    uses.layers.push({ layer, role: 'follower', labels: narrow });
    return { axis, labels, constants: constantsAfter(incoming, labels, role.constant, config) };
  }

  function constantsAfter(incoming: ChannelTensor, labels: Int32Array, rule: ConstantRule, config: GraphNode['config']): Float64Array {
    const constants = mapConstants(incoming.constants, (constant) => rule(constant, config));
    const times = labels.length / constants.length;
    return times === 1 ? constants : Float64Array.from(labels, (_, at) => constants[Math.floor(at / times)]!);
  }

  /** A kernel of a convolution in groups has the input channels of one group alone. */
  function consume(
    node: GraphNode,
    incoming: Arriving,
    shape: TensorShape | null,
    inputs: readonly ChannelAxis[],
    folds: boolean,
    groups = 1,
  ): void {
    const { layer } = node;
    if (incoming === null && !graph.shared.has(layer)) return;
    if (incoming !== null && incoming.axis !== -1) {
      stop([incoming], otherAxis(layer));
      return;
    }
    const labels = incoming?.labels ?? unremovable(shape?.at(-1) ?? 0);
    const multiplier = typeof node.config['depth_multiplier'] === 'number' ? node.config['depth_multiplier'] : 1;
    for (const axis of inputs) {
      const all = repeated(labels, axis.wide === true ? multiplier : 1);
      const constants = incoming?.constants.some((constant) => constant !== 0) === true && folds ? incoming.constants : null;
      uses.weight({
        ...axis,
        layer,
        labels: all.subarray(0, all.length / groups),
        zeroed: false,
        consumed: true,
        scored: false,
        constants,
      });
    }
    if (incoming === null) return;
    uses.layers.push({ layer, role: 'consumer', labels });
    const sends = (wanted: (constant: number) => boolean): Int32Array => labels.filter((_, at) => wanted(incoming.constants[at]!));
    classes.keep(sends(Number.isNaN), `what a removed channel would still send to ${layer} is not one number`);
    const unfolded = folds ? undefined : incoming.constants.find((constant) => constant !== 0 && !Number.isNaN(constant));
    if (unfolded !== undefined) {
      const why = `a removed channel would still send ${unfolded} to ${layer}, whose padding or kind keeps it from going into a bias exactly`;
      classes.keep(
        sends((constant) => constant !== 0 && !Number.isNaN(constant)),
        why,
      );
    }
  }

  function permute({ layer, config }: GraphNode, incoming: ChannelTensor, shape: TensorShape | null): Arriving {
    const axis = shape === null ? null : permutedAxis(incoming.axis, sizesOf(config, 'dims', shape.length - 1));
    if (axis === null) return stop([incoming], `${layer} follows, and moves the channels to an axis that is not known`);
    return { ...incoming, axis };
  }

  function reshape({ layer, config }: GraphNode, incoming: ChannelTensor, from: TensorShape | null, to: TensorShape | null): Arriving {
    const [before, after] = [from?.slice(1) ?? [null], to?.slice(1) ?? [null]];
    if (!before.every((size) => size !== null) || !after.every((size) => size !== null)) {
      return stop([incoming], `${layer} follows, and between which shapes is not known`);
    }
    const result = reshaped(classes, incoming, before, after);
    if (result === null) return stop([incoming], `${layer} follows, and mixes channels with positions`);
    const target = config['target_shape'];
    const index = after.length + result.axis;
    const stated = isList(target) && typeof target[index] === 'number' && target[index] !== -1;
    if (stated) uses.size({ layer, key: 'target_shape', index, labels: result.labels });
    return result;
  }

  function stop(incoming: readonly Arriving[], why: string): null {
    for (const tensor of incoming) classes.keep(tensor?.labels ?? [], why);
    return null;
  }
}

function otherAxis(layer: string): string {
  return `${layer} follows, and works along another axis than that of the channels`;
}

function key({ node, output }: TensorRef): string {
  return `${output}:${node}`;
}
