// Networks with several inputs and outputs: compiled, measured in both runtimes, pruned with a certificate; and what they are fed by chance.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recipe } from '#contract/recipe.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { initialise } from '#network/initialise.ts';
import { randomInputs } from '#main/engine/data/random-inputs.ts';
import { tensorsOf } from '#main/engine/data/samples.ts';
import { loadModel } from '#main/engine/models/load-model.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { openForward } from '#main/engine/training/compiled/compiled-forward.ts';
import type { Tensor } from '@tensorflow/tfjs-node';
import { asLayer, dense, graph } from '../pruning/graphs.ts';
import { layer } from '../pruning/networks.ts';
import { resultOf, scratchFolder } from './run-engine.ts';

const tf = loadTensorflow();

const twoByTwo = initialise(
  graph(
    { numbers: [6], words: [5] },
    [
      [layer('Embedding', 'embedding', { input_dim: 30, output_dim: 4 }), ['words']],
      [layer('Flatten', 'flatten'), ['embedding']],
      [dense('wide', 16), ['numbers']],
      [layer('Concatenate', 'both', { axis: -1 }), ['wide', 'flatten']],
      [dense('deep', 12), ['both']],
      [layer('Dense', 'classes', { units: 3, activation: 'softmax', use_bias: true }), ['deep']],
      [layer('Dense', 'number', { units: 1, activation: 'linear', use_bias: true }), ['deep']],
    ],
    ['classes', 'number'],
  ),
  3,
);

test('as one graph it gives each answer that it gives kernel by kernel, for a whole batch and for a short one', async () => {
  const loaded = await loadModel(tf, twoByTwo);
  const forward = openForward(tf, loaded);
  for (const count of [20, 3]) {
    const inputs = tensorsOf(tf, randomInputs(loaded.model, twoByTwo, count, 1));
    const answers = forward.run(inputs);
    const wanted = loaded.model.apply(inputs, { training: false }) as Tensor[];
    assert.deepEqual(
      answers.map(({ shape }) => shape),
      [
        [count, 3],
        [count, 1],
      ],
    );
    answers.forEach((answer, index) => {
      const [ours, theirs] = [answer.dataSync(), wanted[index]!.dataSync()];
      ours.forEach((value, at) => assert.ok(Math.abs(value - theirs[at]!) <= 1e-6));
    });
  }
  forward.dispose();
});

for (const runtime of ['tensorflow', 'onnxruntime'] as const) {
  test(`${runtime} measures it`, async () => {
    const workspace = scratchFolder();
    const { path: model } = writeModelFile(`${workspace}/two.model`, twoByTwo);
    const { result } = await resultOf({ kind: 'measure', model, settings: { runtime, batch: 2, runs: 5 } }, workspace);
    assert.ok(result.kind === 'measure' && result.p50 > 0);
  });
}

test('its neurons are pruned without data, measured, and certified on numbers and words by chance', async () => {
  const workspace = scratchFolder();
  const { path: model } = writeModelFile(`${workspace}/two.model`, twoByTwo);
  const recipe = Recipe.parse({ granularity: 'neuron', sparsity: 0.5, epochs: 0 });
  const { result } = await resultOf({ kind: 'prune', model, data: null, recipe, exportTo: null }, workspace);
  assert.ok(result.kind === 'prune');
  assert.equal(result.certificate?.verdict, 'equal');
  assert.ok(result.after.parameters < result.before.parameters);
});

test('what is fed by chance suits the reader: words of the vocabulary, pixels before a Rescaling of pixels, shares elsewhere; nested too', async () => {
  const inner = graph(
    { inside: [4] },
    [
      [layer('Rescaling', 'scaled', { scale: 1 / 127.5, offset: -1 }), ['inside']],
      [dense('hidden', 2), ['scaled']],
    ],
    ['hidden'],
  );
  const outer = initialise(
    graph(
      { pixels: [4], words: [4], shares: [4] },
      [
        [asLayer('inner', inner), ['pixels']],
        [layer('Embedding', 'embedding', { input_dim: 9, output_dim: 1 }), ['words']],
        [layer('Flatten', 'flatten'), ['embedding']],
        [layer('Concatenate', 'all', { axis: -1 }), ['inner:1', 'flatten', 'shares']],
      ],
      ['all'],
    ),
    1,
  );
  const { model } = await loadModel(tf, outer);
  const [pixels, words, shares] = randomInputs(model, outer, 200, 5).map(({ data }) => Array.from(data));
  assert.ok(Math.max(...pixels!) > 200 && Math.max(...pixels!) <= 255 && Math.min(...pixels!) >= 0);
  assert.deepEqual([...new Set(words)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.ok(Math.max(...shares!) <= 1 && Math.max(...shares!) > 0.9);
});
