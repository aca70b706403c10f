// Data that don't fit a model are refused before any work, by every task that takes data, with the numbers that don't fit.
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EngineTask } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { writeDatasetFile } from '#formats/dataset-file.ts';
import { runTask } from '#main/engine/run-task.ts';
import { contextFor } from './in-process.ts';
import { scratchFolder } from './run-engine.ts';
import { writeNetwork } from './small-networks.ts';

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
/** Takes 8 × 8 × 1, tells three classes apart. */
const model = writeNetwork(folder, 'everything');

function writeData(name: string, side: number, testLabels: readonly number[]): string {
  const split = (labels: readonly number[]) => {
    const data = new Uint8Array(labels.length * side * side);
    return {
      inputs: { name: 'inputs', dtype: 'uint8' as const, shape: [labels.length, side, side, 1], data },
      labels: Int32Array.from(labels),
    };
  };
  const path = join(folder, name);
  const counts = { train: 3, validation: 1, test: testLabels.length };
  writeDatasetFile(path, {
    summary: {
      name,
      sampleShape: [side, side, 1],
      classes: ['a', 'b', 'c', 'd'],
      counts,
      balance: [0, 0, 0, 0],
      range: [0, 255],
      credit: null,
    },
    scale: 1 / 255,
    offset: 0,
    splits: { train: split([0, 1, 2]), validation: split([0]), test: split(testLabels) },
  });
  return path;
}

const settings = TrainSettings.parse({ epochs: 1, batch: 2, optimizer: 'sgd', rate: 0.1, decay: 'constant', seed: 1 });
const tasksOn = (data: string): EngineTask[] => [
  { kind: 'train', model, data, settings, exportTo: null },
  { kind: 'prune', model, data, recipe: Recipe.parse({}), exportTo: null },
  { kind: 'evaluate', model, data },
];

for (const [name, side, labels, code, words] of [
  ['larger', 9, [0, 1], 'wrong-shape', /takes samples of 8 × 8 × 1, but the data have samples of 9 × 9 × 1/],
  ['fourth-class', 8, [0, 3], 'wrong-labels', /Sample 1 of the test split has the label 3, .* only 3 classes apart \(0 to 2\)/],
  ['negative', 8, [0, 1, -1], 'wrong-labels', /Sample 2 of the test split has the label -1/],
] as const) {
  test(`data "${name}" are ${code} for training, pruning and evaluating`, async () => {
    const data = writeData(name, side, labels);
    const workspace = scratchFolder();
    for (const task of tasksOn(data)) {
      await assert.rejects(
        runTask(
          task,
          contextFor(workspace, () => undefined),
        ),
        (thrown: unknown) => {
          assert.ok(thrown instanceof StudioError, String(thrown));
          assert.equal(thrown.code, code);
          assert.match(thrown.message, words);
          assert.ok(thrown.where !== undefined && thrown.whatToDo !== undefined);
          return true;
        },
      );
    }
    assert.deepEqual(readdirSync(workspace), []);
    rmSync(workspace, { recursive: true });
  });
}
