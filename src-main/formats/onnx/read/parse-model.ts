// The one reader of protobuf from ONNX files: counted before it is parsed, nothing followed but weights that lie beside it.
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type GraphProto, type ModelProto } from '../generated/onnx_pb.ts';
import { printable, refusal, type Place } from '../../refusal.ts';
import { fetchExternalData, type Beside } from './external-data.ts';
import { scanMessage } from './scan-message.ts';

const maxName = 1024;
const oldest = 7;
/** What each opset changed up to here is known; later ones may have changed any op. */
const newest = 25;

/** Whether a file begins as ONNX files do: field 1, the IR version, then another field of the model. */
export function looksLikeOnnx(head: Uint8Array): boolean {
  return head[0] === 0x08 && head[1]! >= 1 && head[1]! < 0x40 && [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72].includes(head[2]!);
}

export interface OnnxGraph {
  readonly graph: GraphProto;
  readonly model: ModelProto;
  readonly opset: number;
}

/** @throws StudioError `not-a-model`, `damaged-file`, `over-limit`, `unsafe-file` for weights in files elsewhere, `unsupported`, `disk-error`. */
export function parseModel(bytes: Uint8Array, place: Place, beside?: Beside): OnnxGraph {
  scanMessage(bytes, place);
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    throw refusal('damaged-file', place, "It can't be read as an ONNX model.", undefined, cause);
  }
  const { graph } = model;
  if (graph === undefined || graph.node.length === 0) throw refusal('not-a-model', place, 'It holds no ONNX graph.');
  const opset = Number(model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1n);
  if (opset < oldest || opset > newest) {
    throw refusal(
      'unsupported',
      place,
      `It is written for opset ${opset}; opsets ${oldest} to ${newest} are read.`,
      'Export it again with another opset_version, 17 for instance.',
    );
  }
  if (graph.sparseInitializer.length > 0)
    throw refusal('unsupported', place, "It stores weights in ONNX's sparse form.", 'Save it with dense weights.');
  fetchExternalData(graph.initializer, beside, place);
  for (const name of namesOf(graph)) {
    if (Buffer.byteLength(name) > maxName)
      throw refusal('over-limit', { ...place, member: printable(name) }, `A name is longer than ${maxName} bytes.`);
  }
  return { graph, model, opset };
}

function* namesOf(graph: GraphProto): Iterable<string> {
  for (const node of graph.node) {
    yield node.name;
    yield* node.input;
    yield* node.output;
    for (const { name } of node.attribute) yield name;
  }
  for (const { name } of [...graph.initializer, ...graph.input, ...graph.output]) yield name;
}
