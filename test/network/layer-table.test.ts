// The table of layers against tfjs-layers: output shapes and weights; multiply-accumulates against counts by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialise } from '#network/initialise.ts';
import type { JsonObject, Topology } from '#network/model-artifact.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { loadInTfjs } from './run-in-tfjs.ts';

interface Case {
  readonly type: string;
  readonly input: readonly number[];
  readonly config?: JsonObject;
  readonly macs?: number;
}

const cases: readonly Case[] = [
  { type: 'Dense', input: [6], config: { units: 4 }, macs: 24 },
  { type: 'Dense', input: [5, 6], config: { units: 4, use_bias: false }, macs: 120 },
  { type: 'Conv1D', input: [20, 3], config: { filters: 5, kernel_size: [4], strides: [2] }, macs: 9 * 4 * 3 * 5 },
  { type: 'Conv2D', input: [9, 11, 3], config: { filters: 8, kernel_size: [3, 5] }, macs: 7 * 7 * 15 * 3 * 8 },
  { type: 'Conv2D', input: [9, 11, 3], config: { filters: 8, kernel_size: 3, strides: 2, padding: 'same' }, macs: 5 * 6 * 9 * 3 * 8 },
  { type: 'Conv2D', input: [9, 11, 3], config: { filters: 8, kernel_size: [3, 3], dilation_rate: [2, 2] }, macs: 5 * 7 * 9 * 3 * 8 },
  { type: 'Conv3D', input: [5, 6, 7, 2], config: { filters: 4, kernel_size: [2, 3, 3] }, macs: 4 * 4 * 5 * 18 * 2 * 4 },
  { type: 'Conv2DTranspose', input: [5, 6, 3], config: { filters: 4, kernel_size: [3, 3], strides: [2, 2] }, macs: 5 * 6 * 3 * 9 * 4 },
  {
    type: 'Conv2DTranspose',
    input: [5, 6, 3],
    config: { filters: 4, kernel_size: [3, 3], strides: [2, 2], padding: 'same' },
    macs: 5 * 6 * 3 * 9 * 4,
  },
  { type: 'DepthwiseConv2D', input: [9, 9, 4], config: { kernel_size: [3, 3], depth_multiplier: 2 }, macs: 49 * 8 * 9 },
  {
    type: 'SeparableConv2D',
    input: [9, 9, 4],
    config: { filters: 6, kernel_size: [3, 3], depth_multiplier: 2 },
    macs: 49 * (8 * 9 + 8 * 6),
  },
  { type: 'BatchNormalization', input: [4, 4, 3], config: { axis: [3] }, macs: 0 },
  { type: 'BatchNormalization', input: [7], config: { scale: false } },
  { type: 'LayerNormalization', input: [4, 6], config: { axis: -1 } },
  { type: 'MaxPooling1D', input: [9, 2], config: { pool_size: [2] } },
  { type: 'MaxPooling2D', input: [9, 8, 2], config: { pool_size: [3, 2], strides: [2, 2], padding: 'same' } },
  { type: 'AveragePooling2D', input: [9, 8, 2], config: { pool_size: [2, 2], strides: null } },
  { type: 'GlobalAveragePooling1D', input: [9, 2] },
  { type: 'GlobalAveragePooling2D', input: [9, 8, 2] },
  { type: 'GlobalMaxPooling2D', input: [9, 8, 2] },
  { type: 'Flatten', input: [3, 4, 5] },
  { type: 'Reshape', input: [12], config: { target_shape: [3, 4] } },
  { type: 'Permute', input: [3, 4, 5], config: { dims: [3, 1, 2] } },
  { type: 'RepeatVector', input: [6], config: { n: 3 } },
  { type: 'Activation', input: [6], config: { activation: 'relu' } },
  { type: 'ReLU', input: [6] },
  { type: 'LeakyReLU', input: [6] },
  { type: 'ELU', input: [6] },
  { type: 'ThresholdedReLU', input: [6] },
  { type: 'PReLU', input: [4, 5, 6], config: { shared_axes: [1, 2] } },
  { type: 'PReLU', input: [4, 5, 6] },
  { type: 'Softmax', input: [6] },
  { type: 'Dropout', input: [6], config: { rate: 0.5 } },
  { type: 'GaussianNoise', input: [6], config: { stddev: 0.5 } },
  {
    type: 'ZeroPadding2D',
    input: [4, 5, 2],
    config: {
      padding: [
        [1, 2],
        [3, 4],
      ],
    },
  },
  { type: 'ZeroPadding2D', input: [4, 5, 2], config: { padding: [1, 2] } },
  {
    type: 'Cropping2D',
    input: [8, 9, 2],
    config: {
      cropping: [
        [1, 2],
        [3, 1],
      ],
    },
  },
  { type: 'UpSampling2D', input: [4, 5, 2], config: { size: [2, 3] } },
  { type: 'SimpleRNN', input: [7, 3], config: { units: 4 }, macs: 7 * 4 * (3 + 4) },
  { type: 'GRU', input: [7, 3], config: { units: 4, return_sequences: true, reset_after: false }, macs: 7 * 3 * 4 * (3 + 4) },
  { type: 'LSTM', input: [7, 3], config: { units: 4 }, macs: 7 * 4 * 4 * (3 + 4) },
  { type: 'Embedding', input: [7], config: { input_dim: 20, output_dim: 4 }, macs: 0 },
];

for (const { type, input, config = {}, macs = 0 } of cases) {
  test(`${type} on [${input.join(', ')}] ${JSON.stringify(config)}: tfjs has the same output shape and weights; ${macs} multiply-accumulates`, async () => {
    const topology: Topology = {
      class_name: 'Sequential',
      config: {
        name: 'one-layer',
        layers: [{ class_name: type, config: { name: 'layer', dtype: 'float32', batch_input_shape: [null, ...input], ...config } }],
      },
    };
    const artifact = initialise(topology, 1);
    const model = await loadInTfjs(artifact);
    const summary = summariseNetwork(artifact);
    assert.deepEqual(summary.outputShape, model.outputShape);
    assert.equal(summary.parameters, model.countParams());
    assert.deepEqual(
      model.getWeights().map((weight) => weight.shape),
      artifact.weights.map((tensor) => [...tensor.shape]),
    );
    assert.equal(summary.macs, macs);
  });
}

test('where tfjs misstates shapes, Keras counts: causal padding keeps 20 steps, and the gap in a reshape of 12 to [3, -1] is 4', () => {
  const shapeOf = (type: string, input: number[], config: JsonObject): unknown =>
    summariseNetwork(
      initialise(
        {
          class_name: 'Sequential',
          config: {
            name: 'one',
            layers: [{ class_name: type, config: { name: 'layer', batch_input_shape: [null, ...input], ...config } }],
          },
        },
        1,
      ),
    ).outputShape;
  assert.deepEqual(shapeOf('Conv1D', [20, 3], { filters: 5, kernel_size: [4], padding: 'causal' }), [null, 20, 5]);
  assert.deepEqual(shapeOf('Reshape', [12], { target_shape: [3, -1] }), [null, 3, 4]);
});

test('a GRU that resets after the product has two biases, as Keras 2 and 3 count them: 4 units on 3 inputs have 108 parameters', () => {
  const layers = [{ class_name: 'GRU', config: { name: 'gru', units: 4, reset_after: true, batch_input_shape: [null, 7, 3] } }];
  assert.equal(summariseNetwork(initialise({ class_name: 'Sequential', config: { name: 'gru', layers } }, 1)).parameters, 108);
});

test('a layer of an unknown class is listed and the rest goes on', () => {
  const layers = [
    { class_name: 'Dense', config: { name: 'before', units: 4, batch_input_shape: [null, 3] } },
    { class_name: 'MultiHeadMystery', config: { name: 'mystery' } },
    { class_name: 'Dense', config: { name: 'after', units: 2 } },
  ];
  const summary = summariseNetwork({ topology: { class_name: 'Sequential', config: { name: 'odd', layers } }, weights: [], metadata: {} });
  assert.deepEqual(
    summary.unsupported.map(({ layer }) => layer),
    ['mystery'],
  );
  assert.deepEqual(
    summary.layers.map(({ macs }) => macs),
    [12, 0, 0],
  );
  assert.match(summary.groups[0]?.why ?? '', /unknown class MultiHeadMystery/);
});

test('a configuration that contradicts itself is a damaged file that says where', () => {
  const broken = (config: JsonObject): Topology => ({
    class_name: 'Sequential',
    config: { name: 'broken', layers: [{ class_name: 'Conv2D', config: { name: 'conv', batch_input_shape: [null, 4, 4, 1], ...config } }] },
  });
  assert.throws(() => initialise(broken({ filters: 'many', kernel_size: [3, 3] }), 1), { code: 'damaged-file', where: 'layer "conv"' });
  assert.throws(() => initialise(broken({ filters: 2, kernel_size: [3] }), 1), { code: 'damaged-file', where: 'layer "conv"' });
  assert.throws(() => initialise(broken({ filters: 2, kernel_size: [5, 5] }), 1), {
    code: 'damaged-file',
    message: /shape \[any, 0, 0, 2\]/,
  });
});
