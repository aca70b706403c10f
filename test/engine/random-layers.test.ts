// Layers that draw random numbers: the statistics that their papers promise, fresh draws each step, compiled as op by op, resumed to the bit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-node';
import { loadModel } from '#main/engine/models/load-model.ts';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { registerRandomLayers } from '#main/engine/models/random-layers.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { CompiledStep } from '#main/engine/training/compiled/compiled-step.ts';
import { EagerStep } from '#main/engine/training/eager-step.ts';
import type { TrainingStep } from '#main/engine/training/training-step.ts';
import { initialise } from '#network/initialise.ts';
import type { JsonObject, ModelArtifact, Topology } from '#network/model-artifact.ts';
import { ruleOf } from './step-rules.ts';

const tf = loadTensorflow();
type Layer = readonly [className: string, config: JsonObject];

function sequence(shape: readonly number[], layers: readonly Layer[]): Topology {
  const input: Layer = ['InputLayer', { name: 'input', batch_input_shape: [null, ...shape], dtype: 'float32' }];
  return {
    class_name: 'Sequential',
    config: {
      name: 'random',
      layers: [input, ...layers].map(([class_name, config], at) => ({
        class_name,
        config: { ...config, name: String(config['name'] ?? `layer${at}`) },
      })),
    },
  };
}

const answer: Layer = ['Dense', { units: 3, activation: 'softmax', use_bias: true }];
const recurrent = { units: 5, activation: 'tanh', recurrent_activation: 'sigmoid', use_bias: true, dropout: 0.3, recurrent_dropout: 0.2 };
const networks: Readonly<Record<string, Topology>> = {
  ...Object.fromEntries(
    (
      [
        ['Dropout', { rate: 0.3 }],
        ['GaussianNoise', { stddev: 0.2 }],
        ['GaussianDropout', { rate: 0.3 }],
        ['AlphaDropout', { rate: 0.3 }],
      ] as const
    ).map((layer) => [layer[0], sequence([6], [['Dense', { units: 12, activation: 'selu', use_bias: true }], layer, answer])]),
  ),
  SpatialDropout1D: sequence(
    [6, 2],
    [
      ['Conv1D', { filters: 8, kernel_size: [3], strides: [1], padding: 'same', activation: 'relu', use_bias: true }],
      ['SpatialDropout1D', { rate: 0.3 }],
      ['Flatten', {}],
      answer,
    ],
  ),
  SpatialDropout2D: sequence(
    [4, 4, 2],
    [
      ['Conv2D', { filters: 8, kernel_size: [3, 3], strides: [1, 1], padding: 'same', activation: 'relu', use_bias: true }],
      ['SpatialDropout2D', { rate: 0.3 }],
      ['Flatten', {}],
      answer,
    ],
  ),
  'SimpleRNN with dropout': sequence([4, 3], [['SimpleRNN', { ...recurrent }], answer]),
  'GRU with dropout': sequence([4, 3], [['GRU', { ...recurrent, reset_after: false }], answer]),
  'LSTM with dropout': sequence(
    [4, 3],
    [
      ['LSTM', { ...recurrent, unit_forget_bias: true, return_sequences: true, name: 'first' }],
      ['LSTM', { ...recurrent, unit_forget_bias: true, name: 'second' }],
      answer,
    ],
  ),
};

async function begin(kind: 'eager' | 'compiled', artifact: ModelArtifact) {
  const network = await openNetwork({ tf }, artifact);
  const options = { loss: network.loss, rule: ruleOf('momentum'), seed: 4 };
  const inputShape = network.loaded.model.inputs[0]!.shape.slice(1) as number[];
  const step: TrainingStep =
    kind === 'eager' ? new EagerStep(tf, network.loaded, options) : new CompiledStep(tf, network.loaded, { ...options, inputShape }, 16);
  return { network, step, inputShape };
}

function take(
  { step, inputShape }: { step: TrainingStep; inputShape: readonly number[] },
  from: number,
  to: number,
  rate = 0.05,
): number[] {
  return Array.from({ length: to - from }, (_, index) => {
    const inputs = tf.randomUniform([16, ...inputShape], -1, 1, 'float32', 3);
    const labels = tf.tensor1d(
      Array.from({ length: 16 }, (_none, at) => at % 3),
      'int32',
    );
    const { loss } = step.run({ inputs, labels, count: 16, dispose: () => undefined }, from + index, rate);
    tf.dispose([inputs, labels]);
    return loss;
  });
}

function weightsOf({ network, step }: Awaited<ReturnType<typeof begin>>): number[] {
  step.publish();
  return network.capture().weights.flatMap(({ data }) => Array.from(data));
}

for (const [name, topology] of Object.entries(networks)) {
  test(`${name}: four compiled steps draw what the eager ones draw, another mask each step, and go on from step 2 with the same bits`, async () => {
    const artifact = initialise(topology, 7);
    const [eager, compiled, still] = [await begin('eager', artifact), await begin('compiled', artifact), await begin('compiled', artifact)];
    const [left, right] = [take(eager, 0, 4), take(compiled, 0, 4)];
    left.forEach((loss, at) => assert.ok(Math.abs(loss - right[at]!) <= 1e-5, `step ${at}: ${loss} and ${right[at]}`));
    const [ours, theirs] = [weightsOf(compiled), weightsOf(eager)];
    theirs.forEach((weight, at) => assert.ok(Math.abs(weight - ours[at]!) <= 1e-5));

    assert.equal(new Set(take(still, 0, 4, 1e-12)).size, 4);

    const half = await begin('compiled', artifact);
    take(half, 0, 2);
    const slots = half.step.captureSlots();
    weightsOf(half);
    const rest = await begin('compiled', half.network.capture());
    rest.step.restoreSlots(slots);
    assert.deepEqual(take(rest, 2, 4), right.slice(2));
    assert.deepEqual(weightsOf(rest), ours);
    const { numTensors } = tf.memory();
    take(rest, 4, 8);
    assert.equal(tf.memory().numTensors, numTensors);
    for (const { step } of [eager, compiled, still, half, rest]) step.dispose();
  });
}

/** What one layer makes of an input in training. */
async function disturbed(layer: Layer, input: Tensor, step = 1): Promise<Float32Array> {
  const { model } = await loadModel(tf, { ...initialise(sequence(input.shape.slice(1), [layer]), 1) });
  Object.assign(registerRandomLayers(tf), { seed: 9, step, drawn: 0 });
  return (model.apply(input, { training: true }) as Tensor).dataSync<'float32'>();
}
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: ArrayLike<number>) => mean(Array.from(values, (value) => value * value)) - mean(values) ** 2;

test('on 100,000 standard normal numbers: dropout keeps the mean, alpha dropout mean and variance, the Gaussian ones add what they say', async () => {
  const input = tf.randomNormal([1000, 100], 0, 1, 'float32', 5);
  const alpha = await disturbed(['AlphaDropout', { rate: 0.2 }], input);
  assert.ok(Math.abs(mean(alpha)) < 0.02 && Math.abs(variance(alpha) - 1) < 0.03, `mean ${mean(alpha)}, variance ${variance(alpha)}`);
  const [ones, zeros] = [tf.ones([1000, 100]), tf.zeros([1000, 100])];
  const noise = await disturbed(['GaussianNoise', { stddev: 0.3 }], zeros);
  assert.ok(Math.abs(mean(noise)) < 0.005 && Math.abs(variance(noise) - 0.09) < 0.003);
  const gaussian = await disturbed(['GaussianDropout', { rate: 0.2 }], ones); // variance rate / (1 − rate)
  assert.ok(Math.abs(mean(gaussian) - 1) < 0.01 && Math.abs(variance(gaussian) - 0.25) < 0.01);
  const dropped = await disturbed(['Dropout', { rate: 0.2 }], ones);
  assert.deepEqual([...new Set(dropped)].toSorted(), [0, 1.25]);
  assert.ok(Math.abs(dropped.filter((value) => value === 0).length / 1e5 - 0.2) < 0.005);
});

test('spatial dropout takes whole channels of a sample, and leaves others whole', async () => {
  const values = await disturbed(['SpatialDropout2D', { rate: 0.5 }], tf.ones([20, 3, 3, 8]));
  const channels = Array.from({ length: 20 * 8 }, (_, at) => {
    const [sample, channel] = [Math.floor(at / 8), at % 8];
    return new Set(Array.from({ length: 9 }, (_none, position) => values[(sample * 9 + position) * 8 + channel]!));
  });
  assert.ok(channels.every((seen) => seen.size === 1));
  const gone = channels.filter((seen) => seen.has(0)).length;
  assert.ok(gone > 55 && gone < 105, `${gone} of 160`);
});
