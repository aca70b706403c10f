// What can be worked out by hand: learning rates, losses, shapes, order, percentiles.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { StudioError } from '#contract/errors.ts';
import { TrainSettings } from '#contract/recipe.ts';
import { openBatches } from '#main/engine/data/batches.ts';
import { fitShape } from '#main/engine/data/fit-data.ts';
import { evenlySpaced } from '#main/engine/measuring/evaluate.ts';
import { percentile } from '#main/engine/measuring/latency.ts';
import { loadModel } from '#main/engine/models/load-model.ts';
import { trainingView } from '#main/engine/models/training-view.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { learningRateAt } from '#main/engine/training/learning-rate.ts';
import { lossFor } from '#main/engine/training/losses.ts';
import { smallModel } from './small-data.ts';

const tf = loadTensorflow();

function close(actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-6): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, at) => assert.ok(Math.abs(actual[at]! - value) <= tolerance, `${at}: ${actual[at]} is not ${value}`));
}

test('learning rates: cosine, constant, step and warm-up at the steps of the worked examples', () => {
  const run = { perEpoch: 10, steps: 100 };
  const at = (given: object, steps: number[]) => {
    const settings = TrainSettings.parse({ rate: 0.1, ...given });
    return steps.map((step) => learningRateAt(settings, step, run));
  };
  close(at({ decay: 'cosine' }, [0, 50, 100]), [0.1, 0.05, 0], 1e-15);
  close(at({ decay: 'constant' }, [77]), [0.1], 0);
  close(at({ decay: 'cosine', warmUp: 2 }, [0, 19, 20, 60]), [0.005, 0.1, 0.1, 0.05], 1e-15);
  close(at({ decay: 'step', dropEvery: 3, dropFactor: 0.1 }, [29, 30, 60, 99]), [0.1, 0.01, 0.001, 0.0001], 1e-15);
  close(at({ decay: 'step', dropEvery: 0.5, dropFactor: 0.5, warmUp: 0.3 }, [0, 2, 3, 5]), [0.1 / 3, 0.1, 0.1, 0.05], 1e-15);
  close(at({ decay: 'constant', warmUp: 1000 }, [0, 99]), [0.001, 0.1], 1e-15); // a warm-up longer than the run rises over all of it
});

test('softmax cross-entropy of logits (1, 2, 3) is 2.4076, 1.4076, 0.4076; its gradient is softmax − one-hot', () => {
  const { perSample, hits } = lossFor(tf, 'softmax', 3);
  const logits = tf.tensor2d([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
  ]);
  const labels = tf.tensor1d([0, 1, 2], 'int32');
  close(perSample(logits, labels).dataSync(), [2.407606, 1.407606, 0.407606], 1e-5);
  assert.deepEqual([...hits(logits, labels).dataSync()], [0, 0, 1]);
  const gradient = tf
    .grad((given) => tf.mean(perSample(given, labels)))(logits)
    .dataSync();
  close(
    [...gradient].map((value) => value * 3),
    [0.090031 - 1, 0.244728, 0.665241, 0.090031, 0.244728 - 1, 0.665241, 0.090031, 0.244728, 0.665241 - 1],
    1e-5,
  );
});

test('one sigmoid unit: log(1 + e^∓x), finite at logits of ±200', () => {
  const { perSample, hits } = lossFor(tf, 'sigmoid', 1);
  const logits = tf.tensor2d([[2], [2], [-200], [200]]);
  const labels = tf.tensor1d([1, 0, 1, 0], 'int32');
  close(perSample(logits, labels).dataSync(), [0.126928, 2.126928, 200, 200], 1e-4);
  assert.deepEqual([...hits(logits, labels).dataSync()], [1, 0, 0, 0]);
});

test("the training view has logits whose softmax is the network's answer, to the last bit or nearly", async () => {
  const artifact = smallModel();
  const view = trainingView(artifact);
  assert.equal(view.head, 'softmax');
  const input = tf.randomUniform([4, 8, 8, 1], 0, 1, 'float32', 1);
  const answer = (model: LayersModel) => model.predict(input) as ReturnType<typeof tf.zeros>;
  close(
    tf.softmax(answer((await loadModel(tf, view.artifact)).model)).dataSync(),
    [...answer((await loadModel(tf, artifact)).model).dataSync()],
    1e-7,
  );
});

test('batches are gathered by index, scaled, reshaped, and the last one is short', () => {
  const split = {
    inputs: { name: 'inputs', dtype: 'uint8' as const, shape: [3, 2, 2], data: Uint8Array.from([0, 51, 102, 255, 1, 2, 3, 4, 5, 6, 7, 8]) },
    labels: Int32Array.from([7, 8, 9]),
  };
  const batches = openBatches(tf, split, { scale: 1 / 255, offset: -1 }, [4]);
  const first = batches.gather(0, 2, [2, 0, 1]);
  assert.deepEqual(first.inputs.shape, [2, 4]);
  close(first.inputs.dataSync(), [5 / 255 - 1, 6 / 255 - 1, 7 / 255 - 1, 8 / 255 - 1, -1, 0.2 - 1, 0.4 - 1, 0], 1e-7);
  assert.deepEqual([...first.labels.dataSync()], [9, 7]);
  assert.deepEqual([...batches.gather(2, 3, [2, 0, 1]).labels.dataSync()], [8]);
});

test('784 fits 28 × 28 × 1; 32 × 32 × 3 does not, nor 3 × 32 × 32, and the refusal tells both', () => {
  assert.deepEqual(fitShape([784], [28, 28, 1], 'm'), [784]);
  assert.deepEqual(fitShape([null, null, 1], [28, 28, 1], 'm'), [28, 28, 1]);
  assert.throws(
    () => fitShape([32, 32, 3], [3, 32, 32], 'm'),
    (thrown: unknown) => thrown instanceof StudioError && thrown.code === 'wrong-shape' && /another axis/.test(thrown.whatToDo ?? ''),
  );
  assert.throws(
    () => fitShape([32, 32, 3], [28, 28, 1], 'm'),
    (thrown: unknown) => thrown instanceof StudioError && thrown.code === 'wrong-shape' && /32 × 32 × 3.*28 × 28 × 1/.test(thrown.message),
  );
});

test('of 100 sorted times the median is the 50th and p95 the 95th; 5 of 10 samples are 0, 2, 4, 6, 8', () => {
  const times = Float64Array.from({ length: 100 }, (_, index) => index + 1);
  assert.deepEqual([percentile(times, 0.5), percentile(times, 0.95)], [50, 95]);
  assert.deepEqual([...evenlySpaced(10, 5)], [0, 2, 4, 6, 8]);
});
