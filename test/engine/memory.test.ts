// Whole tasks leave no tensor behind as they go: through epochs, validation, checkpoints and changes of masks.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EngineTask, FromEngine } from '#contract/engine-messages.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { runTask } from '#main/engine/run-task.ts';
import { sparsityAt } from '#pruning/schedules.ts';
import { contextFor } from './in-process.ts';
import { scratchFolder } from './run-engine.ts';
import { writeSmallData } from './small-data.ts';
import { writeNetwork } from './small-networks.ts';

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const model = writeNetwork(folder, 'everything');
const data = writeSmallData(folder);
const settings = TrainSettings.parse({ epochs: 8, batch: 32, optimizer: 'adam', rate: 0.01, decay: 'cosine', seed: 1 });
const pruning = (given: object): Extract<EngineTask, { kind: 'prune' }> => ({
  kind: 'prune',
  model,
  data,
  exportTo: null,
  recipe: Recipe.parse({ sparsity: 0.5, epochs: 8, batch: 32, ...given }),
});

const tasks = {
  training: { kind: 'train', model, data, exportTo: null, settings } satisfies EngineTask,
  'fine-tuning, one-shot': pruning({ granularity: 'filter' }),
  'fine-tuning, polynomial': pruning({ schedule: 'polynomial', frequency: 5, optimizer: 'momentum' }),
  'fine-tuning, iterative': pruning({ schedule: 'iterative', rounds: 8, epochs: 1, optimizer: 'momentum' }),
  'fine-tuning, lottery ticket': pruning({ schedule: 'lottery-ticket', rounds: 7, epochs: 1, rewindTo: 3 }),
};

for (const [name, task] of Object.entries(tasks)) {
  test(`${name}: as many tensors after epoch 8 as after epoch 2, at each checkpoint and each score`, async (t) => {
    const place = join(folder, name);
    mkdirSync(place);
    const counts: Record<'checkpoint' | 'score', number[]> = { checkpoint: [], score: [] };
    const context = contextFor(place, (message: FromEngine) => {
      const { numTensors } = context.tf.memory();
      if (message.kind === 'checkpoint') counts.checkpoint.push(numTensors);
      if (message.kind === 'progress' && message.points.some(({ kind }) => kind === 'epoch')) counts.score.push(numTensors);
    });
    const { kind } = await runTask(task, context);
    assert.equal(kind, task.kind);
    t.diagnostic(`tensors: ${counts.checkpoint.join(', ')}`);
    for (const seen of Object.values(counts)) assert.deepEqual(seen.slice(1), new Array(7).fill(seen[1]));
  });
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('50 epochs: no tensor more than after epoch 2, and resident memory no higher in the last ten than 4 MB above the first ten', async (t) => {
  const place = join(folder, 'long');
  mkdirSync(place);
  const tensors: number[] = [];
  const resident: number[] = [];
  const context = contextFor(place, (message: FromEngine) => {
    if (message.kind !== 'checkpoint') return;
    tensors.push(context.tf.memory().numTensors);
    collectGarbage(); // what V8 has not yet thrown away is no leak
    resident.push(process.memoryUsage.rss() / 2 ** 20);
  });
  await runTask({ ...tasks.training, settings: { ...settings, epochs: 50, clip: 1, keepBest: true } }, context);
  assert.equal(tensors.length, 50);
  assert.deepEqual(tensors.slice(1), new Array(49).fill(tensors[1]));
  const [early, late] = [Math.max(...resident.slice(2, 12)), Math.max(...resident.slice(40))];
  t.diagnostic(`resident: at most ${early.toFixed(0)} MB in epochs 3 to 12, ${late.toFixed(0)} MB in epochs 41 to 50`);
  assert.ok(late - early < 4, `${early} MB, then ${late} MB`);
});

test('every point of a rising schedule tells the sparsity of its own step: exactly round(s · n) of n weights', async () => {
  const place = join(folder, 'points');
  mkdirSync(place);
  const points: { step: number; sparsity: number }[] = [];
  const context = contextFor(place, (message) => {
    if (message.kind === 'progress') points.push(...message.points);
  });
  const task = pruning({ schedule: 'polynomial', sparsity: 0.8, epochs: 3 });
  await runTask(task, context);
  const weights = 9 * 6 + 96 * 16 + 16 * 3;
  assert.equal(points.length, 3 + Math.floor(33 / 25));
  for (const { step, sparsity } of points) {
    assert.equal(sparsity, Math.round(weights * sparsityAt(task.recipe, { step: step - 1, steps: 33 }, 0.8)) / weights, `step ${step}`);
  }
});
