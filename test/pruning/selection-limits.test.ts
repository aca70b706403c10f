// Which channels are chosen: by the mean of their kernels, within limits, and never all that one layer makes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recipe } from '#contract/recipe.ts';
import { channelGroups } from '#network/channel-groups.ts';
import { withWeights } from '#network/edit-artifact.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { buildStarter } from '#network/starters.ts';
import { channelScores } from '#pruning/channel-scores.ts';
import { selectChannels } from '#pruning/channel-selection.ts';
import { compactChannels } from '#pruning/compact.ts';
import { keptOutputs } from '#pruning/kept-outputs.ts';
import { planPruning } from '#pruning/plan.ts';
import { bn, conv, dense, depthwise, graph, type Row } from './graphs.ts';
import { layer, shaken } from './networks.ts';

const filters = Recipe.parse({ granularity: 'filter', scope: 'layer', sparsity: 0.4 });
const answer: readonly Row[] = [
  [layer('GlobalAveragePooling2D', 'mean'), ['last']],
  [dense('answer', 3), ['mean']],
];

function filled(artifact: ModelArtifact, numbers: Readonly<Record<string, (index: number) => number>>): ModelArtifact {
  return withWeights(
    artifact,
    new Map(
      artifact.weights.flatMap(({ name, data }) => {
        const number = numbers[name];
        return number === undefined ? [] : [[name, data.map((_, index) => number(index))]];
      }),
    ),
  );
}

test('a score is the mean over the kernels of all producers and depthwise filters: (27 · 2 + 9 · 4) / 36 = 2.5', () => {
  const topology = graph(
    { input: [6, 6, 3] },
    [[conv('a', 2), ['input']], [bn('bn'), ['a']], [depthwise('filter'), ['bn']], [layer('ReLU', 'last'), ['filter']], ...answer],
    ['answer'],
  );
  const artifact = filled(shaken(topology, 1), {
    'a/kernel': (index) => (index % 2 === 0 ? -2 : 0),
    'filter/depthwise_kernel': (index) => (index % 2 === 0 ? 4 : 0),
  });
  assert.deepEqual(
    channelGroups(artifact)
      .filter(({ group }) => group.id === 'a')
      .map((group) => [...channelScores(artifact, group, filters)]),
    [[2.5, 0]],
  );
});

test('of 16 and 32 filters 40 % go, which leaves 10 and 19; in multiples of 8 that is 16 and 24, with at least 20 it is 16 and 20', () => {
  const artifact = buildStarter('cnn-small', 1);
  const left = (limits: object): number[] => {
    const removal = selectChannels(artifact, { ...filters, ...limits }, 0.4);
    return [16 - (removal.get('conv1')?.length ?? 0), 32 - (removal.get('conv2')?.length ?? 0)];
  };
  assert.deepEqual(
    [left({}), left({ roundTo: 8 }), left({ minChannels: 20 })],
    [
      [10, 19],
      [16, 24],
      [16, 20],
    ],
  );
  const [plain, rounded] = [selectChannels(artifact, filters, 0.4), selectChannels(artifact, { ...filters, roundTo: 8 }, 0.4)];
  assert.ok(
    rounded.get('conv2')?.every((channel) => plain.get('conv2')?.includes(channel)),
    'rounding takes back, and removes nothing else',
  );
});

test("a, b and their wide sum have 7 channels in one group: however small all of b's 3 are, one stays", () => {
  const topology = graph(
    { input: [6, 6, 3] },
    [
      [conv('a', 4), ['input']],
      [conv('b', 3), ['input']],
      [layer('Concatenate', 'join', { axis: -1 }), ['a', 'b']],
      [conv('wide', 7), ['join']],
      [layer('Add', 'last'), ['join', 'wide']],
      ...answer,
    ],
    ['answer'],
  );
  const artifact = filled(shaken(topology, 1), {
    'b/kernel': (index) => 1e-6 * (index % 3),
    'wide/kernel': (index) => (index % 7 < 4 ? 1 : 1e-6 * (index % 7)),
  });
  const removal = selectChannels(artifact, filters, 0.5);
  assert.deepEqual([...removal.keys()], ['a']);
  assert.deepEqual(
    removal.get('a')?.filter((channel) => channel >= 4),
    [4, 5],
    'the two smallest of b',
  );
  assert.equal(removal.get('a')?.length, 4, 'round(0.5 · 7), two of them from a');
  assert.throws(() => compactChannels(artifact, new Map([['a', [4, 5, 6]]])), {
    code: 'bad-input',
    message: /At least one of the channels 4, 5, 6 of "a" has to stay: they are all that "b" makes/,
  });
});

test("what is kept of each layer's output: 4 + 3 joined channels without 1 and 5 are 0, 2, 3, 4, 6", () => {
  const topology = graph(
    { input: [2, 2, 3] },
    [
      [conv('a', 4), ['input']],
      [conv('b', 3), ['input']],
      [layer('Concatenate', 'join', { axis: -1 }), ['a', 'b']],
      [layer('Flatten', 'flat'), ['join']],
      [dense('answer', 3), ['flat']],
    ],
    ['answer'],
  );
  const kept = keptOutputs(
    shaken(topology, 1),
    new Map([
      ['a', [1]],
      ['b', [1]],
    ]),
  );
  assert.deepEqual(Object.fromEntries(kept), {
    a: [0, 2, 3],
    b: [0, 2],
    join: [0, 2, 3, 4, 6],
    flat: [0, 7, 14, 21].flatMap((at) => [0, 2, 3, 4, 6].map((entry) => at + entry)),
  });
});

test('what a plan skips, it names with the reason', () => {
  const topology = graph(
    { input: [6, 6, 3] },
    [
      [conv('a', 4), ['input']],
      [layer('LayerNormalization', 'norm', { axis: [3] }), ['a']],
      [conv('b', 4), ['norm']],
      [conv('first', 4, { data_format: 'channels_first' }), ['b']],
      [layer('Flatten', 'flat'), ['first']],
      [dense('answer', 3), ['flat']],
    ],
    ['answer'],
  );
  const plan = (): unknown => planPruning(shaken(topology, 1), Recipe.parse({ granularity: 'filter', sparsity: 0.5 }));
  assert.throws(plan, (error: Error) => {
    assert.equal(
      error.message,
      "No convolution of this network can lose filters: a can't, as norm follows, and its mean and variance are taken over all channels, so that fewer channels would change every answer; " +
        "b can't, as first consumes its channels, and its channels are on the first axis (channels_first); first can't, as its channels are on the first axis (channels_first).",
    );
    return true;
  });
});

test('a tensor that is smaller than its layer says is a damaged file, not a wrong answer', () => {
  const artifact = buildStarter('cnn-small', 1);
  const broken = {
    ...artifact,
    weights: artifact.weights.map((tensor) =>
      tensor.name === 'fc1/kernel' ? { ...tensor, shape: [784, 64], data: new Float32Array(784 * 64) } : tensor,
    ),
  };
  assert.throws(() => compactChannels(broken, new Map([['conv2', [31]]])), { code: 'damaged-file', where: 'tensor "fc1/kernel"' });
});
