// The sensitivity study by a real engine: its points are what pruning by hand scores, and a stopped one goes on where it was.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Recipe } from '#contract/recipe.ts';
import { recipeOf, SensitivitySettings, type Sensitivity } from '#contract/sensitivity.ts';
import { gatherEvidence } from '#main/engine/scoring/gather-evidence.ts';
import { studySensitivity } from '#main/engine/sensitivity-task.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { selectMasks } from '#pruning/recipe-masks.ts';
import { applyMasks } from '#pruning/weight-masks.ts';
import { contextFor } from './in-process.ts';
import { resultOf, scratchFolder, startEngine } from './run-engine.ts';
import { smallModel, writeSmallData, writeSmallModel } from './small-data.ts';

async function study(settings: Partial<SensitivitySettings>, workspace = scratchFolder(), model = writeSmallModel(workspace)) {
  const task = {
    kind: 'sensitivity' as const,
    model,
    data: writeSmallData(workspace),
    settings: SensitivitySettings.parse({ sparsities: [0.9, 0.5], samples: 50, ...settings }),
  };
  const { result, messages } = await resultOf(task, workspace);
  assert.ok(result.kind === 'sensitivity');
  return { result, messages, task, workspace };
}

test('three layers by two sparsities: a point is the score of that layer pruned and nothing else, the test split untouched', async () => {
  const { result } = await study({});
  assert.deepEqual([result.split, result.samples], ['validation', 50]);
  assert.deepEqual(
    result.layers.map(({ name, total, points }) => [name, total, points.map(({ sparsity, removed }) => [sparsity, removed])]),
    [
      [
        'conv',
        54,
        [
          [0.5, 27],
          [0.9, 49],
        ],
      ],
      [
        'hidden',
        1536,
        [
          [0.5, 768],
          [0.9, 1382],
        ],
      ],
      [
        'answer',
        48,
        [
          [0.5, 24],
          [0.9, 43],
        ],
      ],
    ],
  );
  const folder = scratchFolder();
  const pruned = applyMasks(
    smallModel(),
    selectMasks(smallModel(), Recipe.parse({ sparsity: 0, layers: [{ pattern: 'hidden', sparsity: 0.9 }] }), 0).masks,
  );
  const model = join(folder, 'pruned.model');
  writeModelFile(model, pruned);
  const { result: byHand } = await study({}, folder, model);
  const point = result.layers[1]!.points[1]!;
  assert.deepEqual([byHand.baseline.accuracy, byHand.baseline.loss], [point.accuracy, point.loss]);
});

test('channels: filters of the convolution, and plans that hold what they allow', async () => {
  const { result } = await study({ granularity: 'filter', losses: [0.9, 0.02] });
  assert.deepEqual(
    result.layers.map(({ name, total, points }) => [name, total, points.map(({ removed }) => removed)]),
    [['conv', 6, [3, 5]]],
  );
  assert.deepEqual(
    result.plans.map(({ allowed }) => allowed),
    [0.02, 0.9],
  );
  for (const { allowed, accuracy } of result.plans) assert.ok(result.baseline.accuracy - accuracy <= allowed + 1e-9);
});

test('killed after its first layer, a study keeps that layer and goes on with the second', async () => {
  const whole = await study({});
  const workspace = scratchFolder();
  const run = startEngine(whole.task, workspace, {
    hear: (message, child) => void (message.kind === 'checkpoint' && child.kill('SIGKILL')),
  });
  await run.ended;
  const path = join(workspace, 'sensitivity.json');
  const kept = JSON.parse(readFileSync(path, 'utf8')) as { layers: Sensitivity['layers'] };
  assert.ok(kept.layers.length >= 1 && kept.layers.length < 3, `${kept.layers.length} layers kept`);
  // A mark that only a study which trusts what is on disk would carry on.
  kept.layers[0]!.points[0]!.loss = 123;
  writeFileSync(path, JSON.stringify(kept));
  const { result } = await resultOf(whole.task, workspace);
  assert.ok(result.kind === 'sensitivity');
  assert.equal(result.layers[0]!.points[0]!.loss, 123);
  assert.deepEqual(result.layers.slice(1), whole.result.layers.slice(1));
});

test('by Taylor a point is the score of what Taylor would remove, and the plan goes on by it; a criterion of channels is refused for weights', async () => {
  const workspace = scratchFolder();
  const [model, data] = [writeSmallModel(workspace), writeSmallData(workspace)];
  const context = contextFor(workspace, () => undefined);
  const settings = SensitivitySettings.parse({ criterion: 'taylor', sparsities: [0.5], samples: 60 });
  const result = await studySensitivity(context, { kind: 'sensitivity', model, data, settings });
  assert.ok(result.kind === 'sensitivity');
  const recipe = Recipe.parse({ criterion: 'taylor', scope: 'layer', sparsity: 0, layers: [{ pattern: 'hidden', sparsity: 0.5 }] });
  const evidence = await gatherEvidence(context, smallModel(), recipe, data);
  const pruned = join(workspace, 'pruned.model');
  writeModelFile(pruned, applyMasks(smallModel(), selectMasks(smallModel(), recipe, 0, evidence).masks));
  const byHand = await study({ samples: 60, sparsities: [0.5] }, scratchFolder(), pruned);
  const hidden = result.layers.find(({ name }) => name === 'hidden')!;
  assert.ok(
    Math.abs(hidden.points[0]!.loss - byHand.result.baseline.loss) < 1e-6,
    `${hidden.points[0]!.loss}, not ${byHand.result.baseline.loss}`,
  );
  assert.equal(recipeOf(result, result.plans[0]!).criterion, 'taylor');
  const apoz = SensitivitySettings.parse({ criterion: 'apoz' });
  await assert.rejects(studySensitivity(context, { kind: 'sensitivity', model, data, settings: apoz }), {
    code: 'bad-input',
    where: 'criterion',
  });
});
