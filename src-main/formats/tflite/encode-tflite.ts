// A TFLite graph as the bytes of a .tflite file.
import { Builder, type Offset } from 'flatbuffers';
import * as schema from './generated/tflite-schema.ts';
import type { Quantization, TfliteGraph, TfliteOperator, TfliteTensor } from './tflite-graph.ts';

export interface TfliteEnds {
  /** Names as a program asks for them, and the numbers of the tensors. */
  readonly inputs: readonly (readonly [name: string, tensor: number])[];
  readonly outputs: readonly (readonly [name: string, tensor: number])[];
  readonly description: string;
  readonly metadata: Uint8Array;
}

/** What the constant data must begin at a multiple of, for interpreters that map the file into memory. */
const alignment = 16;
/** Version 3 of the format, the one with this file identifier. */
const identifier = 'TFL3';

export function encodeTflite(graph: TfliteGraph, ends: TfliteEnds): Uint8Array {
  const size = graph.tensors.reduce((sum, { data }) => sum + (data?.byteLength ?? 0) + 400, 4096);
  const builder = new Builder(size);
  const table = (fields: number, set: () => void): Offset => {
    builder.startObject(fields);
    set();
    return builder.endObject();
  };
  const offsets = (values: readonly Offset[]): Offset => vector(builder, values, (value) => builder.addOffset(value));
  const integers = (values: readonly number[]): Offset => vector(builder, values, (value) => builder.addInt32(value));

  // Buffer 0 is the empty one by definition; the metadata's is the last.
  const constants = [...graph.tensors.flatMap(({ data }) => (data === undefined ? [] : [data])), ends.metadata];
  const buffers = offsets(
    [undefined, ...constants].map((data) => {
      const bytes = data === undefined ? undefined : byteVector(builder, data);
      return table(schema.BufferFields, () => {
        if (bytes !== undefined) schema.BufferAddData(builder, bytes);
      });
    }),
  );
  let buffer = 0;
  const tensors = offsets(
    graph.tensors.map((tensor) => tensorTable(builder, table, integers, tensor, tensor.data === undefined ? 0 : ++buffer)),
  );
  const codes = [...new Map(graph.operators.map((operator) => [codeKey(operator), operator])).values()];
  const operators = offsets(
    graph.operators.map((operator) => {
      const index = codes.findIndex((code) => codeKey(code) === codeKey(operator));
      const [inputs, outputs, { options }] = [integers(operator.inputs), integers(operator.outputs), operator];
      const own = options === undefined ? undefined : table(options.fields, () => options.set(builder));
      return table(schema.OperatorFields, () => {
        schema.OperatorAddOpcodeIndex(builder, index);
        schema.OperatorAddInputs(builder, inputs);
        schema.OperatorAddOutputs(builder, outputs);
        if (options === undefined || own === undefined) return;
        schema.OperatorAddBuiltinOptionsType(builder, options.type);
        schema.OperatorAddBuiltinOptions(builder, own);
      });
    }),
  );
  const [name, inputs, outputs] = [
    builder.createString('main'),
    integers(ends.inputs.map(([, tensor]) => tensor)),
    integers(ends.outputs.map(([, tensor]) => tensor)),
  ];
  const subgraphs = offsets([
    table(schema.SubGraphFields, () => {
      schema.SubGraphAddTensors(builder, tensors);
      schema.SubGraphAddInputs(builder, inputs);
      schema.SubGraphAddOutputs(builder, outputs);
      schema.SubGraphAddOperators(builder, operators);
      schema.SubGraphAddName(builder, name);
    }),
  ]);
  const operatorCodes = offsets(
    codes.map(({ code, version }) =>
      table(schema.OperatorCodeFields, () => {
        // Readers older than the 128th operator look at the short field.
        schema.OperatorCodeAddDeprecatedBuiltinCode(builder, Math.min(code, 127));
        schema.OperatorCodeAddVersion(builder, version);
        schema.OperatorCodeAddBuiltinCode(builder, code);
      }),
    ),
  );
  const maps = (named: TfliteEnds['inputs']): Offset =>
    offsets(
      named.map(([key, tensor]) => {
        const text = builder.createString(key);
        return table(schema.TensorMapFields, () => {
          schema.TensorMapAddName(builder, text);
          schema.TensorMapAddTensorIndex(builder, tensor);
        });
      }),
    );
  const [given, answered, key] = [maps(ends.inputs), maps(ends.outputs), builder.createString('serving_default')];
  const signatures = offsets([
    table(schema.SignatureDefFields, () => {
      schema.SignatureDefAddInputs(builder, given);
      schema.SignatureDefAddOutputs(builder, answered);
      schema.SignatureDefAddSignatureKey(builder, key);
    }),
  ]);
  const metadataName = builder.createString('espalier');
  const metadata = offsets([
    table(schema.MetadataFields, () => {
      schema.MetadataAddName(builder, metadataName);
      schema.MetadataAddBuffer(builder, constants.length);
    }),
  ]);
  const description = builder.createString(ends.description);
  builder.finish(
    table(schema.ModelFields, () => {
      schema.ModelAddVersion(builder, 3);
      schema.ModelAddOperatorCodes(builder, operatorCodes);
      schema.ModelAddSubgraphs(builder, subgraphs);
      schema.ModelAddDescription(builder, description);
      schema.ModelAddBuffers(builder, buffers);
      schema.ModelAddMetadata(builder, metadata);
      schema.ModelAddSignatureDefs(builder, signatures);
    }),
    identifier,
  );
  return builder.asUint8Array();
}

function codeKey({ code, version }: TfliteOperator): string {
  return `${code}.${version}`;
}

function tensorTable(
  builder: Builder,
  table: (fields: number, set: () => void) => Offset,
  integers: (values: readonly number[]) => Offset,
  tensor: TfliteTensor,
  buffer: number,
): Offset {
  const [name, shape] = [builder.createString(tensor.name), integers(tensor.shape)];
  // The batch is 1 until a program resizes the input.
  const signature = tensor.data === undefined ? integers([-1, ...tensor.shape.slice(1)]) : undefined;
  const quantization = tensor.quantization === undefined ? undefined : quantizationTable(builder, table, tensor.quantization);
  return table(schema.TensorFields, () => {
    schema.TensorAddShape(builder, shape);
    schema.TensorAddType(builder, tensor.type);
    schema.TensorAddBuffer(builder, buffer);
    schema.TensorAddName(builder, name);
    if (quantization !== undefined) schema.TensorAddQuantization(builder, quantization);
    if (signature !== undefined) schema.TensorAddShapeSignature(builder, signature);
    schema.TensorAddHasRank(builder, true);
  });
}

function quantizationTable(
  builder: Builder,
  table: (fields: number, set: () => void) => Offset,
  { scales, zeroPoint, axis }: Quantization,
): Offset {
  const scale = vector(builder, scales, (value) => builder.addFloat32(value));
  builder.startVector(8, scales.length, 8);
  for (let at = 0; at < scales.length; at++) builder.addInt64(BigInt(zeroPoint));
  const zeroPoints = builder.endVector();
  return table(schema.QuantizationParametersFields, () => {
    schema.QuantizationParametersAddScale(builder, scale);
    schema.QuantizationParametersAddZeroPoint(builder, zeroPoints);
    schema.QuantizationParametersAddQuantizedDimension(builder, axis);
  });
}

/** Vectors of four-byte items are written from the back. */
function vector<T>(builder: Builder, values: readonly T[], add: (value: T) => void): Offset {
  builder.startVector(4, values.length, 4);
  for (const value of values.toReversed()) add(value);
  return builder.endVector();
}

/** The first call makes room so that what follows begins aligned; the second one copies the bytes whole. */
function byteVector(builder: Builder, bytes: Uint8Array): Offset {
  builder.startVector(1, bytes.length, alignment);
  return builder.createByteVector(bytes);
}
