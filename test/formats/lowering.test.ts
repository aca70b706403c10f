// The lowered network, run in plain TypeScript, against the layers that it came from, run by tfjs.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readModel } from '#formats/read-model.ts';
import { lowerModel } from '#formats/lowering/lower-model.ts';
import { runPlain } from '#formats/lowering/run-plain.ts';
import { observeRanges } from '#formats/lowering/observe-ranges.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { buildStarter } from '#network/starters.ts';
import { largestDifference, predictAllInTfjs, predictInTfjs } from '../network/run-in-tfjs.ts';
import { activationNames } from './activation-samples.ts';
import { graph, sampleNetworks, samples, sequence, twoEnds } from './tflite-sample-networks.ts';

async function difference(model: ModelArtifact, shape: readonly number[]): Promise<number> {
  const network = lowerModel(model);
  const input = samples(shape, 1);
  const answer = runPlain(network, new Map([[network.inputs[0]!, input]])).get(network.outputs[0]!)!;
  return largestDifference(answer, await predictInTfjs(model, [1, ...shape], input));
}

for (const [name, { model, shape }] of Object.entries(sampleNetworks)) {
  test(`${name}: lowered and run, it answers as tfjs to 1e-5`, async () => {
    assert.ok((await difference(model, shape)) <= 1e-5, `differs by ${await difference(model, shape)}`);
  });
}

const activations = [...activationNames, 'linear'];
test(`${activations.length} activations answer as tfjs to 1e-5`, async () => {
  for (const activation of activations) {
    const off = await difference(sequence(activation, [40], [['Dense', { units: 40, activation }]]), [40]);
    assert.ok(off <= 1e-5, `${activation} differs by ${off}`);
  }
});

test("a nested model is taken apart in place: Keras's own example answers as Keras", async () => {
  const { artifact } = await readModel(join(import.meta.dirname, 'fixtures', 'nested.keras2.h5'));
  assert.ok((await difference(artifact, [4])) <= 1e-6);
});

test('cnn-small becomes 8 operations: both normalisations are folded and all three activations fused', () => {
  const kinds = lowerModel(buildStarter('cnn-small', 1)).operations.map(
    (operation) => `${operation.kind}${'fused' in operation ? ` ${operation.fused}` : ''}`,
  );
  assert.deepEqual(kinds, ['convolution relu', 'pool', 'convolution relu', 'pool', 'reshape', 'dense relu', 'dense none', 'softmax']);
});

test('normalisation and activation reach a Conv1D through its reshapes: nothing but convolutions, pooling and views is left', () => {
  const { operations } = lowerModel(
    sequence(
      'steps',
      [16, 3],
      [
        ['Conv1D', { filters: 4, kernel_size: [3] }],
        ['BatchNormalization', { axis: -1 }],
        ['ReLU'],
        ['MaxPooling1D', { pool_size: [2] }],
        ['Conv1D', { filters: 2, kernel_size: [3] }],
      ],
    ),
  );
  assert.deepEqual(
    operations.map(({ kind }) => kind),
    ['reshape', 'convolution', 'pool', 'convolution', 'reshape'],
  );
});

test("two inputs come in the model's order, and a layer called twice answers as in tfjs", async () => {
  const network = lowerModel(twoEnds());
  assert.deepEqual(
    [network.inputs, network.outputs],
    [
      ['right', 'left'],
      ['curve', 'answer'],
    ],
  );
  const inputs = [samples([4], 1, 1), samples([4], 1, 2)];
  const tensors = runPlain(network, new Map(network.inputs.map((name, index) => [name, inputs[index]!])));
  const expected = await predictAllInTfjs(
    twoEnds(),
    inputs.map((data) => ({ shape: [1, 4], data })),
  );
  assert.ok(largestDifference(Float32Array.from([...tensors.get('curve')!, ...tensors.get('answer')!]), expected) < 1e-6);
});

test('a normalisation whose input is read twice is not folded', () => {
  const model = graph(
    'twice',
    [4, 4, 2],
    [
      ['conv', 'Conv2D', ['in'], { filters: 2, kernel_size: [1, 1] }],
      ['norm', 'BatchNormalization', ['conv'], { axis: 3 }],
      ['sum', 'Add', ['conv', 'norm']],
    ],
  );
  assert.deepEqual(
    lowerModel(model).operations.map(({ kind }) => kind),
    ['convolution', 'affine', 'merge'],
  );
});

test('folding keeps every pruned zero, with the sign of zero', () => {
  const model = buildStarter('cnn-small', 1);
  const pruned = {
    ...model,
    weights: model.weights.map((tensor) =>
      tensor.name === 'conv1/kernel' ? { ...tensor, data: tensor.data.map((value, at) => (at % 4 === 0 ? value : 0)) } : tensor,
    ),
  };
  const [first] = lowerModel(pruned).operations;
  assert.ok(first?.kind === 'convolution');
  assert.equal(first.kernel.filter((value) => Object.is(value, 0)).length, 108);
});

test('a layer that has no counterpart is refused by name', () => {
  assert.throws(() => lowerModel(sequence('volume', [4, 4, 4, 3], [['Conv3D', { filters: 2, kernel_size: [2, 2, 2] }]])), {
    code: 'unsupported',
    where: 'layer "l0"',
    message: /class Conv3D/,
  });
  assert.throws(
    () => lowerModel(sequence('first', [3, 4, 4], [['Conv2D', { filters: 2, kernel_size: [3, 3], data_format: 'channels_first' }]])),
    { code: 'unsupported', where: 'layer "l0"' },
  );
});

test('ranges are those of the tensors: a ReLU begins at 0, a softmax lies within 0 and 1, its input does not', () => {
  const ranges = observeRanges(sampleNetworks['dense']!.model, samples([6], 20));
  assert.equal(ranges.get('l0')!.min, 0);
  assert.ok(ranges.get('l2')!.min >= 0 && ranges.get('l2')!.max <= 1);
  assert.ok(ranges.get('l2/before softmax')!.min < 0);
  assert.throws(() => observeRanges(sampleNetworks['dense']!.model, new Float32Array(7)), { code: 'wrong-shape' });
});
