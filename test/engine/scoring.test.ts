// What the engine gathers for criteria that look at data: products and activations by a real engine's own code, plans and refusals.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recipe } from '#contract/recipe.ts';
import { gatherEvidence } from '#main/engine/scoring/gather-evidence.ts';
import { selectMasks } from '#pruning/recipe-masks.ts';
import { contextFor } from './in-process.ts';
import { resultOf, scratchFolder } from './run-engine.ts';
import { smallModel, writeSmallData, writeSmallModel } from './small-data.ts';

const folder = scratchFolder();
const data = writeSmallData(folder);
const context = contextFor(folder, () => undefined);

test('SNIP of four batches is the sensitivity of one batch of all their samples; gradient of four is at least that', async () => {
  const scores = async (criterion: string, batch: number) =>
    gatherEvidence(
      context,
      smallModel(),
      Recipe.parse({ criterion, batch, scoreSamples: 64, layers: [{ pattern: 'conv', sparsity: 0 }] }),
      data,
    );
  const [one, four, gradient] = [await scores('snip', 64), await scores('snip', 16), await scores('gradient', 16)];
  assert.deepEqual([...one.keys()], ['conv/kernel', 'hidden/kernel', 'answer/kernel']);
  // Batch norm and dropout make the batches differ a little; without them the two would be equal.
  const total = (kernel: string, of: typeof one) => Array.from(of.get(kernel)!).reduce((sum, score) => sum + Math.abs(score), 0);
  for (const kernel of one.keys()) assert.ok(total(kernel, gradient) > total(kernel, four), kernel);
});

test('APoZ: the share of answers above 0 of each of six filters, over 8 × 8 positions of 90 samples, twice the same', async () => {
  const recipe = Recipe.parse({ granularity: 'filter', criterion: 'apoz', scoreSamples: 90, batch: 32 });
  const [one, other] = [
    await gatherEvidence(context, smallModel(), recipe, data),
    await gatherEvidence(context, smallModel(), recipe, data),
  ];
  const shares = one.get('relu')!;
  assert.equal(shares.length, 6);
  assert.ok(shares.every((share) => share >= 0 && share <= 1 && Math.abs(share * 90 * 64 - Math.round(share * 90 * 64)) < 1e-6));
  assert.deepEqual([...other.get('relu')!], [...shares]);
  const gone = selectMasks(smallModel(), { ...recipe, sparsity: 1 / 6 }, 1 / 6, one).removal!;
  assert.deepEqual([...gone], [['conv', [shares.indexOf(Math.min(...shares))]]]);
});

test('scoring leaves no tensors behind', async () => {
  const recipe = Recipe.parse({ criterion: 'taylor', granularity: 'filter', scoreSamples: 40, batch: 20 });
  await gatherEvidence(context, smallModel(), recipe, data);
  const before = context.tf.memory().numTensors;
  for (const criterion of ['taylor', 'apoz'] as const) await gatherEvidence(context, smallModel(), { ...recipe, criterion }, data);
  assert.equal(context.tf.memory().numTensors, before);
});

test('without data a gradient has nothing to come from, and the criteria that need none are named', async () => {
  await assert.rejects(gatherEvidence(context, smallModel(), Recipe.parse({ criterion: 'taylor' }), null), {
    code: 'bad-input',
    where: 'criterion',
    whatToDo: 'Give a dataset, or take one of magnitude, l2, random, bn-scale, geometric-median.',
  });
});

for (const recipe of [
  { criterion: 'taylor', granularity: 'filter', schedule: 'one-shot' },
  { criterion: 'geometric-median', granularity: 'filter', schedule: 'iterative', rounds: 2 },
  { criterion: 'snip', granularity: 'weight', schedule: 'iterative', rounds: 2 },
  { criterion: 'magnitude', granularity: 'n:m', schedule: 'polynomial' },
  { criterion: 'gradient', granularity: 'block', block: '4x2', schedule: 'one-shot' },
] as const) {
  test(`a whole job: ${recipe.granularity} by ${recipe.criterion}, ${recipe.schedule}`, async () => {
    const workspace = scratchFolder();
    const { result, messages } = await resultOf(
      {
        kind: 'prune',
        model: writeSmallModel(workspace),
        data: writeSmallData(workspace),
        recipe: Recipe.parse({ sparsity: 0.5, epochs: 2, batch: 32, scoreSamples: 64, ...recipe }),
        exportTo: null,
      },
      workspace,
    );
    assert.ok(result.kind === 'prune');
    const scored = messages.some((message) => message.kind === 'progress' && message.progress.phase === 'scoring');
    assert.equal(scored, ['taylor', 'snip', 'gradient'].includes(recipe.criterion));
    if (recipe.granularity === 'filter') {
      assert.equal(result.summary.layers.find(({ name }) => name === 'conv')?.channels, 3);
      assert.equal(result.certificate?.verdict, 'equal');
    } else {
      // conv 3·3·1 × 6 (in groups of 4 along one input channel nothing goes), hidden 96 × 16, answer 16 × 3
      const gone = { weight: 819, 'n:m': 0.5 * (1536 + 48), block: null }[recipe.granularity];
      const zeros = result.summary.parameters - result.summary.nonzero;
      // A bias may have stayed 0; blocks at the edges are smaller, so which ones went decides how many weights did.
      if (gone !== null) assert.ok(zeros >= gone && zeros <= gone + 8, `${zeros} zeros, ${gone} wanted`);
      else assert.ok(zeros > 700 && zeros < 900, `${zeros}`);
    }
  });
}
