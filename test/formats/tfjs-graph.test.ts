// tfjs graph models come in as layers and answer as TensorFlow and as tfjs's own graph executor; what has no layer is named with its node.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { openNpz } from '#formats/containers/npz.ts';
import { readModel } from '#formats/read-model.ts';
import { tfjsModel } from '#formats/tfjs/read-tfjs.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { largestDifference, predictInTfjs } from '../network/run-in-tfjs.ts';

const fixture = (...parts: string[]): string => join(import.meta.dirname, 'graph-fixtures', ...parts);
const shard = (name: string): Uint8Array => readFileSync(fixture(name, 'group1-shard1of1.bin'));
/** Counted by hand in the Keras model; batch normalization is folded into its convolution. */
const parameters = {
  images: 3 * 3 * 3 * 6 + 6 + (9 * 6 + 6) + (36 + 6) + (18 * 18 + 18) + (7 * 7 * 18 * 4 + 4),
  vectors: 8 * 10 + 10 + 66 + 21,
};

for (const [name, expected] of Object.entries(parameters)) {
  test(`${name}: ${expected} parameters, and TensorFlow's answers to 1e-6`, async () => {
    const archive = await openNpz(readFileSync(fixture(`${name}.npz`)), name);
    const [input, output] = [await archive.read('in0'), await archive.read('out0')];
    const { artifact } = await readModel(fixture(name));
    assert.equal(summariseNetwork(artifact).parameters, expected);
    const answer = await predictInTfjs(artifact, input.shape, Float32Array.from(input.data));
    assert.ok(largestDifference(answer, Float32Array.from(output.data)) < 1e-6);
  });

  test(`${name}: the file is one that tfjs's own executor runs, with the same answers`, async () => {
    const archive = await openNpz(readFileSync(fixture(`${name}.npz`)), name);
    const [input, output] = [await archive.read('in0'), await archive.read('out0')];
    const json = JSON.parse(readFileSync(fixture(name, 'model.json'), 'utf8')) as Record<string, never>;
    const bytes = Uint8Array.from(shard(name));
    const model = await tf.loadGraphModel({
      load: () =>
        Promise.resolve({
          modelTopology: json['modelTopology']!,
          signature: json['signature']!,
          weightSpecs: (json['weightsManifest']![0] as { weights: tf.io.WeightsManifestEntry[] }).weights,
          weightData: bytes.buffer,
        }),
    });
    const answer = model.predict(tf.tensor(Float32Array.from(input.data), [...input.shape])) as tf.Tensor;
    assert.ok(largestDifference(Float32Array.from(answer.dataSync()), Float32Array.from(output.data)) < 1e-6);
  });
}

test('an op without a layer is named with its node, a circle and a missing constant are damage', () => {
  const json = readFileSync(fixture('vectors', 'model.json'), 'utf8');
  const read = (text: string) => () => tfjsModel(Buffer.from(text), 'model.json', () => shard('vectors'));
  assert.throws(read(json.replace('"op": "Elu"', '"op": "Where"')), { code: 'unsupported', where: /Elu/, message: /Where/ });
  assert.throws(read(json.replace(/"op": "Placeholder"/, '"op": "Identity", "input": ["Identity"]')), {
    code: 'damaged-file',
    message: /circle/,
  });
  assert.throws(read(json.replace(/"name": "([^"]*MatMul[^"]*)", "shape"/, '"name": "another", "shape"')), {
    code: 'damaged-file',
    message: /manifest/,
  });
});
