// Reads an ONNX model, as PyTorch, tf2onnx, skl2onnx and Espalier itself write it, into Keras layers.
import type { Json, ModelArtifact, Topology } from '#network/model-artifact.ts';
import { TensorProto_DataType as Type, type NodeProto, type ValueInfoProto } from '../generated/onnx_pb.ts';
import { parseJson } from '../../containers/json.ts';
import { printable, refusal, type Place } from '../../refusal.ts';
import { arranged, channelsLast, isPlain } from '../axis-order.ts';
import { batchSize, readTensor } from './constant.ts';
import type { Beside } from './external-data.ts';
import { folded } from './fold-constants.ts';
import { inputOrder } from './input-order.ts';
import { NetworkBuilder, type Flow } from './network-builder.ts';
import { NodeCall } from './node-call.ts';
import type { OnnxValue } from './onnx-value.ts';
import { leftOut, opReader } from './op-table.ts';
import { parseModel, type OnnxGraph } from './parse-model.ts';

const maxAxis = 2 ** 31;

/**
 * The network's answers are the file's. Images come in as (N, H, W, C) where the file takes (N, C, H, W), and go out so where the network ends in images;
 * sequences for convolutions likewise, (N, L, C) for (N, C, L). The batch axis is free, whatever the file says.
 * @param file its name, for messages. @param beside where weights may lie in files of their own. @throws StudioError `not-a-model`,
 * `damaged-file`, `unsafe-file` (weights in files elsewhere), `over-limit`, `disk-error`, `unsupported`
 * naming the op and the node.
 */
export function readOnnx(bytes: Uint8Array, file: string, beside?: Beside): ModelArtifact {
  const parsed = parseModel(bytes, { file }, beside);
  const builder = new NetworkBuilder({ file });
  const values = new Map<string, OnnxValue>();
  const inputs = addInputs(parsed, builder, values);
  readNodes(parsed, builder, values);
  const outputs = outputsOf(parsed, builder, values);
  const { layers, weights } = builder.finish(outputs);
  const end = (name: string): Json => [name, 0, 0];
  const topology: Topology = {
    class_name: 'Functional',
    config: {
      name: builder.unique(parsed.graph.name || 'network'),
      layers,
      input_layers: inputs.map(end),
      output_layers: outputs.map(end),
    },
  };
  const { producerName, producerVersion, metadataProps } = parsed.model;
  const own = producerName === 'Espalier' ? Object.fromEntries(metadataProps.map(({ key, value }) => [key, notedValue(value)])) : {};
  return {
    topology,
    weights,
    metadata: { ...own, onnxProducer: printable(`${producerName} ${producerVersion}`.trim()), onnxOpset: parsed.opset },
  };
}

/** Espalier writes what isn't a text as JSON. */
function notedValue(text: string): Json {
  try {
    return parseJson(text, { file: 'metadata_props' });
  } catch {
    return text;
  }
}

/** Inputs that aren't initializers too, as files of the first years list those again. */
function addInputs({ graph }: OnnxGraph, builder: NetworkBuilder, values: Map<string, OnnxValue>): string[] {
  const initializers = new Set(graph.initializer.map(({ name }) => name));
  return graph.input
    .filter(({ name }) => !initializers.has(name))
    .map((input) => {
      const shape = inputShape(input, builder.place);
      const type = input.type?.value.case === 'tensorType' ? input.type.value.value.elemType : Type.FLOAT;
      const order = inputOrder(graph, input.name, shape.length);
      const stored = arranged(shape, order).map((size) => (Number.isNaN(size) ? null : size));
      const integral = type === Type.INT32 || type === Type.INT64;
      const layer = builder.add(
        'InputLayer',
        input.name,
        { batch_input_shape: stored, dtype: integral ? 'int32' : 'float32', sparse: false },
        [],
      );
      const flow: Flow = { kind: 'flow', layer, shape, order, nonNegative: false };
      values.set(input.name, flow);
      return layer;
    });
}

function inputShape(input: ValueInfoProto, place: Place): number[] {
  const at = { ...place, member: input.name };
  const type = input.type?.value.case === 'tensorType' ? input.type.value.value : undefined;
  if (type?.shape === undefined)
    throw refusal('unsupported', at, 'This input is no tensor of a known shape.', 'Export the model with the shapes of its inputs.');
  const types: readonly number[] = [Type.FLOAT, Type.DOUBLE, Type.FLOAT16, Type.INT32, Type.INT64, Type.UINT8];
  if (!types.includes(type.elemType))
    throw refusal('unsupported', at, 'This input holds no numbers that Espalier feeds.', 'Export the model with float32 inputs.');
  const sizes = type.shape.dim.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : 0));
  if (sizes.length < 2 || sizes.length > 8)
    throw refusal(
      'unsupported',
      at,
      `This input has ${sizes.length} axes; a batch of samples has two to eight.`,
      'Export the model for batches.',
    );
  const [, ...sample] = sizes;
  if (sample.some((size) => size <= 0 || size >= maxAxis))
    throw refusal(
      'unsupported',
      at,
      'This input has a free axis beside the batch.',
      'Export the model with fixed sizes; only the batch may be free.',
    );
  return [batchSize, ...sample];
}

function readNodes({ graph, opset }: OnnxGraph, builder: NetworkBuilder, values: Map<string, OnnxValue>): void {
  const tensors = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const uses = new Map<string, number>();
  for (const name of [...graph.node.flatMap(({ input }) => input), ...graph.output.map(({ name }) => name)])
    uses.set(name, (uses.get(name) ?? 0) + 1);
  const outputs = new Set(graph.output.map(({ name }) => name));
  const valueOf = (name: string, node: NodeProto): OnnxValue | undefined => {
    if (name === '') return undefined;
    const known = values.get(name);
    if (known !== undefined) return known;
    const tensor = tensors.get(name);
    if (tensor === undefined)
      throw refusal(
        'damaged-file',
        { ...builder.place, member: node.name || node.opType },
        `Its input ${printable(name)} is made by no node before it.`,
      );
    const constant = readTensor(tensor, builder.place);
    values.set(name, constant);
    return constant;
  };
  for (const node of graph.node) {
    const call = new NodeCall(
      builder,
      node,
      node.input.map((name) => valueOf(name, node)),
      opset,
      uses,
    );
    const result = readNode(call);
    const results: readonly OnnxValue[] = 'kind' in result ? [result] : result;
    node.output.forEach((name, at) => {
      if (values.has(name) && name !== '') throw call.damage(`its output ${printable(name)} is there already`);
      const value = results[at];
      if (value === undefined || name === '') return;
      const open = value.kind === 'stretched' || value.kind === 'normalization-part';
      values.set(name, open && outputs.has(name) ? call.settled(value) : value);
    });
  }
}

function readNode(call: NodeCall): OnnxValue | readonly OnnxValue[] {
  const { opType, domain } = call.node;
  const out = call.inputs.find((input) => input?.kind === 'left-out');
  if (out !== undefined || leftOut.has(opType)) return { kind: 'left-out', op: out?.op ?? opType };
  const constant = domain === '' || domain === 'ai.onnx' ? folded(call) : undefined;
  if (constant !== undefined) return constant;
  const reader = opReader(domain, opType);
  if (reader === undefined)
    throw call.refusal(
      domain === '' || domain === 'ai.onnx' ? 'Espalier has no layer for it' : `it is of the domain ${printable(domain)}, not ONNX's own`,
    );
  return reader(call);
}

/** As they are stored: images have their channels last. Labels made from scores are left out as long as something else is put out. */
function outputsOf({ graph }: OnnxGraph, builder: NetworkBuilder, values: ReadonlyMap<string, OnnxValue>): string[] {
  // Where images came in with their channels last, whatever has as many axes goes out so, in whichever order the last layer left it.
  const images = graph.input.flatMap(({ name }) => {
    const value = values.get(name);
    return value?.kind === 'flow' && value.shape.length > 2 && !isPlain(value.order) ? [value.shape.length] : [];
  });
  const flows = graph.output.flatMap(({ name }) => {
    const value = values.get(name);
    if (value?.kind === 'left-out') return [];
    if (value?.kind !== 'flow' || value.layer === '')
      throw refusal(
        value === undefined ? 'damaged-file' : 'unsupported',
        { ...builder.place, member: name },
        value?.kind === 'joined'
          ? 'This output counts the batch and another axis as one, so that no sample has an answer of its own.'
          : 'This output does not come out of the network.',
      );
    if (value.flattened !== undefined || value.order.length !== value.shape.length) return [builder.plain(value)];
    const rank = value.shape.length;
    // Steps and entries go out as the file has them, but where sequences came in with their channels last: then as they are.
    if (rank === 3 && !images.includes(rank)) return [builder.batchFirst(value)];
    return [rank > 3 && images.includes(rank) && isPlain(value.order) ? builder.stored(value, channelsLast(rank)) : value];
  });
  if (flows.length === 0)
    throw refusal(
      'unsupported',
      builder.place,
      'None of its outputs is a tensor of a network.',
      'Export the model with its scores or probabilities as an output.',
    );
  const seen = new Set<string>();
  return flows.map((flow) => {
    // A layer can be one output only, and an input none.
    const again = seen.has(flow.layer) || builder.layers.get(flow.layer)?.className === 'InputLayer';
    const layer = again ? builder.add('Activation', `${flow.layer}_again`, { activation: 'linear' }, [flow]) : flow.layer;
    seen.add(layer);
    return layer;
  });
}
