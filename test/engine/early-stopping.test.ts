// Early stopping and the best epoch's weights: functions of the scores alone, the same through pauses.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EngineTask } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { readModelFile } from '#formats/model-file.ts';
import { runToTheEnd, type Trained } from './paused-runs.ts';
import { scratchFolder } from './run-engine.ts';
import { writeSmallData } from './small-data.ts';
import { writeNetwork } from './small-networks.ts';

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const model = writeNetwork(folder, 'dense');
const data = writeSmallData(folder, { train: 60, validation: 60, test: 30 }, 0.5);
let places = 0;

const run = (task: EngineTask, pauseAt?: number) => runToTheEnd(task, join(folder, String(places++)), pauseAt);

// So few samples and a rate so high that the validation loss turns upwards within a few epochs.
const training = (given: object): EngineTask => ({
  kind: 'train',
  model,
  data,
  exportTo: null,
  settings: TrainSettings.parse({ epochs: 9, batch: 20, rate: 0.05, decay: 'constant', seed: 3, ...given }),
});
const lowest = ({ epochs }: Trained) =>
  epochs.reduce((best, { valLoss, epoch }) => (valLoss! < epochs[best - 1]!.valLoss! ? epoch : best), 1);

test('the best epoch is kept: its weights are those of a run of that many epochs, to the bit', async () => {
  const { result } = await run(training({ keepBest: true }));
  const best = lowest(result);
  assert.ok(best < 9, `the loss turned upwards after epoch ${best}`);
  assert.equal(result.keptEpoch, best);
  const shorter = await run(training({ epochs: best }));
  assert.equal(shorter.result.keptEpoch, best);
  // The files also tell their settings, which differ.
  assert.deepEqual(readModelFile(result.artifact.path).weights, readModelFile(shorter.result.artifact.path).weights);
  const paused = await run(training({ keepBest: true }), 4);
  assert.ok(paused.runs > 3, `${paused.runs} runs`);
  assert.equal(paused.result.artifact.sha256, result.artifact.sha256);
});

test('patience 2 stops two epochs after the best one, with a note; the epochs until then are those of the long run', async () => {
  const long = await run(training({}));
  const { result, notes } = await run(training({ patience: 2 }));
  const scores = ({ epochs }: Trained) => epochs.map(({ loss, valLoss, valAccuracy }) => ({ loss, valLoss, valAccuracy }));
  const stopped = result.epochs.length;
  assert.ok(stopped < 9);
  assert.equal(stopped, lowest(result) + 2);
  assert.deepEqual(scores(result), scores(long.result).slice(0, stopped));
  assert.deepEqual(notes, [
    `Stopped after epoch ${stopped} of 9: the validation loss has not been lower than in epoch ${stopped - 2} for 2 epochs.`,
  ]);
  const paused = await run(training({ patience: 2 }), 4);
  assert.equal(paused.result.artifact.sha256, result.artifact.sha256);
});

test('an epoch before the last of the masks is no rival: what is kept has the whole sparsity', async () => {
  const { result } = await run({
    kind: 'prune',
    model,
    data,
    exportTo: null,
    recipe: Recipe.parse({
      sparsity: 0.95,
      schedule: 'iterative',
      rounds: 4,
      epochs: 8,
      batch: 32,
      rate: 0.02,
      decay: 'constant',
      keepBest: true,
      patience: 1,
    }),
  });
  assert.ok(result.keptEpoch !== null && result.keptEpoch >= 7, `${result.keptEpoch}`);
  const weights = 64 * 24 + 24 * 16 + 16 * 3;
  assert.equal(result.summary.parameters - result.summary.nonzero >= Math.round(0.95 * weights), true);
});

test('without a validation split, patience and keepBest are refused, with what to do', async () => {
  const place = join(folder, 'bare');
  mkdirSync(place);
  const bare = writeSmallData(place, { train: 64, validation: 0, test: 32 });
  await assert.rejects(
    run({ ...training({ keepBest: true }), data: bare } as EngineTask),
    (thrown: unknown) => thrown instanceof StudioError && thrown.code === 'bad-input' && thrown.where === 'keepBest',
  );
});
