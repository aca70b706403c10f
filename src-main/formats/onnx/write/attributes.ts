// Attributes of ONNX nodes, as the generated code takes them.
import type { MessageInitShape } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType as Type, type AttributeProtoSchema } from '../generated/onnx_pb.ts';

export type Attribute = MessageInitShape<typeof AttributeProtoSchema>;

export function int(name: string, value: number): Attribute {
  return { name, type: Type.INT, i: BigInt(value) };
}

export function ints(name: string, values: readonly number[]): Attribute {
  return { name, type: Type.INTS, ints: values.map(BigInt) };
}

export function float(name: string, value: number): Attribute {
  return { name, type: Type.FLOAT, f: value };
}

export function floats(name: string, values: readonly number[]): Attribute {
  return { name, type: Type.FLOATS, floats: [...values] };
}

export function text(name: string, value: string): Attribute {
  return { name, type: Type.STRING, s: Buffer.from(value) };
}

export function texts(name: string, values: readonly string[]): Attribute {
  return { name, type: Type.STRINGS, strings: values.map((value) => Buffer.from(value)) };
}
