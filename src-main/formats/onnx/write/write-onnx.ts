// Writes a model as an ONNX file.
import type { StagedArtifact } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { readGraph, type GraphNode, type TensorRef } from '#network/graph.ts';
import { readEnds } from '#network/inbound-nodes.ts';
import { weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { inferShapes, type ShapedGraph } from '#network/tensor-shapes.ts';
import { plainOrder } from '../axis-order.ts';
import { writeFileDurably } from '#main/files/durable-write.ts';
import { TensorProto_DataType as DataType } from '../generated/onnx_pb.ts';
import { int } from './attributes.ts';
import { axisNames, encodeModel, type GraphEnd, type OnnxModel } from './encode-model.ts';
import { GraphWriter, type OnnxNode, type Value } from './graph-writer.ts';
import { LayerCall } from './layer-call.ts';
import { layerWriter } from './layer-table.ts';

/**
 * The file answers as the model does: inputs and outputs have Keras's names, shapes and order of axes (images stay N, H, W, C; inside they are
 * N, C, H, W), the batch axis is free (N), numbers are float32, pruned weights stay exactly zero. Nested models are taken apart.
 * @param version of Espalier, for the file's producer_version.
 * @throws StudioError `unsupported` naming a layer that ONNX can't express, `damaged-file`, `over-limit` past 2 GB, `disk-full`, `disk-error`.
 */
// Asynchronous as the other writers are, so that a refusal is always a rejected promise.
export async function writeOnnx(path: string, artifact: ModelArtifact, version = ''): Promise<StagedArtifact> {
  return writeFileDurably(path, encodeModel(onnxModel(artifact), version));
}

/** The model in ONNX's terms. */
export function onnxModel({ topology, weights, metadata }: ModelArtifact): OnnxModel {
  const shaped = inferShapes(readGraph(topology));
  const tensors = weightsByLayer({ topology, weights, metadata });
  const graph = new GraphWriter();
  const values = new Map<string, readonly Value[]>();
  const inputs: GraphEnd[] = [];
  const valueAt = (ref: TensorRef): Value => {
    const value = values.get(ref.node)?.[ref.output];
    if (value === undefined)
      throw new StudioError('damaged-file', 'It uses an output that no layer has.', { where: `layer "${ref.node}"` });
    return value;
  };
  const names = shaped.graph.outputs.map(({ node }) => graph.unique(node));
  for (const node of inTheirOrder(shaped, topology.config.input_layers)) {
    const given = node.inputs.map(valueAt);
    if (node.inputs.length === 0) given.push(addInput(graph, inputs, node, shaped.graph.nodes));
    const writer = layerWriter(node.type);
    const shape = shaped.shapes.get(node.id)?.outputs[0] ?? null;
    if (writer === undefined || shape === null) throw unwritable(node, shaped, writer !== undefined);
    const written = writer(new LayerCall(graph, node, given, shape, tensors.get(node.layer) ?? []));
    values.set(node.id, 'name' in written ? [written] : written);
  }
  const ends = shaped.graph.outputs.map((ref) => graph.plain(valueAt(ref)));
  const outputs = ends.map(({ name, shape }, at): GraphEnd => {
    nameOutput(graph, name, names[at]!);
    return { name: names[at]!, type: 'float32', shape: axisNames(names[at]!, shape) };
  });
  const nodes = needed(graph.nodes, names);
  const used = new Set(nodes.flatMap((node) => node.inputs));
  const texts = Object.entries({ ...metadata, producer: 'Espalier' }).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return {
    name: topology.config.name,
    nodes,
    inputs,
    outputs,
    metadata: Object.fromEntries(texts),
    initializers: [...graph.initializers.values()].filter(({ name }) => used.has(name)),
  };
}

/** Input layers first and as the model lists them, so that the file's inputs stand in that order. */
function inTheirOrder({ graph }: ShapedGraph, ends: Parameters<typeof readEnds>[0]): readonly GraphNode[] {
  const listed = readEnds(ends).map(({ layer }) => layer);
  const first = listed.flatMap((name) => graph.nodes.filter((node) => node.id === name && node.inputs.length === 0));
  return [...first, ...graph.nodes.filter((node) => !first.includes(node))];
}

/** Whole numbers are what an Embedding looks up; every other layer reckons with floats. */
function addInput(graph: GraphWriter, inputs: GraphEnd[], node: GraphNode, nodes: readonly GraphNode[]): Value {
  const shape = node.inputShape;
  if (shape === null)
    throw new StudioError('unsupported', 'The model does not say which shape its input has.', { where: `layer "${node.layer}"` });
  const name = graph.unique(node.type === 'InputLayer' ? node.id : `${node.id}_input`);
  const type = node.config['dtype'] === 'int32' && (node.type === 'InputLayer' || node.type === 'Embedding') ? 'int32' : 'float32';
  inputs.push({ name, type, shape: axisNames(name, [null, ...shape.slice(1)]) });
  const askers = nodes.filter((each) => each.inputs.some((input) => input.node === node.id));
  const whole = type === 'float32' || node.type === 'Embedding' || askers.every((each) => each.type === 'Embedding');
  const value = { name, shape, order: plainOrder(shape.length) };
  return whole ? value : { ...value, name: graph.op('Cast', `${name}_as_floats`, [name], [int('to', DataType.FLOAT)]) };
}

/** Puts a tensor out under the name of its layer, by renaming it; an input, or what is an output already, is passed on. */
function nameOutput(graph: GraphWriter, tensor: string, name: string): void {
  const named = graph.rename(tensor, name);
  if (named !== name) graph.opWithOutputs('Identity', name, [named], [], [name]);
}

/** Only what leads to an output. */
function needed(nodes: readonly OnnxNode[], outputs: readonly string[]): readonly OnnxNode[] {
  const wanted = new Set(outputs);
  const kept = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => wanted.has(name))) return false;
    for (const name of node.inputs) wanted.add(name);
    return true;
  });
  return kept.reverse();
}

function unwritable(node: GraphNode, shaped: ShapedGraph, known: boolean): StudioError {
  const why = shaped.unsupported.find(({ layer }) => layer === node.layer)?.why;
  return new StudioError(
    'unsupported',
    known
      ? `ONNX export can't write this layer: ${why ?? 'the shape of its input is not known'}.`
      : `ONNX export doesn't know layers of the class ${node.type}.`,
    {
      where: `layer "${node.layer}"`,
      whatToDo: 'Replace the layer, or export to another format.',
    },
  );
}
