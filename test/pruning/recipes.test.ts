// Recipes remove exactly as many weights and channels as they say, from where they say, or refuse with a reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recipe } from '#contract/recipe.ts';
import { Plan } from '#contract/procedures.ts';
import { withWeights } from '#network/edit-artifact.ts';
import { buildStarter } from '#network/starters.ts';
import { selectChannels } from '#pruning/channel-selection.ts';
import { matchesPattern } from '#pruning/layer-patterns.ts';
import { planPruning } from '#pruning/plan.ts';
import { applyMasks, selectWeightMasks } from '#pruning/weight-masks.ts';

const recipe = (fields: object): Recipe => Recipe.parse(fields);
const zerosOf = (mask: Uint8Array | undefined): number => (mask ?? new Uint8Array(0)).reduce((zeros, kept) => zeros + 1 - kept, 0);

test('LeNet-300-100 at 0.9: round(0.9 · 266,200) = 239,580 kernel weights go, no bias', () => {
  const artifact = buildStarter('lenet-300-100', 1);
  const masks = selectWeightMasks(artifact, recipe({ sparsity: 0.9 }), 0.9);
  assert.deepEqual([...masks.keys()], ['fc1/kernel', 'fc2/kernel', 'fc3/kernel']);
  assert.equal(
    [...masks.values()].reduce((sum, mask) => sum + zerosOf(mask), 0),
    239_580,
  );
  const kernel = applyMasks(artifact, masks).weights.find(({ name }) => name === 'fc1/kernel');
  assert.equal(Array.from(kernel?.data ?? []).filter((value) => value === 0).length, zerosOf(masks.get('fc1/kernel')));
});

test('by layer each kernel loses its own share; an override leaves the global ranking and has its own', () => {
  const artifact = buildStarter('lenet-300-100', 1);
  const byLayer = selectWeightMasks(artifact, recipe({ scope: 'layer', sparsity: 0.5 }), 0.5);
  assert.deepEqual([...byLayer.values()].map(zerosOf), [117_600, 15_000, 500]);
  const overridden = selectWeightMasks(
    artifact,
    recipe({
      sparsity: 0.9,
      layers: [
        { pattern: 'fc*', sparsity: 0.5 },
        { pattern: 'fc3', sparsity: 0 },
      ],
    }),
    0.9,
  );
  assert.deepEqual([...overridden.values()].map(zerosOf), [117_600, 15_000, 0]);
});

test('a pruned weight comes back only where it is larger than a kept one by 1.1 / 0.9: 0.30 takes the place of 0.24, not of 0.25', () => {
  const artifact = buildStarter('lenet-300-100', 1);
  const masksFor = (kept: number) => {
    const data = new Float32Array(1000).fill(1);
    data.set([kept, 0.3]);
    const network = withWeights(artifact, new Map([['fc3/kernel', data]]));
    const held = new Uint8Array(1000).fill(1);
    held[1] = 0;
    const one = recipe({ scope: 'layer', layers: [{ pattern: 'fc3', sparsity: 0.001 }], sparsity: 0 });
    return [
      ...selectWeightMasks(network, one, 0, undefined, new Map([['fc3/kernel', held]]))
        .get('fc3/kernel')!
        .subarray(0, 2),
    ];
  };
  assert.deepEqual(masksFor(0.24), [0, 1]);
  assert.deepEqual(masksFor(0.25), [1, 0]);
});

test('filters by L1: the smallest of conv2 go first, a quarter of 48 channels is 12, and one always stays', () => {
  const artifact = buildStarter('cnn-small', 1);
  const quarter = selectChannels(artifact, recipe({ granularity: 'filter', sparsity: 0.25 }), 0.25);
  assert.equal([...quarter.values()].flat().length, 12);
  const most = selectChannels(artifact, recipe({ granularity: 'filter', scope: 'layer', sparsity: 0.99 }), 0.99);
  assert.deepEqual(
    [...most].map(([id, channels]) => [id, channels.length]),
    [
      ['conv1', 15],
      ['conv2', 31],
    ],
  );
});

test('a plan names counts, skips with reasons, and is honest about speed', () => {
  const artifact = buildStarter('lenet-5', 1);
  const zeros = planPruning(artifact, recipe({ sparsity: 0.9 }));
  assert.deepEqual([zeros.removed, zeros.total], [387_450, 430_500]);
  assert.equal(zeros.after.nonzero, zeros.before.nonzero - 387_450);
  assert.match(zeros.verdict, /no faster in this runtime.* to \d[\d.]{0,3}\u00a0(B|KB|MB) gzipped/);
  const filters = planPruning(artifact, recipe({ granularity: 'filter', scope: 'layer', sparsity: 0.5 }));
  assert.deepEqual(filters.layers, [
    { name: 'conv1', removed: 10, total: 20 },
    { name: 'conv2', removed: 25, total: 50 },
  ]);
  assert.equal(filters.after.macs, 24 * 24 * 25 * 10 + 64 * 25 * 10 * 25 + 400 * 500 + 5000);
  assert.deepEqual(
    filters.skipped.map(({ layer }) => layer),
    ['fc1', 'fc2'],
  );
  for (const plan of [zeros, filters]) assert.deepEqual(Plan.parse(plan), plan);
});

test('a recipe without a target is refused with the layers or granularities that there are', () => {
  const dense = buildStarter('lenet-300-100', 1);
  assert.throws(() => planPruning(dense, recipe({ granularity: 'filter' })), {
    code: 'bad-input',
    whatToDo: 'Take the granularity "weight" or "neuron".',
  });
  assert.throws(() => planPruning(dense, recipe({ layers: [{ pattern: 'conv*', sparsity: 0.5 }] })), {
    code: 'bad-input',
    message: /"conv\*"/,
    whatToDo: 'These can be: fc1, fc2, fc3.',
  });
});

test('patterns: a star stands for anything, and 1,000 of them take no time', () => {
  assert.deepEqual(
    ['conv1', 'conv', 'xconv1'].map((name) => matchesPattern('conv*', name)),
    [true, true, false],
  );
  assert.deepEqual([matchesPattern('*a*b', 'xaab'), matchesPattern('a*a', 'a'), matchesPattern('fc.', 'fc1')], [true, false, false]);
  assert.equal(matchesPattern(`${'*a'.repeat(500)}b`, 'a'.repeat(5000)), false);
});
