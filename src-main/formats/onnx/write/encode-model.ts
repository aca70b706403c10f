// An ONNX model as the bytes of its file, in pieces: the weights themselves are never copied on their way to the disk.
import { create, toBinary } from '@bufbuild/protobuf';
import { StudioError } from '#contract/errors.ts';
import type { TensorShape } from '#network/config-values.ts';
import { GraphProtoSchema, ModelProtoSchema, TensorProto_DataType as DataType, TensorProtoSchema } from '../generated/onnx_pb.ts';
import type { Initializer, OnnxNode } from './graph-writer.ts';

export interface GraphEnd {
  readonly name: string;
  readonly type: 'float32' | 'int32';
  /** Axis names in place of sizes that are free. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly GraphEnd[];
  readonly outputs: readonly GraphEnd[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Opset 17 (2022) has all ops needed and is read by every runtime of the last years; IR 8 came with it. */
const opset = 17n;
const irVersion = 8n;
/** Field 7 of a model is its graph, field 5 of a graph an initializer, field 9 of a tensor its bytes; 2 means "length and bytes follow". */
const [graphField, initializerField, bytesField] = [7, 5, 9].map((field) => (field << 3) | 2);
/** What protobuf readers take. */
const maxBytes = 2 ** 31 - 1;

/** @throws StudioError `over-limit` past 2 GB. */
export function encodeModel(model: OnnxModel, version: string): readonly Uint8Array[] {
  const head = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion,
      producerName: 'Espalier',
      producerVersion: version,
      opsetImport: [{ domain: '', version: opset }],
      metadataProps: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
    }),
  );
  const graph = toBinary(
    GraphProtoSchema,
    create(GraphProtoSchema, {
      name: model.name,
      node: model.nodes.map(({ type, name, inputs, outputs, attributes }) => ({
        opType: type,
        name,
        input: [...inputs],
        output: [...outputs],
        attribute: [...attributes],
      })),
      input: model.inputs.map(graphEnd),
      output: model.outputs.map(graphEnd),
    }),
  );
  // Fields of a message may come in any order, so the weights are put behind what the library wrote.
  const tensors = model.initializers.flatMap(tensorPieces);
  const length = [graph, ...tensors].reduce((sum, piece) => sum + piece.byteLength, 0);
  if (length > maxBytes - head.byteLength - 16) {
    throw new StudioError('over-limit', `The model would take ${length} bytes; an ONNX file holds at most 2 GB.`, {
      whatToDo: 'Prune it further, or export to another format.',
    });
  }
  return [head, prefix(graphField!, length), graph, ...tensors];
}

function tensorPieces({ name, shape, data }: Initializer): readonly Uint8Array[] {
  const dataType = data instanceof Float32Array ? DataType.FLOAT : DataType.INT64;
  const head = toBinary(TensorProtoSchema, create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType }));
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const inner = prefix(bytesField!, bytes.length);
  return [prefix(initializerField!, head.length + inner.length + bytes.length), head, inner, bytes];
}

/** A field's tag and length, each as a varint: seven bits a byte, the lowest first. */
function prefix(tag: number, length: number): Uint8Array {
  const bytes: number[] = [tag];
  let rest = length;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function graphEnd({ name, type, shape }: GraphEnd) {
  const dim = shape.map((size) => ({
    value: typeof size === 'number' ? { case: 'dimValue' as const, value: BigInt(size) } : { case: 'dimParam' as const, value: size },
  }));
  const elemType = type === 'int32' ? DataType.INT32 : DataType.FLOAT;
  return { name, type: { value: { case: 'tensorType' as const, value: { elemType, shape: { dim } } } } };
}

/** N for the batch; other free axes get a name of their own. */
export function axisNames(name: string, shape: TensorShape): readonly (number | string)[] {
  return shape.map((size, axis) => size ?? (axis === 0 ? 'N' : `${name}_axis_${axis}`));
}
