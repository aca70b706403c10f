// ONNX export: every family of layers answers in ONNX Runtime as tfjs-layers does, to 1e-5 of the range.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import * as tf from '@tensorflow/tfjs';
import { ModelProtoSchema, type ValueInfoProto } from '#formats/onnx/generated/onnx_pb.ts';
import { writeOnnx } from '#formats/onnx/write/write-onnx.ts';
import type { JsonObject, LayerConfig, ModelArtifact } from '#network/model-artifact.ts';
import { answersOfOnnxRuntime, answersOfTfjs, artifactOf, difference, inputsOf, wave } from './onnx-answers.ts';
import { networks } from './onnx-networks.ts';

const folder = mkdtempSync(join(tmpdir(), 'onnx-'));

for (const [name, make] of Object.entries(networks)) {
  test(`${name}: ONNX Runtime answers as tfjs-layers, to 1e-5`, async (t) => {
    const model = make(tf);
    const artifact = artifactOf(model);
    const { path } = await writeOnnx(join(folder, `${name.replaceAll(/\W/g, '-')}.onnx`), artifact);
    const inputs = inputsOf(model, 3);
    const answers = await answersOfOnnxRuntime(path, inputs);
    const gap = difference(
      answers.map(({ data }) => data),
      await answersOfTfjs(artifact, inputs),
    );
    t.diagnostic(`largest difference ${gap.toExponential(1)}`);
    assert.ok(gap <= 1e-5, `${gap}`);
    assert.deepEqual(
      answers.map(({ dims }) => [...dims]),
      model.outputs.map(({ shape }) => [3, ...shape.slice(1)]),
    );
  });
}

const read = (path: string) => fromBinary(ModelProtoSchema, readFileSync(path));
const dense = (name: string, config: JsonObject): LayerConfig => ({ class_name: 'Dense', config: { name, units: 2, ...config } });
const sequential = (layers: LayerConfig[], weights: ModelArtifact['weights'] = []): ModelArtifact => ({
  topology: { class_name: 'Sequential', config: { name: 'net', layers } },
  weights,
  metadata: {},
});
const kernel = (name: string, shape: number[]): ModelArtifact['weights'][number] => ({
  name,
  dtype: 'float32',
  shape,
  data: wave(
    shape.reduce((a, b) => a * b, 1),
    1,
  ),
});

test("the file says who made it, and has Keras's names and a free batch axis", async () => {
  const model = networks['two inputs, two outputs, a nested model and a shared layer']!(tf);
  const { path, bytes, sha256 } = await writeOnnx(
    join(folder, 'names.onnx'),
    { ...artifactOf(model), metadata: { recipe: { sparsity: 0.5 }, parent: 'a' } },
    '1.2.3',
  );
  const { producerName, producerVersion, irVersion, opsetImport, graph, metadataProps } = read(path);
  assert.deepEqual([producerName, producerVersion, irVersion, opsetImport[0]!.version], ['Espalier', '1.2.3', 8n, 17n]);
  assert.deepEqual(Object.fromEntries(metadataProps.map(({ key, value }) => [key, value])), {
    recipe: '{"sparsity":0.5}',
    parent: 'a',
    producer: 'Espalier',
  });
  const ends = (list: readonly ValueInfoProto[]) =>
    list.map(({ name, type }) => [
      name,
      type?.value.case === 'tensorType' ? type.value.value.shape?.dim.map(({ value }) => String(value.value)) : [],
    ]);
  assert.deepEqual(ends(graph!.input), [
    ['left', ['N', '4']],
    ['right', ['N', '4']],
  ]);
  assert.deepEqual(ends(graph!.output), [
    ['first', ['N', '2']],
    ['second', ['N', '1']],
  ]);
  assert.deepEqual([bytes, sha256], [readFileSync(path).length, createHash('sha256').update(readFileSync(path)).digest('hex')]);
});

test('a shared layer is written once, and written twice the file has the same bytes', async () => {
  const artifact = artifactOf(networks['two inputs, two outputs, a nested model and a shared layer']!(tf));
  const [one, two] = [await writeOnnx(join(folder, 'one.onnx'), artifact), await writeOnnx(join(folder, 'two.onnx'), artifact)];
  assert.equal(one.sha256, two.sha256);
  assert.equal(read(one.path).graph!.initializer.length, artifact.weights.length);
});

test('exactly as many weights are zero in the file as in the network', async () => {
  const artifact = artifactOf(networks['convolutions, flattened']!(tf));
  const { path } = await writeOnnx(join(folder, 'zeros.onnx'), artifact);
  const zeros = (arrays: Float32Array[]) => arrays.reduce((sum, array) => sum + array.filter((value) => value === 0).length, 0);
  const stored = read(path)
    .graph!.initializer.filter(({ dataType }) => dataType === 1)
    .map(({ rawData }) => new Float32Array(Uint8Array.from(rawData).buffer));
  const expected = zeros(artifact.weights.map(({ data }) => Float32Array.from(data)));
  assert.ok(expected > 20);
  assert.equal(zeros(stored), expected);
});

test('a convolution that is flattened into a dense layer needs one Transpose, at the input', async () => {
  const { path } = await writeOnnx(join(folder, 'transposes.onnx'), artifactOf(networks['convolutions, flattened']!(tf)));
  assert.deepEqual(
    read(path).graph!.node.map(({ opType }) => opType),
    ['Transpose', 'Conv', 'Relu', 'MaxPool', 'Conv', 'Flatten', 'Tanh', 'Gemm', 'Softmax'],
  );
});

test('free spatial axes stay free', async () => {
  const conv: LayerConfig = {
    class_name: 'Conv2D',
    config: {
      name: 'conv',
      filters: 2,
      kernel_size: [3, 3],
      strides: [2, 2],
      padding: 'same',
      use_bias: false,
      batch_input_shape: [null, null, null, 1],
    },
  };
  const { path } = await writeOnnx(
    join(folder, 'free.onnx'),
    sequential([conv, { class_name: 'GlobalAveragePooling2D', config: { name: 'pool' } }], [kernel('conv/kernel', [3, 3, 1, 2])]),
  );
  for (const [height, width] of [
    [5, 8],
    [6, 7],
  ] as const) {
    const fixed = sequential(
      [
        { ...conv, config: { ...conv.config, batch_input_shape: [null, height, width, 1] } },
        { class_name: 'GlobalAveragePooling2D', config: { name: 'pool' } },
      ],
      [kernel('conv/kernel', [3, 3, 1, 2])],
    );
    const inputs = [{ shape: [2, height, width, 1], data: wave(2 * height * width, 0.5) }];
    const answers = await answersOfOnnxRuntime(path, inputs);
    assert.ok(
      difference(
        answers.map(({ data }) => data),
        await answersOfTfjs(fixed, inputs),
      ) <= 1e-5,
    );
  }
});

const refused: Readonly<Record<string, [ModelArtifact, { code: string; where: RegExp; message: RegExp }]>> = {
  'a layer of an unknown class': [
    sequential([{ class_name: 'Hypercube', config: { name: 'odd', batch_input_shape: [null, 2] } }]),
    { code: 'unsupported', where: /odd/, message: /Hypercube/ },
  ],
  masking: [
    sequential([{ class_name: 'Masking', config: { name: 'mask', batch_input_shape: [null, 4, 2] } }]),
    { code: 'unsupported', where: /mask/, message: /Masking/ },
  ],
  'an embedding that masks': [
    sequential(
      [{ class_name: 'Embedding', config: { name: 'words', input_dim: 3, output_dim: 2, mask_zero: true, batch_input_shape: [null, 4] } }],
      [kernel('words/embeddings', [3, 2])],
    ),
    { code: 'unsupported', where: /words/, message: /masks/ },
  ],
  'an activation without a name here': [
    sequential([dense('d', { activation: 'cubist', batch_input_shape: [null, 2] })], [kernel('d/kernel', [2, 2]), kernel('d/bias', [2])]),
    { code: 'unsupported', where: /d/, message: /cubist/ },
  ],
  'missing weights': [sequential([dense('d', { batch_input_shape: [null, 2] })]), { code: 'damaged-file', where: /d/, message: /kernel/ }],
  'bicubic up-sampling': [
    sequential([{ class_name: 'UpSampling2D', config: { name: 'up', interpolation: 'bicubic', batch_input_shape: [null, 2, 2, 1] } }]),
    { code: 'unsupported', where: /up/, message: /bicubic/ },
  ],
};

for (const [name, [artifact, expected]] of Object.entries(refused)) {
  test(`refused, and no file left: ${name}`, async () => {
    const path = join(folder, 'refused.onnx');
    await assert.rejects(writeOnnx(path, artifact), { name: 'StudioError', ...expected });
    assert.equal(existsSync(path), false);
  });
}
