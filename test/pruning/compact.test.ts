// A compacted network answers as the masked one does, on tfjs-layers' own forward pass.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LayerConfig, ModelArtifact } from '#network/model-artifact.ts';
import { createRandom, shuffledOrder } from '#network/random.ts';
import { channelGroups } from '#network/channel-groups.ts';
import { buildStarter } from '#network/starters.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { maskChannels } from '#pruning/channel-masks.ts';
import { compactChannels } from '#pruning/compact.ts';
import { largestDifference, predictInTfjs } from '../network/run-in-tfjs.ts';
import { functional, layer, randomInputs, sequential } from './networks.ts';

const conv = (name: string, filters: number, more = {}): LayerConfig =>
  layer('Conv2D', name, { filters, kernel_size: [3, 3], padding: 'same', use_bias: true, activation: 'linear', ...more });
const dense = (name: string, units: number, more = {}): LayerConfig =>
  layer('Dense', name, { units, use_bias: true, activation: 'linear', ...more });
const bn = (name: string, more = {}): LayerConfig =>
  layer('BatchNormalization', name, { axis: [3], epsilon: 0.001, center: true, scale: true, ...more });
const head = [layer('Flatten', 'flatten'), dense('answer', 3, { activation: 'softmax' })];

/** Networks, the groups that can be pruned in them, and what is special. */
const networks: readonly { readonly what: string; readonly artifact: ModelArtifact; readonly prunable: readonly string[] }[] = [
  {
    what: 'dense after dense',
    artifact: sequential([5], [dense('a', 6, { activation: 'relu' }), dense('b', 4, { activation: 'tanh' }), dense('answer', 3)]),
    prunable: ['a', 'b'],
  },
  {
    what: 'sigmoid, whose 0.5 goes into the next bias',
    artifact: sequential([5], [dense('a', 6, { activation: 'sigmoid' }), dense('answer', 3)]),
    prunable: ['a'],
  },
  {
    what: 'sigmoid into a layer without bias, which gets one',
    artifact: sequential([5], [dense('a', 6, { activation: 'sigmoid' }), dense('answer', 3, { use_bias: false })]),
    prunable: ['a'],
  },
  {
    what: 'sigmoid into a valid convolution, then into flattened rows',
    artifact: sequential(
      [8, 8, 2],
      [conv('a', 5, { activation: 'sigmoid' }), conv('b', 4, { padding: 'valid', activation: 'softplus' }), ...head],
    ),
    prunable: ['a', 'b'],
  },
  {
    what: 'batch norm, relu, pooling and flatten',
    artifact: sequential(
      [8, 8, 2],
      [
        conv('a', 5, { use_bias: false }),
        bn('bn'),
        layer('Activation', 'relu', { activation: 'relu' }),
        layer('MaxPooling2D', 'pool', { pool_size: [2, 2] }),
        ...head,
      ],
    ),
    prunable: ['a'],
  },
  {
    what: 'batch norm without scale, then without shift',
    artifact: sequential([8, 8, 2], [conv('a', 5), bn('bn', { scale: false }), conv('b', 4), bn('bn2', { center: false }), ...head]),
    prunable: ['a', 'b'],
  },
  {
    what: 'depthwise with multiplier 2, padding and average pooling',
    artifact: sequential(
      [7, 7, 2],
      [
        conv('a', 5, { activation: 'relu' }),
        layer('ZeroPadding2D', 'pad', {
          padding: [
            [1, 0],
            [0, 2],
          ],
        }),
        layer('DepthwiseConv2D', 'dw', { kernel_size: [3, 3], depth_multiplier: 2, use_bias: true, padding: 'valid' }),
        layer('AveragePooling2D', 'pool', { pool_size: [2, 2] }),
        ...head,
      ],
    ),
    prunable: ['a'],
  },
  {
    what: 'separable convolutions',
    artifact: sequential(
      [7, 7, 2],
      [
        conv('a', 5),
        layer('SeparableConv2D', 'sep', { filters: 6, kernel_size: [3, 3], depth_multiplier: 2, use_bias: true, activation: 'relu' }),
        ...head,
      ],
    ),
    prunable: ['a', 'sep'],
  },
  {
    what: 'transposed convolution and up-sampling',
    artifact: sequential(
      [4, 4, 2],
      [
        conv('a', 5),
        layer('Conv2DTranspose', 'up', { filters: 4, kernel_size: [2, 2], strides: [2, 2], use_bias: true }),
        layer('UpSampling2D', 'larger', { size: [2, 2] }),
        ...head,
      ],
    ),
    prunable: ['a', 'up'],
  },
  {
    what: 'PReLU with and without shared axes',
    artifact: sequential(
      [5, 5, 2],
      [conv('a', 5), layer('PReLU', 'prelu', { shared_axes: [1, 2] }), conv('b', 4), layer('PReLU', 'prelu2'), ...head],
    ),
    prunable: ['a', 'b'],
  },
  {
    what: 'global pooling',
    artifact: sequential([5, 5, 2], [conv('a', 5, { activation: 'relu' }), layer('GlobalAveragePooling2D', 'mean'), dense('answer', 3)]),
    prunable: ['a'],
  },
  {
    what: 'one-dimensional convolution into an LSTM',
    artifact: sequential(
      [9, 2],
      [
        layer('Conv1D', 'a', { filters: 5, kernel_size: [3], use_bias: true, activation: 'relu' }),
        layer('LSTM', 'lstm', { units: 4, activation: 'tanh', recurrent_activation: 'sigmoid', use_bias: true }),
        dense('answer', 3),
      ],
    ),
    prunable: ['a'],
  },
  {
    what: 'a residual block: a, b and their sum go together',
    artifact: functional(
      [6, 6, 2],
      [
        [conv('a', 5), 'input'],
        [bn('bn'), 'a'],
        [layer('Activation', 'relu', { activation: 'relu' }), 'bn'],
        [conv('c', 4), 'relu'],
        [conv('b', 5), 'c'],
        [layer('Add', 'add'), 'bn', 'b'],
        [layer('Flatten', 'flatten'), 'add'],
        [dense('answer', 3), 'flatten'],
      ],
    ),
    prunable: ['a', 'c'],
  },
  {
    what: 'squeeze and excitation: gates go with what they gate',
    artifact: functional(
      [6, 6, 2],
      [
        [conv('a', 6, { activation: 'relu' }), 'input'],
        [layer('GlobalAveragePooling2D', 'mean'), 'a'],
        [dense('squeeze', 3, { activation: 'relu' }), 'mean'],
        [dense('excite', 6, { activation: 'sigmoid' }), 'squeeze'],
        [layer('Reshape', 'reshape', { target_shape: [1, 1, 6] }), 'excite'],
        [layer('Multiply', 'multiply'), 'a', 'reshape'],
        [layer('Flatten', 'flatten'), 'multiply'],
        [dense('answer', 3), 'flatten'],
      ],
    ),
    prunable: ['a', 'squeeze'],
  },
];

for (const { what, artifact, prunable } of networks) {
  test(`${what}: ${prunable.join(', ')} can be pruned; masked and compacted answer the same within 1e-5`, async () => {
    const groups = channelGroups(artifact).map(({ group }) => group);
    assert.deepEqual(
      groups.filter((group) => group.prunable).map((group) => group.id),
      prunable,
    );
    const shape = [
      3,
      ...summariseNetwork(artifact)
        .inputShape.slice(1)
        .map((size) => size ?? 1),
    ];
    const inputs = randomInputs(shape, 5);
    for (let run = 0; run < 6; run++) {
      const removal = new Map(
        groups.filter((group) => group.prunable).map((group, at) => [group.id, someChannels(group.channels, 10 * run + at)]),
      );
      const masked = await predictInTfjs(maskChannels(artifact, removal), shape, inputs);
      const compacted = await predictInTfjs(compactChannels(artifact, removal), shape, inputs);
      const difference = largestDifference(masked, compacted);
      assert.ok(difference < 1e-5, `without ${JSON.stringify([...removal])} they differ by ${difference}`);
    }
  });
}

test('a fault planted in the compacted network is seen: one bias off by 0.01 moves the answer by more than 1e-3', async () => {
  const artifact = networks[3]?.artifact;
  assert.ok(artifact !== undefined);
  const removal = new Map([['a', [1, 2]]]);
  const compacted = compactChannels(artifact, removal);
  const faulty = {
    ...compacted,
    weights: compacted.weights.map((tensor) =>
      tensor.name === 'b/bias' ? { ...tensor, data: Float32Array.from(tensor.data, (value) => value + 0.01) } : tensor,
    ),
  };
  const inputs = randomInputs([3, 8, 8, 2], 5);
  const masked = await predictInTfjs(maskChannels(artifact, removal), [3, 8, 8, 2], inputs);
  assert.ok(largestDifference(masked, await predictInTfjs(faulty, [3, 8, 8, 2], inputs)) > 1e-3);
  assert.ok(largestDifference(masked, await predictInTfjs(artifact, [3, 8, 8, 2], inputs)) > 1e-3, 'the masks did something');
});

test('cnn-small without channel 2 of conv2: 31 filters, 1,519 dense rows, 106,010 − 144 − 4 − 49 · 64 = 102,726 parameters', () => {
  const artifact = buildStarter('cnn-small', 1);
  const compacted = compactChannels(artifact, new Map([['conv2', [2]]]));
  assert.deepEqual(compacted.weights.find(({ name }) => name === 'conv2/kernel')?.shape, [3, 3, 16, 31]);
  assert.deepEqual(compacted.weights.find(({ name }) => name === 'fc1/kernel')?.shape, [1519, 64]);
  assert.equal(summariseNetwork(compacted).parameters, 102_726);
  assert.equal(compacted.topology.config.layers.find(({ config }) => config['name'] === 'conv2')?.config['filters'], 31);
  assert.equal(artifact.weights.find(({ name }) => name === 'conv2/kernel')?.shape[3], 32, 'the original is untouched');
});

test("removing what can't be removed is refused, by name", () => {
  const artifact = buildStarter('cnn-small', 1);
  assert.throws(() => compactChannels(artifact, new Map([['fc2', [0]]])), {
    code: 'unsupported',
    message: /it makes the network's answer/,
  });
  assert.throws(() => compactChannels(artifact, new Map([['conv9', [0]]])), {
    code: 'bad-input',
    whatToDo: 'There are: conv1, conv2, fc1, fc2.',
  });
  assert.throws(() => compactChannels(artifact, new Map([['conv1', [16]]])), { code: 'bad-input', message: /0 to 15/ });
  assert.throws(() => compactChannels(artifact, new Map([['conv1', Array.from({ length: 16 }, (_, channel) => channel)]])), {
    code: 'bad-input',
    message: /At least one/,
  });
});

/** From none to all but one of the channels. */
function someChannels(channels: number, seed: number): number[] {
  return [...shuffledOrder(channels, seed, 0).subarray(0, createRandom(seed, 5).below(channels))];
}
