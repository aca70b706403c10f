// ONNX files that are hostile or beyond Espalier: refused in plain words, within limits.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  TensorProto_DataLocation as Location,
  TensorProto_DataType as Type,
  type NodeProtoSchema,
  type TensorProtoSchema,
} from '#formats/onnx/generated/onnx_pb.ts';
import { readOnnx } from '#formats/onnx/read/read-onnx.ts';
import { readModel } from '#formats/read-model.ts';
import { record } from '../fuzz/record.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'onnx-fixtures', name));

type NodeInit = Exclude<Parameters<typeof create<typeof NodeProtoSchema>>[1], undefined | { $typeName: string }>;
type TensorInit = Exclude<Parameters<typeof create<typeof TensorProtoSchema>>[1], undefined | { $typeName: string }>;

function modelOf(node: NodeInit[], initializer: TensorInit[] = [], more: { opset?: bigint; shape?: bigint[] } = {}): Uint8Array {
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

const relu: NodeInit = { opType: 'Relu', name: 'r', input: ['x'], output: ['y'] };
const int = (name: string, i: bigint) => ({ name, type: Kind.INT, i });
const floats = (name: string, dims: bigint[]): TensorInit => ({
  name,
  dims,
  dataType: Type.FLOAT,
  rawData: new Uint8Array(4 * Number(dims.reduce((a, b) => a * b, 1n))),
});

const refused: Readonly<Record<string, [Uint8Array, { code: string; where?: RegExp; message?: RegExp }]>> = {
  "an unknown op, by its name and its node's": [
    modelOf([{ ...relu, opType: 'Einsum', name: 'mix' }]),
    { code: 'unsupported', where: /mix$/, message: /Einsum/ },
  ],
  'an op of another domain': [modelOf([{ ...relu, domain: 'com.example' }]), { code: 'unsupported', message: /com\.example/ }],
  'a loop': [
    modelOf([{ ...relu, opType: 'Loop', attribute: [{ name: 'body', type: Kind.GRAPH, g: { node: [relu] } }] }]),
    { code: 'unsupported', message: /Loop/ },
  ],
  'weights in another file': [
    modelOf(
      [relu],
      [{ ...floats('w', [1n]), dataLocation: Location.EXTERNAL, externalData: [{ key: 'location', value: '../../etc/passwd' }] }],
    ),
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
    { code: 'unsupported', where: /mix$/ },
  ],
  'no graph': [toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n })), { code: 'not-a-model' }],
  junk: [Buffer.from('\u0008\u0008 junk that goes on'), { code: 'damaged-file' }],
  '300,000 nodes in 900 kB': [nodes(300_000), { code: 'over-limit', message: /200000 nodes/ }],
  'graphs in graphs in graphs': [nested(100), { code: 'over-limit' }],
};

record('hostile', 'onnx', { files: Object.keys(refused).length, names: Object.keys(refused) });
for (const [name, [bytes, expected]] of Object.entries(refused)) {
  test(`refused: ${name}`, () => {
    assert.throws(() => readOnnx(bytes, 'm.onnx'), { name: 'StudioError', ...expected });
  });
}

test('a node named __proto__ is a layer like any other', () => {
  const { topology } = readOnnx(modelOf([{ ...relu, name: '__proto__' }]), 'm.onnx');
  assert.deepEqual(
    topology.config.layers.map(({ name }) => name),
    ['x', 'proto'],
  );
});

test('ONNX is known by its first bytes, not by its name', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'onnx-')), 'model.bin');
  writeFileSync(path, fixture('lenet.script.onnx'));
  assert.equal((await readModel(path)).format, 'onnx');
});

test('float16, float64 and one-by-one weights are read as float32', () => {
  const gemm = (w: TensorInit): number[] => {
    const bytes = modelOf([{ opType: 'Gemm', name: 'g', input: ['x', 'w'], output: ['y'] }], [w], { shape: [0n, 2n] });
    return Array.from(readOnnx(bytes, 'm.onnx').weights[0]!.data);
  };
  const dims = [2n, 1n];
  assert.deepEqual(
    gemm({ name: 'w', dims, dataType: Type.FLOAT16, rawData: new Uint8Array(Uint16Array.of(0x4440, 0xc000).buffer) }),
    [4.25, -2],
  );
  assert.deepEqual(gemm({ name: 'w', dims, dataType: Type.FLOAT16, int32Data: [0x4440, 0xc000] }), [4.25, -2]);
  assert.deepEqual(gemm({ name: 'w', dims, dataType: Type.DOUBLE, doubleData: [4.25, -2] }), [4.25, -2]);
  assert.deepEqual(gemm({ name: 'w', dims, dataType: Type.FLOAT, floatData: [4.25, -2] }), [4.25, -2]);
});

test('the fixtures themselves hold what the generated code reads: opsets 9 to 20', () => {
  const opset = (name: string) => Number(fromBinary(ModelProtoSchema, fixture(name)).opsetImport[0]!.version);
  assert.deepEqual(
    ['lenet.script.onnx', 'upsample.script.onnx', 'residual.script.onnx', 'gelu.script.onnx', 'gelu.dynamo.onnx'].map(opset),
    [9, 11, 13, 17, 20],
  );
});

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
