// Batch normalization measured anew after pruning: the statistics are those of the pruned network on the training data.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { readModelFile } from '#formats/model-file.ts';
import { readDatasetFile } from '#formats/dataset-file.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { runTask } from '#main/engine/run-task.ts';
import { contextFor } from './in-process.ts';
import { scratchFolder } from './run-engine.ts';
import { writeSmallData } from './small-data.ts';
import { writeNetwork } from './small-networks.ts';

const tf = loadTensorflow();
const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const data = writeSmallData(folder);
const SAMPLES = 330;

async function run(name: string, task: Parameters<typeof runTask>[0]) {
  const place = join(folder, name);
  mkdirSync(place);
  return runTask(
    task,
    contextFor(place, () => undefined),
  );
}

test('after pruning weights, moving mean and variance are those of the convolution over all training samples; accuracy gains by it', async () => {
  const model = writeNetwork(folder, 'convolution');
  const settings = TrainSettings.parse({ epochs: 6, batch: 32, rate: 0.01 });
  const trained = await run('train', { kind: 'train', model, data, settings, exportTo: null });
  assert.ok(trained.kind === 'train');
  const prune = async (recalibrate: boolean) => {
    const recipe = Recipe.parse({ sparsity: 0.8, scope: 'layer', epochs: 0, batch: SAMPLES, recalibrate });
    const result = await run(`prune-${recalibrate}`, { kind: 'prune', model: trained.artifact.path, data, recipe, exportTo: null });
    assert.ok(result.kind === 'prune');
    return result;
  };
  const [plain, measured] = [await prune(false), await prune(true)];
  const weights = new Map(readModelFile(measured.artifact.path).weights.map((tensor) => [tensor.name, tensor]));
  const tensor = (name: string) => tf.tensor(weights.get(name)!.data, [...weights.get(name)!.shape], 'float32');
  const images = tf.tensor(
    Float32Array.from(readDatasetFile(data).splits.train.inputs.data, (pixel) => pixel / 255),
    [SAMPLES, 8, 8, 1],
  );
  const outputs = tf.add(tf.conv2d(images as never, tensor('conv/kernel') as never, 1, 'same'), tensor('conv/bias'));
  const { mean, variance } = tf.moments(outputs, [0, 1, 2]);
  for (const [name, expected] of [
    ['norm/moving_mean', mean],
    ['norm/moving_variance', variance],
  ] as const) {
    const actual = weights.get(name)!.data;
    expected
      .dataSync()
      .forEach((value, at) => assert.ok(Math.abs(value - actual[at]!) < 1e-4, `${name}[${at}]: ${actual[at]}, not ${value}`));
  }
  assert.ok(measured.after.loss! < plain.after.loss!, `loss ${measured.after.loss} after ${plain.after.loss}`);
});
