// Channels without any weight in or out go for good after weight pruning, and no answer changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Recipe } from '#contract/recipe.ts';
import { withWeights } from '#network/edit-artifact.ts';
import type { LayerConfig, ModelArtifact } from '#network/model-artifact.ts';
import { buildStarter } from '#network/starters.ts';
import { initialise } from '#network/initialise.ts';
import { sweepDeadChannels } from '#pruning/dead-channels.ts';
import { planPruning } from '#pruning/plan.ts';
import { applyMasks, selectWeightMasks } from '#pruning/weight-masks.ts';
import { largestDifference, predictAllInTfjs } from '../network/run-in-tfjs.ts';
import { withoutMissingLayers } from '../network/without-missing-layers.ts';
import { mobileNetV2, resNet50 } from './architectures.ts';
import { conv, dense, inputsFor, relu } from './graphs.ts';
import { layer, sequential, shaken } from './networks.ts';
import { randomNetwork, randomPlan } from './random-network.ts';

/** Numbers by tensor, rows of kernels after one another. */
function numbered(layers: readonly LayerConfig[], input: readonly number[], numbers: Readonly<Record<string, readonly number[]>>) {
  const given = Object.entries(numbers).map(([name, values]): [string, Float32Array] => [name, Float32Array.from(values)]);
  return withWeights(sequential(input, layers), new Map(given));
}

function numbersOf({ weights }: ModelArtifact): Record<string, number[]> {
  return Object.fromEntries(weights.map(({ name, data }) => [name, [...data]]));
}

test('no weights in: the bias 2 goes through ReLU and the row [3, −1] into the next bias; no weights out: the unit just goes', () => {
  const network = numbered([dense('first', 3), relu('relu'), dense('last', 2)], [2], {
    'first/kernel': [0, 5, 6, 0, 7, 8],
    'first/bias': [2, 1, 1],
    'last/kernel': [3, -1, 0, 0, 9, 9],
    'last/bias': [10, 20],
  });
  const swept = sweepDeadChannels(network);
  assert.deepEqual([...swept.removal], [['first', [0, 1]]]);
  assert.deepEqual(numbersOf(swept.network), { 'first/kernel': [6, 8], 'first/bias': [1], 'last/kernel': [9, 9], 'last/bias': [16, 18] });
});

test('a unit that only dead units listen to goes with them; numbers are those of the network that was given', () => {
  const network = numbered([dense('a', 3), relu('r'), dense('b', 3), relu('q'), dense('c', 1)], [1], {
    'a/kernel': [1, 1, 1],
    'b/kernel': [0, 4, 0, 0, 0, 5, 0, 0, 6],
    'c/kernel': [7, 0, 8],
  });
  // b's unit 1 sends nothing, so a's unit 0 has no listener left; b's unit 0 has no weight in and the bias 0.
  assert.deepEqual(
    [...sweepDeadChannels(network).removal],
    [
      ['a', [0]],
      ['b', [0, 1]],
    ],
  );
});

test('what the edges of a padded window would see less of stays; so does what its neighbours are divided by', () => {
  const padded = numbered([conv('a', 2), conv('b', 1), layer('Flatten', 'f'), dense('answer', 1)], [4, 4, 1], {
    'a/kernel': Array.from({ length: 18 }, (_, at) => at % 2),
    'a/bias': [0.5, 0],
  });
  assert.equal(sweepDeadChannels(padded).removal.size, 0);
  const silent = withWeights(padded, new Map([['a/bias', Float32Array.of(0, 0)]]));
  assert.deepEqual([...sweepDeadChannels(silent).removal], [['a', [0]]]);
  const divided = numbered([dense('a', 2), layer('UnitNormalization', 'unit', { axis: -1 }), dense('b', 1)], [1], {
    'a/kernel': [1, 1],
    'b/kernel': [1, 0],
  });
  assert.equal(sweepDeadChannels(divided).removal.size, 0);
});

test('one channel of each group stays, even if all are dead', () => {
  const network = numbered([dense('a', 4), dense('b', 2)], [3], { 'a/kernel': Array(12).fill(0), 'b/kernel': Array(8).fill(0) });
  assert.deepEqual([...sweepDeadChannels(network).removal], [['a', [0, 1, 2]]]);
});

async function assertSameAnswers(masked: ModelArtifact, swept: ModelArtifact): Promise<void> {
  const inputs = inputsFor(masked, 5);
  const answers = await predictAllInTfjs(withoutMissingLayers(masked), inputs);
  const scale = answers.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const difference = largestDifference(answers, await predictAllInTfjs(withoutMissingLayers(swept), inputs));
  assert.ok(difference < 1e-5 * scale, `${difference} of ${scale}`);
}

function pruned(artifact: ModelArtifact, sparsity: number): ModelArtifact {
  return applyMasks(artifact, selectWeightMasks(artifact, Recipe.parse({ sparsity }), sparsity));
}

test('100 random networks, 80 to 99 % of their weights zero', async () => {
  let gone = 0;
  await fc.assert(
    fc.asyncProperty(randomPlan, fc.double({ min: 0.8, max: 0.99, noNaN: true }), async (plan, sparsity) => {
      const masked = pruned(randomNetwork(plan), sparsity);
      const { network, removal } = sweepDeadChannels(masked);
      gone += [...removal.values()].flat().length;
      const shapes = ({ weights }: ModelArtifact) => weights.map(({ name, shape }) => [name, shape]).sort();
      assert.deepEqual(shapes(network), shapes(initialise(network.topology, 1)));
      // Where groups have come down to few channels each, whole groups are what could go next.
      if (!plan.steps.some(({ block }) => block === 'grouped' || block === 'shuffle'))
        assert.deepEqual([...sweepDeadChannels(network).removal], []);
      await assertSameAnswers(masked, network);
    }),
    { numRuns: 100, seed: 11 },
  );
  assert.ok(gone > 250, `only ${gone} channels went`);
});

for (const [name, build, thinner] of [
  ['ResNet50', resNet50, 16],
  ['MobileNetV2', mobileNetV2, 8],
] as const) {
  test(`a thin ${name} of which 97 % is zero`, async () => {
    const masked = pruned(shaken(build({ thinner, image: 32 }), 4), 0.97);
    const { network, removal } = sweepDeadChannels(masked);
    assert.ok([...removal.values()].flat().length > 20);
    await assertSameAnswers(masked, network);
  });
}

test('a plan that sweeps counts what is left, and says that it is less work', () => {
  const network = shaken(buildStarter('lenet-300-100', 10).topology, 2);
  const [masked, swept] = [false, true].map((sweep) => planPruning(network, Recipe.parse({ sparsity: 0.999, sweep })));
  assert.ok(masked !== undefined && swept !== undefined);
  assert.deepEqual([masked.after.parameters, masked.after.macs], [masked.before.parameters, masked.before.macs]);
  assert.ok(swept.after.macs < 0.7 * masked.after.macs);
  assert.match(masked.verdict, /no faster in this runtime/);
  assert.match(swept.verdict, /less work for any runtime/);
  const gradual = planPruning(network, Recipe.parse({ sparsity: 0.999, sweep: true, schedule: 'polynomial' }));
  assert.equal(gradual.after.parameters, gradual.before.parameters);
  assert.match(gradual.estimate ?? '', /once the network is trained/);
});
