// Each loss on each kind of output against Keras's numbers; what doesn't fit an output is refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-node';
import { StudioError } from '#contract/errors.ts';
import type { Head } from '#main/engine/models/training-view.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { lossFor } from '#main/engine/training/losses.ts';

interface Case {
  /** Labels are whole numbers here, so that the sparse and the one-hot form are one loss. */
  readonly loss: 'categorical' | 'sparse' | 'binary' | 'mse';
  readonly head: Head;
  readonly units: number;
  readonly logits: number[];
  readonly labels: number[];
  readonly losses: number[];
  readonly gradient: number[];
}
const { keras, cases } = JSON.parse(readFileSync(resolve(import.meta.dirname, 'goldens/losses.json'), 'utf8')) as {
  keras: string;
  cases: Case[];
};
const tf = loadTensorflow();

for (const { loss, head, units, logits, labels, losses, gradient } of cases) {
  test(`${loss} on ${units} ${head}: losses and gradients are Keras ${keras}'s to 1e-6`, () => {
    const { perSample, hits } = lossFor(tf, head, units, loss === 'sparse' ? 'categorical' : loss);
    const [given, wanted] = [tf.tensor2d(logits, [labels.length, units]), tf.tensor1d(labels, 'int32')];
    const ours = perSample(given, wanted).dataSync();
    losses.forEach((value, at) => assert.ok(Math.abs(ours[at]! - value) <= 1e-6 * Math.max(1, value), `${ours[at]} is not ${value}`));
    const slope = tf
      .grad((x: Tensor) => tf.mean(perSample(x, wanted)))(given)
      .dataSync();
    gradient.forEach((value, at) => assert.ok(Math.abs(slope[at]! - value) <= 1e-6, `${slope[at]} is not ${value}`));
    const best = labels.map((label, sample) => {
      const row = logits.slice(sample * units, (sample + 1) * units);
      const threshold = loss === 'mse' && head === 'scores' ? 0.5 : 0;
      return Number((units === 1 ? Number(row[0]! > threshold) : row.indexOf(Math.max(...row))) === label);
    });
    assert.deepEqual([...hits(given, wanted).dataSync()], best);
  });
}

test('left to itself, a softmax and bare scores take the categorical loss, sigmoids and a single unit the binary one', () => {
  const given = tf.tensor2d([[1, 2]]);
  const labels = tf.tensor1d([1], 'int32');
  const value = (head: Head, loss: 'auto' | 'categorical' | 'binary') => lossFor(tf, head, 2, loss).perSample(given, labels).dataSync()[0];
  assert.equal(value('softmax', 'auto'), value('softmax', 'categorical'));
  assert.equal(value('scores', 'auto'), value('scores', 'categorical'));
  assert.equal(value('sigmoid', 'auto'), value('sigmoid', 'binary'));
});

test('a loss that does not fit the output is refused, naming both', () => {
  for (const [head, units, loss] of [
    ['softmax', 3, 'binary'],
    ['sigmoid', 3, 'categorical'],
    ['scores', 1, 'categorical'],
  ] as const) {
    assert.throws(
      () => lossFor(tf, head, units, loss),
      (thrown: unknown) => thrown instanceof StudioError && thrown.code === 'bad-input' && thrown.where === 'loss',
    );
  }
});
