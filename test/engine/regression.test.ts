// Networks that answer with numbers: trained, scored and pruned by their errors, with no accuracy anywhere.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { SensitivitySettings } from '#contract/sensitivity.ts';
import { writeDatasetFile } from '#formats/dataset-file.ts';
import { readModelFile, writeModelFile } from '#formats/model-file.ts';
import { evaluateTask } from '#main/engine/evaluate-task.ts';
import { Errors } from '#main/engine/measuring/regression-errors.ts';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { prune } from '#main/engine/prune-task.ts';
import { studySensitivity } from '#main/engine/sensitivity-task.ts';
import { train } from '#main/engine/train-task.ts';
import { initialise } from '#network/initialise.ts';
import type { Topology } from '#network/model-artifact.ts';
import { createRandom } from '#network/random.ts';
import { contextFor } from './in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'regression-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let runs = 0;
const notes: string[] = [];
function context() {
  const workspace = join(folder, `run-${++runs}`);
  mkdirSync(workspace);
  return contextFor(workspace, (message) => void (message.kind === 'note' && notes.push(message.text)));
}

const dense = (name: string, units: number, activation: string, more: object = {}) => ({
  class_name: 'Dense',
  config: { name, units, activation, use_bias: true, ...more },
});
function network(units: number, last = 'linear'): Topology {
  const layers = [dense('first', 16, 'relu', { batch_input_shape: [null, 4] }), dense('second', 16, 'relu'), dense('answer', units, last)];
  return { class_name: 'Sequential', config: { name: 'numbers', layers } };
}
function writeModel(units: number, last?: string): string {
  const path = join(folder, `model-${units}-${last ?? 'linear'}.espalier`);
  writeModelFile(path, initialise(network(units, last), 3));
  return path;
}

/** Two numbers of four: x₀ + 2·x₁ − x₂·x₃, and 3·x₀. */
const data = (() => {
  const random = createRandom(8, 8);
  const split = (count: number) => {
    const x = Float32Array.from({ length: count * 4 }, () => random.uniform(-1, 1));
    const labels = new Float32Array(count * 2);
    for (let at = 0; at < count; at++) {
      const [a, b, c, d] = x.subarray(at * 4, at * 4 + 4);
      labels.set([a! + 2 * b! - c! * d!, 3 * a!], at * 2);
    }
    return { inputs: { name: 'inputs', dtype: 'float32' as const, shape: [count, 4], data: x }, labels };
  };
  const path = join(folder, 'numbers.espalier');
  const target = { low: -4, high: 4, mean: 0, deviation: 1 };
  writeDatasetFile(path, {
    summary: {
      name: 'numbers',
      sampleShape: [4],
      classes: [],
      targets: [
        { name: 'sum', ...target },
        { name: 'triple', ...target },
      ],
      counts: { train: 900, validation: 100, test: 200 },
      balance: [],
      range: [-1, 1],
      credit: null,
    },
    scale: 1,
    offset: 0,
    splits: { train: split(900), validation: split(100), test: split(200) },
  });
  return path;
})();
const settings = TrainSettings.parse({ epochs: 12, rate: 0.01, batch: 32 });

test('errors by hand: wanted 1, 2, 3, answered 1, 2, 5', () => {
  const errors = new Errors();
  errors.add([1, 2], [1, 2], 1);
  errors.add([5], [3], 1);
  const { mae, rmse, r2 } = errors.score();
  assert.deepEqual([mae, rmse, r2], [2 / 3, Math.sqrt(4 / 3), -1]);
  const flat = new Errors();
  flat.add([1, 2], [2, 2], 1);
  assert.equal(flat.score().r2, null);
});

let trained = '';
test('two numbers are learned to R² above 0.95, as one compiled graph; accuracies are null, and the errors are those of the answers', async () => {
  const result = await train(context(), { kind: 'train', model: writeModel(2), data, settings, exportTo: null });
  assert.ok(result.kind === 'train');
  assert.deepEqual(notes, []);
  trained = result.artifact.path;
  const { evaluation, test: score, epochs } = result;
  assert.ok(score.regression !== undefined && score.regression.r2! > 0.95, JSON.stringify(score));
  assert.deepEqual(
    [score.accuracy, evaluation.accuracy, evaluation.trainAccuracy, evaluation.gap, evaluation.perClass],
    [null, null, null, null, []],
  );
  assert.ok(epochs.every(({ accuracy, valAccuracy, valLoss }) => accuracy === null && valAccuracy === null && valLoss !== null));
  assert.ok(Math.abs(score.regression.rmse ** 2 - score.loss) < 1e-5, 'the loss is the mean squared error');
  assert.equal(readModelFile(trained).training?.loss, 'mse');
  const { tf } = context();
  const opened = await openNetwork({ tf }, readModelFile(trained));
  const again = await evaluateTask(context(), { kind: 'evaluate', model: trained, data });
  assert.ok(again.kind === 'evaluate' && again.right === undefined);
  assert.deepEqual(again.regression?.test, score.regression);
  opened.dispose();
});

test('pruned to half with a teacher, its errors before and after stand in the result; a floor of accuracy is refused', async () => {
  const recipe = Recipe.parse({ sparsity: 0.5, epochs: 3, rate: 0.005, batch: 32, distill: true });
  const result = await prune(context(), { kind: 'prune', model: trained, data, teacher: trained, recipe, exportTo: null });
  assert.ok(result.kind === 'prune');
  const { before, pruned, after: end } = result;
  assert.deepEqual([before.accuracy, pruned.accuracy, end.accuracy], [null, null, null]);
  assert.ok(
    pruned.regression!.rmse > before.regression!.rmse && end.regression!.rmse < pruned.regression!.rmse,
    JSON.stringify([before.loss, pruned.loss, end.loss]),
  );
  assert.equal(result.rounds[0]?.after?.regression?.rmse, end.regression?.rmse);
  const floored = Recipe.parse({ sparsity: 0.5, epochs: 1, floor: 0.9 });
  await assert.rejects(prune(context(), { kind: 'prune', model: trained, data, recipe: floored, exportTo: null }), {
    code: 'bad-input',
    where: 'floor',
  });
});

test('a network of another width, a softmax, a loss for classes and a study by accuracy are refused with what to do', async () => {
  const attempt = (model: string, more: object = {}) =>
    train(context(), { kind: 'train', model, data, settings: TrainSettings.parse({ epochs: 1, ...more }), exportTo: null });
  await assert.rejects(attempt(writeModel(3)), {
    code: 'wrong-shape',
    message: /want 2 numbers of each sample, but the model answers with 3/,
  });
  await assert.rejects(attempt(writeModel(2, 'softmax')), { code: 'wrong-shape', message: /softmax/ });
  await assert.rejects(attempt(writeModel(2), { loss: 'categorical' }), { code: 'bad-input', where: 'loss' });
  await assert.rejects(
    studySensitivity(context(), { kind: 'sensitivity', model: trained, data, settings: SensitivitySettings.parse({}) }),
    {
      code: 'unsupported',
      message: /accuracy/,
    },
  );
});
