// What is in a network: layers, parameters, work, sizes, memory, and what can be pruned.
import type { ChannelGroup, LayerSummary, NetworkEnd, NetworkSummary, Shape } from '#contract/network.ts';
import { measureTensors, sumBytes } from './byte-sizes.ts';
import { channelGroups } from './channel-groups.ts';
import { activationOf, countOf, type TensorShape } from './config-values.ts';
import { readGraph, type GraphNode } from './graph.ts';
import { readEnds } from './inbound-nodes.ts';
import { inputAxisOf } from './kernel-inputs.ts';
import { elementCount, roleOf, weightsByLayer } from './layer-weights.ts';
import { layerKind } from './layers/layer-table.ts';
import type { ModelArtifact, NamedTensor, Topology } from './model-artifact.ts';
import { peakActivationBytes } from './peak-activations.ts';
import { inferShapes, type ShapedGraph } from './tensor-shapes.ts';

/**
 * Layers in the order in which they run; a shared layer stands once, with the work of all its calls. MACs are those of one sample.
 * Unknown layers are listed in `unsupported` and count with their parameters alone. Throws StudioError `damaged-file` where the
 * topology contradicts itself.
 */
export function summariseNetwork(artifact: ModelArtifact): NetworkSummary {
  const shaped = inferShapes(readGraph(artifact.topology));
  const groups = channelGroups(artifact).map(({ group }) => group);
  const weights = weightsByLayer(artifact);
  const measures = measureTensors(artifact.weights);
  const nonzero = new Map(artifact.weights.map((tensor, at) => [tensor, measures[at]?.nonzero ?? 0]));
  const byLayer: GroupsByLayer = {
    made: firstBy(groups, (group) => group.producers),
    followed: firstBy(groups, (group) => group.followers),
  };
  const layers = [...Map.groupBy(shaped.graph.nodes, (node) => node.layer)].map(([name, calls]) =>
    summariseLayer(shaped, calls, weights.get(name) ?? [], nonzero, byLayer),
  );
  const named = new Set(layers.map((layer) => layer.name));
  const homeless = [...weights].filter(([layer]) => !named.has(layer));
  const inputs = inputsOf(shaped, artifact.topology);
  const outputs = outputsOf(shaped);
  return {
    name: artifact.topology.config.name,
    parameters: artifact.weights.reduce((sum, tensor) => sum + elementCount(tensor.shape), 0),
    nonzero: measures.reduce((sum, measure) => sum + measure.nonzero, 0),
    macs: layers.reduce((sum, layer) => sum + layer.macs, 0),
    bytes: sumBytes(measures),
    activationBytes: peakActivationBytes(shaped),
    inputShape: inputs[0]?.shape ?? [],
    outputShape: outputs[0]?.shape ?? [],
    inputs,
    outputs,
    layers,
    groups,
    unsupported: [...shaped.unsupported, ...homeless.map(([layer]) => ({ layer, why: 'its weights belong to no layer of the topology' }))],
  };
}

interface GroupsByLayer {
  readonly made: ReadonlyMap<string, ChannelGroup>;
  readonly followed: ReadonlyMap<string, ChannelGroup>;
}

/** By layer, the first group that names it. */
function firstBy(groups: readonly ChannelGroup[], layersOf: (group: ChannelGroup) => readonly string[]): Map<string, ChannelGroup> {
  return new Map(groups.flatMap((group) => layersOf(group).map((layer) => [layer, group] as const)).reverse());
}

function summariseLayer(
  shaped: ShapedGraph,
  calls: readonly GraphNode[],
  tensors: readonly NamedTensor[],
  nonzero: ReadonlyMap<NamedTensor, number>,
  groups: GroupsByLayer,
): LayerSummary {
  const node = calls[0];
  if (node === undefined) throw new RangeError('a layer has at least one call');
  const shapes = shaped.shapes.get(node.id);
  const kind = layerKind(node.type);
  const made = groups.made.get(node.layer);
  const kernels = tensors.filter(({ name }) => kind?.kernels?.includes(roleOf(name)) === true);
  const followed = made ?? groups.followed.get(node.layer);
  const prunable: LayerSummary['prunable'] = [
    ...(kernels.length > 0 ? (['weight', 'block'] as const) : []),
    ...(kernels.some(({ name, shape }) => inputAxisOf(node.type, roleOf(name), shape.length) !== null) ? (['n:m'] as const) : []),
    ...(made?.prunable === true ? [made.granularity] : []),
  ];
  const why =
    made?.why ??
    (kind === undefined
      ? 'the studio does not know this class of layer'
      : kind.channels.role === 'consume'
        ? kind.channels.why
        : undefined);
  const channels = kind?.channels.role === 'make' ? countOf(node.config, kind.channels.count) : undefined;
  return {
    name: node.layer,
    type: node.type,
    inputShape: shown(shapes?.inputs[0]),
    outputShape: shown(shapes?.outputs[0]),
    parameters: tensors.reduce((sum, tensor) => sum + elementCount(tensor.shape), 0),
    nonzero: tensors.reduce((sum, tensor) => sum + (nonzero.get(tensor) ?? 0), 0),
    macs: calls.reduce((sum, call) => sum + macsOf(shaped, call), 0),
    group: followed?.id ?? null,
    prunable,
    ...(why === undefined ? {} : { why }),
    ...(channels === undefined ? {} : { channels }),
    ...(typeof node.config['activation'] === 'string' || kind?.kernels !== undefined ? { activation: activationOf(node.config) } : {}),
  };
}

/** Multiply-accumulates of one sample, without a look at the weights. */
export function countMacs(topology: Topology): number {
  const shaped = inferShapes(readGraph(topology));
  return shaped.graph.nodes.reduce((sum, node) => sum + macsOf(shaped, node), 0);
}

function macsOf(shaped: ShapedGraph, node: GraphNode): number {
  const shapes = shaped.shapes.get(node.id);
  const inputs = (shapes?.inputs ?? []).filter((shape) => shape !== null);
  const output = shapes?.outputs[0] ?? null;
  if (output === null || inputs.length < (shapes?.inputs.length ?? 0)) return 0;
  return Math.round(layerKind(node.type)?.macs?.(node.config, inputs, output) ?? 0);
}

/** Where samples come in, in the order in which the network takes them. */
function inputsOf({ graph }: ShapedGraph, { config }: Topology): NetworkEnd[] {
  const order = readEnds(config.input_layers).map(({ layer }) => layer);
  return graph.nodes
    .filter((node) => node.inputs.length === 0 && node.inputShape !== null)
    .map(({ layer, inputShape }) => ({ name: layer, shape: shown(inputShape) }))
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

function outputsOf({ graph, shapes }: ShapedGraph): NetworkEnd[] {
  const layers = new Map(graph.nodes.map(({ id, layer }) => [id, layer]));
  return graph.outputs.map(({ node, output }) => ({
    name: layers.get(node) ?? node,
    shape: shown(shapes.get(node)?.outputs[output]),
  }));
}

/** Empty where a shape isn't known. */
function shown(shape: TensorShape | null | undefined): Shape {
  return [...(shape ?? [])];
}
