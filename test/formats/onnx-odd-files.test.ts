// ONNX files that are odd and sound: read all the same.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType as Kind, ModelProtoSchema, TensorProto_DataType as Type } from '#formats/onnx/generated/onnx_pb.ts';
import { readOnnx } from '#formats/onnx/read/read-onnx.ts';
import { readModel } from '#formats/read-model.ts';
import { answersOfTfjs } from './onnx-answers.ts';
import { modelOf, relu, type NodeInit, type TensorInit } from './small-onnx.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'onnx-fixtures', name));

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

test('bounds far from 0 leave what is between them as it was, to the last bit', async () => {
  const bound = (name: string, value: number): TensorInit => ({ name, dims: [], dataType: Type.FLOAT, floatData: [value] });
  const x = { shape: [1, 6], data: Float32Array.of(-3.3e9, -12.345678, -1e-7, 0, 0.1, 7.654321e5) };
  const answered = async (nodes: NodeInit[], bounds: TensorInit[]): Promise<number[]> => {
    const artifact = readOnnx(modelOf(nodes, bounds, { shape: [0n, 6n] }), 'm.onnx');
    return Array.from((await answersOfTfjs(artifact, [x]))[0]!);
  };
  const clip: NodeInit = { opType: 'Clip', name: 'c', input: ['x', 'low', 'high'], output: ['y'] };
  assert.deepEqual(await answered([clip], [bound('low', -1e9), bound('high', 1e12)]), [-1e9, ...x.data.slice(1)]);
  const least: NodeInit = { opType: 'Min', name: 'm', input: ['x', 'high'], output: ['y'] };
  assert.deepEqual(await answered([least], [bound('high', 1e5)]), [...x.data.slice(0, 5), 1e5]);
});

test('what is repeated twice over is repeated only where the sum needs it', async () => {
  const sizes = (name: string, ...list: bigint[]): TensorInit => ({
    name,
    dims: [BigInt(list.length)],
    dataType: Type.INT64,
    int64Data: list,
  });
  const expand = (from: string, to: string, name: string): NodeInit => ({ opType: 'Expand', name, input: [from, to], output: [name] });
  const turned: NodeInit = {
    opType: 'Transpose',
    name: 't',
    input: ['x'],
    output: ['t'],
    attribute: [{ name: 'perm', type: Kind.INTS, ints: [0n, 2n, 1n] }],
  };
  const x = { shape: [1, 3, 1], data: Float32Array.of(1, 2, 3) };
  const answered = async (nodes: NodeInit[]) => {
    const artifact = readOnnx(modelOf(nodes, [sizes('square', 1n, 3n, 3n), sizes('wide', 1n, 3n, 2n)], { shape: [0n, 3n, 1n] }), 'm.onnx');
    const kinds = artifact.topology.config.layers.map(({ class_name: kind }) => kind);
    return { kinds, answers: Array.from((await answersOfTfjs(artifact, [x]))[0]!) };
  };
  const sum: NodeInit = { opType: 'Add', name: 's', input: ['a', 'b'], output: ['y'] };
  const table = await answered([turned, expand('x', 'square', 'a'), expand('t', 'square', 'b'), sum]);
  assert.deepEqual(table.answers, [2, 3, 4, 3, 4, 5, 4, 5, 6]);
  assert.ok(!table.kinds.includes('UpSampling1D'), table.kinds.join());
  const product: NodeInit = { opType: 'Mul', name: 'p', input: ['a', 'x'], output: ['y'] };
  const pairs = await answered([expand('x', 'wide', 'a'), product]);
  assert.deepEqual(pairs.answers, [1, 1, 4, 4, 9, 9]);
  assert.ok(pairs.kinds.includes('UpSampling1D'), pairs.kinds.join());
});
