// What removed channels still send is not lost: networks whose kernels are dead answer the same without them, whatever their shifts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withWeights } from '#network/edit-artifact.ts';
import type { JsonObject, ModelArtifact } from '#network/model-artifact.ts';
import { maskChannels } from '#pruning/channel-masks.ts';
import { compactChannels } from '#pruning/compact.ts';
import { settleConstants } from '#pruning/settle-constants.ts';
import { windowCoverage } from '#pruning/window-coverage.ts';
import { largestDifference, predictAllInTfjs } from '../network/run-in-tfjs.ts';
import { bn, conv, dense, depthwise, graph, inputsFor, relu } from './graphs.ts';
import { layer, sequential, shaken } from './networks.ts';

const valid: JsonObject = { padding: 'valid' };

test('a channel with gamma 0 and beta 0.5 before a dense layer with the row [2, −4]: its bias changes by [1, −2]', () => {
  const net = sequential(
    [3],
    [dense('first', 2), layer('BatchNormalization', 'norm', { axis: [1], epsilon: 0.001 }), relu('relu'), dense('last', 2)],
  );
  const numbers = new Map<string, Float32Array>([
    ['norm/gamma', Float32Array.of(0, 1)],
    ['norm/beta', Float32Array.of(0.5, 0)],
    ['last/kernel', Float32Array.of(2, -4, 7, 8)],
    ['last/bias', Float32Array.of(10, 20)],
  ]);
  const settled = settleConstants(withWeights(net, numbers), new Map([['first', [0]]]));
  assert.deepEqual([...(settled.weights.find(({ name }) => name === 'last/bias')?.data ?? [])], [11, 18]);
});

test('a window of 3 over 4 pixels with same padding: its taps lie on the image at ¾, 1 and ¾ of the positions', () => {
  const config = { padding: 'same', kernel_size: [3], strides: [1] };
  assert.deepEqual([...windowCoverage(config, [null, 4, 8], [3])], [0.75, 1, 0.75]);
  assert.deepEqual([...windowCoverage({ ...config, padding: 'valid' }, [null, 4, 8], [3])], [1, 1, 1]);
  assert.deepEqual([...windowCoverage({ ...config, padding: 'causal' }, [null, 4, 8], [3])], [0.5, 0.75, 1]);
});

/** Blocks whose consumers see no padding: there the sums are exact. */
const exact = {
  'a valid convolution': [
    [conv('a', 6), ['input']],
    [bn('n'), ['a']],
    [relu('r'), ['n']],
    [conv('b', 4, valid), ['r']],
  ],
  'a convolution without bias, with batch normalization behind': [
    [conv('a', 6), ['input']],
    [bn('n'), ['a']],
    [relu('r'), ['n']],
    [conv('b', 4, { ...valid, use_bias: false }), ['r']],
    [bn('m'), ['b']],
  ],
  'a convolution without bias and nothing behind': [
    [conv('a', 6), ['input']],
    [bn('n'), ['a']],
    [conv('b', 4, { ...valid, use_bias: false }), ['n']],
  ],
  'a normalization behind a concatenation': [
    [conv('a', 6), ['input']],
    [conv('c', 5), ['input']],
    [layer('Concatenate', 'both', { axis: -1 }), ['a', 'c']],
    [bn('n'), ['both']],
    [relu('r'), ['n']],
    [conv('b', 4, { kernel_size: [1, 1] }), ['r']],
  ],
  'a sum of two': [
    [conv('a', 6), ['input']],
    [bn('n'), ['a']],
    [conv('c', 6), ['input']],
    [layer('Add', 'sum'), ['n', 'c']],
    [relu('r'), ['sum']],
    [conv('b', 4, valid), ['r']],
  ],
  'a depthwise convolution': [
    [conv('a', 6), ['input']],
    [bn('n'), ['a']],
    [relu('r'), ['n']],
    [depthwise('d', { use_bias: true }), ['r']],
    [bn('m'), ['d']],
    [relu('q'), ['m']],
    [conv('b', 4, { kernel_size: [1, 1], use_bias: false }), ['q']],
    [bn('o'), ['b']],
  ],
  'pooling and a flattened image': [
    [conv('a', 6, { activation: 'tanh' }), ['input']],
    [layer('MaxPooling2D', 'p', { pool_size: [2, 2], strides: [2, 2], padding: 'valid' }), ['a']],
  ],
} as const;

for (const [what, rows] of Object.entries(exact)) {
  test(`channels with dead kernels and living shifts go without a trace: ${what}`, async () => {
    const last = rows.at(-1)![0].config['name'] as string;
    const topology = graph(
      { input: [8, 8, 3] },
      [...rows, [layer('Flatten', 'end'), [last]], [dense('answer', 3), ['end']]] as Parameters<typeof graph>[1],
      ['answer'],
    );
    const artifact = withDeadKernels(shaken(topology, 5), ['a', 'd', 'c']);
    const ids = rows.some(([{ config }]) => config['name'] === 'both') ? ['a', 'c'] : ['a'];
    const removal = new Map(ids.map((id) => [id, [1, 3]]));
    const inputs = inputsFor(artifact, 9);
    const answers = await predictAllInTfjs(artifact, inputs);
    const scale = answers.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    for (const [state, smaller] of [
      ['masked', maskChannels(artifact, removal)],
      ['compacted', compactChannels(artifact, removal)],
    ] as const) {
      const difference = largestDifference(answers, await predictAllInTfjs(smaller, inputs));
      assert.ok(difference < 1e-5 * scale, `${state}: ${difference} of ${scale}`);
    }
  });
}

test('only zeros are left of removed channels in the masked state, and settling once more changes nothing', () => {
  const artifact = shaken(
    graph(
      { input: [8, 8, 3] },
      [
        [conv('a', 6), ['input']],
        [bn('n'), ['a']],
        [conv('b', 2), ['n']],
      ],
      ['b'],
    ),
    5,
  );
  const removal = new Map([['a', [0, 5]]]);
  const masked = maskChannels(artifact, removal);
  const data = (name: string) => masked.weights.find((tensor) => tensor.name === name)!.data;
  for (const name of ['a/bias', 'n/gamma', 'n/beta', 'n/moving_mean']) assert.deepEqual([data(name)[0], data(name)[5]], [0, 0], name);
  assert.equal(settleConstants(masked, removal), masked);
});

function withDeadKernels(artifact: ModelArtifact, layers: readonly string[]): ModelArtifact {
  return withWeights(
    artifact,
    new Map(
      artifact.weights
        .filter(({ name }) => layers.includes(name.split('/')[0]!) && name.endsWith('kernel'))
        .map(({ name, data, shape }) => {
          const channels = name.endsWith('depthwise_kernel') ? shape[2]! : shape.at(-1)!;
          return [name, Float32Array.from(data, (value, at) => ([1, 3].includes(at % channels) ? 0 : value))];
        }),
    ),
  );
}
