// Real Keras files of both generations: the same weights from every format, and the answers Keras gave, by tfjs-layers.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readNpy } from '#formats/containers/npy.ts';
import { readModel } from '#formats/read-model.ts';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { readModelFile, writeModelFile } from '#formats/model-file.ts';
import { writeTfjs } from '#formats/tfjs/write-tfjs.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';

const tf: typeof import('@tensorflow/tfjs') = createRequire(import.meta.url)('@tensorflow/tfjs');
const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
const array = (name: string) => readNpy(readFileSync(fixture(name)), { file: name });
const folder = mkdtempSync(join(tmpdir(), 'formats-'));
test('a kernel of 12 MB, read in pieces, comes back to the bit', async () => {
  const [rows, units] = [1500, 2001];
  const model: ModelArtifact = {
    topology: {
      class_name: 'Sequential',
      config: {
        name: 'large',
        layers: [
          { class_name: 'InputLayer', config: { name: 'input', batch_input_shape: [null, rows], dtype: 'float32' } },
          { class_name: 'Dense', config: { name: 'dense', units, activation: 'linear', use_bias: false } },
        ],
      },
    },
    weights: [
      { name: 'dense/kernel', dtype: 'float32', shape: [rows, units], data: Float32Array.from({ length: rows * units }, (_, at) => at) },
    ],
    metadata: {},
  };
  const { path } = await writeKeras(join(folder, 'large.keras'), model);
  const [kernel] = (await readModel(path)).artifact.weights;
  assert.deepEqual(kernel!.shape, [rows, units]);
  assert.ok(kernel!.data.every((value, at) => value === at));
});

const parameters = { mlp: 53, cnn: 247, series: 58, nested: 30 };

for (const [name, expected] of Object.entries(parameters)) {
  test(`${name}: .keras, Keras 3 .h5 and Keras 2 .h5 hold the same ${expected} weights`, async () => {
    const [first, ...others] = await Promise.all(
      ['keras', 'keras3.h5', 'keras2.h5'].map(async (format) => (await readModel(fixture(`${name}.${format}`))).artifact),
    );
    assert.equal(
      first!.weights.reduce((sum, { data }) => sum + data.length, 0),
      expected,
    );
    for (const other of others) assert.deepEqual(other.weights, first!.weights);
  });

  for (const format of ['keras', 'keras2.h5', 'keras3.h5']) {
    test(`${name}.${format} answers as in Keras, to 1e-6`, async () => {
      assert.ok((await difference((await readModel(fixture(`${name}.${format}`))).artifact, name)) < 1e-6);
    });
  }

  test(`${name}: each format written and read again is the same model`, async () => {
    const { artifact } = await readModel(fixture(`${name}.keras`));
    const keras = await writeKeras(join(folder, `${name}.keras`), artifact);
    const [json] = writeTfjs(join(folder, name), artifact);
    writeModelFile(join(folder, `${name}.model`), artifact);
    const again = [
      (await readModel(keras.path)).artifact,
      (await readModel(json!.path)).artifact,
      readModelFile(join(folder, `${name}.model`)),
    ];
    for (const { topology, weights } of again) {
      assert.deepEqual(weights, artifact.weights);
      assert.deepEqual(topology, artifact.topology);
    }
  });
}

test('a .keras file written twice, a second apart, has the same bytes', async () => {
  const { artifact } = await readModel(fixture('cnn.keras'));
  const first = await writeKeras(join(folder, 'first.keras'), artifact);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assert.equal((await writeKeras(join(folder, 'second.keras'), artifact)).sha256, first.sha256);
});

test('float16 weights become float32: 17/4 is the last of the kernel', async () => {
  const { artifact } = await readModel(fixture('half.keras'));
  assert.deepEqual(
    [artifact.weights[0]!.dtype, artifact.weights[0]!.data.at(-1), [...artifact.weights[1]!.data]],
    ['float32', 4.25, [1, -2, 0.5]],
  );
});

for (const file of ['lambda.keras', 'lambda.keras2.h5', 'lambda.keras3.h5']) {
  test(`${file}: the Lambda is refused by name, never run`, async () => {
    await assert.rejects(readModel(fixture(file)), { code: 'unsafe-file', where: /doubling$/ });
  });
}

async function difference(artifact: ModelArtifact, name: string): Promise<number> {
  await tf.setBackend('cpu');
  const weights = artifact.weights.map(({ name: each, shape, dtype }) => ({
    name: each,
    shape: [...shape],
    dtype: dtype === 'uint8' ? ('int32' as const) : dtype,
  }));
  const data = Buffer.concat(
    artifact.weights.map((tensor) => Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength)),
  );
  const weightData = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology: JSON.parse(JSON.stringify(artifact.topology)), weightSpecs: weights, weightData }),
  );
  const input = array(`${name}.input.npy`);
  const answer = model.predict(tf.tensor(input.data, [...input.shape]));
  assert.ok(answer instanceof tf.Tensor);
  const expected = array(`${name}.output.npy`).data;
  return Float32Array.from(answer.dataSync()).reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index]!)), 0);
}
