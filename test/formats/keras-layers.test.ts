// Layers that tfjs-layers lacks, as real Keras files have them, answer as Keras did; weights alone go onto a network that is known.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openNpz } from '#formats/containers/npz.ts';
import { readModel, withWeightsOf } from '#formats/read-model.ts';
import { buildStarter } from '#network/starters.ts';
import { largestDifference, predictInTfjs } from '../network/run-in-tfjs.ts';

const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name);
const files = {
  // GRUs that reset before and after their product, both directions of an LSTM and of a GRU.
  'recurrent.keras': 'recurrent.npz',
  // x + y, z * 2 − 0.5, means, reshapes and transpositions written as operators.
  'operators.keras': 'operators.npz',
  'operators.keras2.h5': 'operators.keras2.npz',
  // Causal, depthwise, separable, transposed and grouped convolutions of sequences; padding, cropping and up-sampling of them.
  'one_dimensional.keras': 'one_dimensional.npz',
  // Layer, group, unit, batch and root-mean-square normalization.
  'norms.keras': 'norms.npz',
  // Dilated causal convolutions whose answers are summed up.
  'causal.keras': 'causal.npz',
  // Slices with steps, an ellipsis or a new axis; pieces, stacks, repetitions, padding; constants for each entry.
  'entries.keras': 'entries.npz',
  // EinsumDense in four manners.
  'equations.keras': 'equations.npz',
};

for (const [file, answers] of Object.entries(files)) {
  test(`${file} answers as in Keras, to 1e-6`, async () => {
    const archive = await openNpz(readFileSync(fixture(answers)), answers);
    const [input, expected] = [await archive.read('in0'), await archive.read('out0')];
    const { artifact } = await readModel(fixture(file));
    const answer = await predictInTfjs(artifact, input.shape, Float32Array.from(input.data));
    const difference = largestDifference(answer, Float32Array.from(expected.data));
    assert.ok(difference < 1e-6, `${difference}`);
  });
}

for (const file of ['mlp.weights.h5', 'mlp.keras2.legacy.h5']) {
  test(`${file}: weights alone become those of the network that they were saved from`, async () => {
    const { artifact } = await readModel(fixture('mlp.keras'));
    const blank = { ...artifact, weights: artifact.weights.map((tensor) => ({ ...tensor, data: new Float32Array(tensor.data.length) })) };
    assert.deepEqual((await withWeightsOf(blank, fixture(file))).weights, artifact.weights);
  });

  test(`${file}: a network that they don't fit is refused`, async () => {
    await assert.rejects(withWeightsOf(buildStarter('lenet-300-100', 1), fixture(file)), { code: 'damaged-file', where: new RegExp(file) });
  });
}
