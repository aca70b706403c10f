// Small ONNX models for tests, byte by byte as protobuf has them.
import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  TensorProto_DataType as Type,
  type NodeProtoSchema,
  type TensorProtoSchema,
} from '#formats/onnx/generated/onnx_pb.ts';

export type NodeInit = Exclude<Parameters<typeof create<typeof NodeProtoSchema>>[1], undefined | { $typeName: string }>;
export type TensorInit = Exclude<Parameters<typeof create<typeof TensorProtoSchema>>[1], undefined | { $typeName: string }>;

/** From x to y, both of `shape` (0: free), float32. */
export function modelOf(node: NodeInit[], initializer: TensorInit[] = [], more: { opset?: bigint; shape?: bigint[] } = {}): Uint8Array {
  const dim = (more.shape ?? [0n, 3n, 8n, 8n]).map((size) => ({ value: { case: 'dimValue' as const, value: size } }));
  const value = (name: string) => ({
    name,
    type: { value: { case: 'tensorType' as const, value: { elemType: Type.FLOAT, shape: { dim } } } },
  });
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: more.opset ?? 17n }],
      graph: { name: 'g', node, initializer, input: [value('x')], output: [value('y')] },
    }),
  );
}

export const relu: NodeInit = { opType: 'Relu', name: 'r', input: ['x'], output: ['y'] };
export const int = (name: string, i: bigint) => ({ name, type: Kind.INT, i });
/** Zeros. */
export const floats = (name: string, dims: bigint[]): TensorInit => ({
  name,
  dims,
  dataType: Type.FLOAT,
  rawData: new Uint8Array(4 * Number(dims.reduce((a, b) => a * b, 1n))),
});
