// Hostile ONNX files: weights elsewhere, sizes that lie, circles, ops that run code or that no layer stands for.
import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  TensorProto_DataLocation as Location,
  TensorProto_DataType as Type,
} from '#formats/onnx/generated/onnx_pb.ts';
import type { ErrorCode } from '#contract/errors.ts';
import { floats, int, modelOf, relu } from '../formats/small-onnx.ts';
import { laid, type HostileFile } from './hostile-file.ts';

const files: Readonly<Record<string, [Uint8Array, { code: ErrorCode; where?: RegExp; message?: RegExp }]>> = {
  "an unknown op, by its name and its node's": [
    modelOf([{ ...relu, opType: 'Einsum', name: 'mix' }]),
    { code: 'unsupported', where: /mix$/, message: /Einsum/ },
  ],
  'an op of another domain': [modelOf([{ ...relu, domain: 'com.example' }]), { code: 'unsupported', message: /com\.example/ }],
  'a loop': [
    modelOf([{ ...relu, opType: 'Loop', attribute: [{ name: 'body', type: Kind.GRAPH, g: { node: [relu] } }] }]),
    { code: 'unsupported', message: /Loop/ },
  ],
  'weights in another file': [external('../../etc/passwd'), { code: 'unsafe-file', where: /w$/ }],
  'weights in another file, by a detour': [external('a/../../secret.bin'), { code: 'unsafe-file', where: /w$/ }],
  'weights in another file, by its whole path': [external('/etc/passwd'), { code: 'unsafe-file', where: /w$/ }],
  'weights in another file, past its end': [
    external('secret.bin', { key: 'offset', value: '9223372036854775807' }, { key: 'length', value: '-1' }),
    { code: 'unsafe-file', where: /w$/ },
  ],
  'weights in another file, as an attribute': [
    modelOf([
      {
        opType: 'Constant',
        output: ['y'],
        attribute: [{ name: 'value', type: Kind.TENSOR, t: { ...floats('c', [1n]), dataLocation: Location.EXTERNAL } }],
      },
    ]),
    { code: 'unsafe-file' },
  ],
  "a weight of two gigabytes that isn't there": [
    modelOf([{ opType: 'Conv', name: 'c', input: ['x', 'w'], output: ['y'] }], [{ ...floats('w', [1n]), dims: [100000n, 3n, 100n, 100n] }]),
    { code: 'damaged-file', where: /w$/ },
  ],
  'sizes whose product is past all counting': [
    modelOf([{ opType: 'Conv', name: 'c', input: ['x', 'w'], output: ['y'] }], [{ ...floats('w', [1n]), dims: [2n ** 62n, 2n ** 62n] }]),
    { code: 'damaged-file', where: /w$/ },
  ],
  'a constant of all the memory there is': [
    modelOf(
      [{ opType: 'ConstantOfShape', name: 'huge', input: ['s'], output: ['y'] }],
      [{ name: 's', dims: [3n], dataType: Type.INT64, int64Data: [100000n, 100000n, 100000n] }],
    ),
    { code: 'unsupported', where: /huge$/ },
  ],
  'a node before what it needs': [
    modelOf([
      { ...relu, input: ['later'] },
      { ...relu, input: ['x'], output: ['later'] },
    ]),
    { code: 'damaged-file', message: /later/ },
  ],
  'a circle': [modelOf([{ ...relu, input: ['y'] }]), { code: 'damaged-file' }],
  'one name put out twice': [modelOf([relu, relu]), { code: 'damaged-file' }],
  'a missing output': [modelOf([{ ...relu, output: ['z'] }]), { code: 'damaged-file', where: /y$/ }],
  'opset 6': [modelOf([relu], [], { opset: 6n }), { code: 'unsupported', message: /opset 6/ }],
  'opset 99': [modelOf([relu], [], { opset: 99n }), { code: 'unsupported', message: /opset 99/ }],
  'a free height': [modelOf([relu], [], { shape: [0n, 3n, 0n, 8n] }), { code: 'unsupported', where: /x$/ }],
  'a kernel of another number of channels': [
    modelOf([{ opType: 'Conv', name: 'c', input: ['x', 'w'], output: ['y'] }], [floats('w', [2n, 4n, 1n, 1n])]),
    { code: 'damaged-file', where: /c$/ },
  ],
  'a window larger than its input': [
    modelOf([{ opType: 'Conv', name: 'c', input: ['x', 'w'], output: ['y'] }], [floats('w', [1n, 3n, 9n, 9n])]),
    { code: 'damaged-file', where: /c$/ },
  ],
  "an axis that isn't there": [
    modelOf([{ opType: 'Softmax', name: 's', input: ['x'], output: ['y'], attribute: [int('axis', 7n)] }]),
    { code: 'damaged-file', where: /s$/ },
  ],
  'quantised weights': [
    modelOf(
      [{ opType: 'Gemm', name: 'g', input: ['x', 'w'], output: ['y'] }],
      [{ name: 'w', dims: [1n], dataType: Type.INT4, rawData: new Uint8Array(1) }],
    ),
    { code: 'unsupported', where: /w$/ },
  ],
  'a name of two thousand bytes': [modelOf([{ ...relu, name: 'n'.repeat(2000) }]), { code: 'over-limit' }],
  'a samples-mixing reshape': [
    modelOf(
      [{ opType: 'Reshape', name: 'mix', input: ['x', 's'], output: ['y'] }],
      [{ name: 's', dims: [2n], dataType: Type.INT64, int64Data: [-1n, 96n] }],
    ),
    { code: 'unsupported', where: /y$/, message: /no sample has an answer/ },
  ],
  'no graph': [toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n })), { code: 'not-a-model' }],
  junk: [Buffer.from('\u0008\u0008 junk that goes on'), { code: 'not-a-model' }],
  '300,000 nodes in 900 kB': [nodes(300_000), { code: 'over-limit', message: /200000 nodes/ }],
  'graphs in graphs in graphs': [nested(100), { code: 'over-limit' }],
};

export const hostileOnnxFiles: readonly HostileFile[] = Object.entries(files).map(([what, [bytes, { code, where, message }]]) => ({
  what: `onnx: ${what}`,
  as: 'model',
  code,
  words: new RegExp(`${(where?.source ?? '').replace('$', ':')}.*${message?.source ?? ''}`),
  lay: (folder) => laid(folder, 'model.onnx', bytes),
}));

/** A weight said to be in another file. */
function external(location: string, ...more: { key: string; value: string }[]): Uint8Array {
  const elsewhere = { dataLocation: Location.EXTERNAL, externalData: [{ key: 'location', value: location }, ...more] };
  return modelOf([relu], [{ ...floats('w', [1n]), ...elsewhere }]);
}

/** Empty nodes: three bytes each in the file, hundreds in memory. */
function nodes(count: number): Uint8Array {
  const graph = Buffer.alloc(count * 2, Buffer.from([0x0a, 0x00]));
  return Buffer.concat([Buffer.from([0x08, 0x08, 0x3a]), varint(graph.length), graph]);
}

/** A node whose attribute is a graph whose node has an attribute that … */
function nested(depth: number): Uint8Array {
  let graph = Buffer.alloc(0);
  for (let level = 0; level < depth; level++) {
    for (const tag of [0x32, 0x2a, 0x0a]) graph = Buffer.concat([Buffer.from([tag]), varint(graph.length), graph]);
  }
  return Buffer.concat([Buffer.from([0x08, 0x08, 0x3a]), varint(graph.length), graph]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
