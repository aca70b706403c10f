// The training step on a small network: exact zeros, exact resume at every step, nothing left behind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBatches, type Batches } from '#main/engine/data/batches.ts';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { EagerStep } from '#main/engine/training/eager-step.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { createRandom, shuffledOrder } from '#network/random.ts';
import { selectMasks } from '#pruning/recipe-masks.ts';
import { Optimizer, Recipe } from '#contract/recipe.ts';
import { smallModel } from './small-data.ts';
import { ruleOf } from './step-rules.ts';

const tf = loadTensorflow();
const random = createRandom(9, 9);
const data = Float32Array.from({ length: 70 * 64 }, () => random.uniform());
const batches: Batches = openBatches(
  tf,
  {
    inputs: { name: 'inputs', dtype: 'float32', shape: [70, 8, 8, 1], data },
    labels: Int32Array.from({ length: 70 }, (_, at) => (data[at * 64]! > 0.6 ? 2 : at % 2)),
  },
  { scale: 1, offset: 0 },
  [8, 8, 1],
);

async function begin(artifact: ModelArtifact, optimizer: Optimizer) {
  const network = await openNetwork({ tf }, artifact);
  return { network, step: new EagerStep(tf, network.loaded, { loss: network.loss, rule: ruleOf(optimizer), seed: 11 }) };
}

function take({ step }: { step: EagerStep }, from: number, to: number): number[] {
  const order = shuffledOrder(70, 11, 0);
  return Array.from({ length: to - from }, (_, index) => {
    const at = ((from + index) % 3) * 32;
    const batch = batches.gather(at, Math.min(at + 32, 70), order);
    const { loss } = step.run(batch, from + index, 0.01);
    batch.dispose();
    return loss;
  });
}

function bitsOf({ weights }: ModelArtifact): string {
  return Buffer.concat(weights.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))).toString('hex');
}

for (const optimizer of Optimizer.options) {
  test(`${optimizer}: taken up after each of 12 steps, dropout and batch norm included, a run ends with the same bits`, async () => {
    const whole = await begin(smallModel(), optimizer);
    const losses = take(whole, 0, 12);
    const end = bitsOf(whole.network.capture());
    assert.ok(losses.at(-1)! < losses[0]!, `the loss falls: ${losses}`);
    for (let stop = 0; stop < 12; stop++) {
      const before = await begin(smallModel(), optimizer);
      take(before, 0, stop);
      const after = await begin(before.network.capture(), optimizer);
      after.step.restoreSlots(before.step.captureSlots());
      assert.deepEqual(take(after, stop, 12), losses.slice(stop));
      assert.equal(bitsOf(after.network.capture()), end, `after step ${stop}`);
    }
  });

  test(`${optimizer}: masked weights are +0.0 after every step, and exactly round(0.8 · n) of them`, async () => {
    const run = await begin(smallModel(), optimizer);
    take(run, 0, 3);
    const { masks } = selectMasks(run.network.capture(), Recipe.parse({ sparsity: 0.8 }), 0.8);
    run.step.setMasks(masks);
    const masked = [...masks.values()].reduce((sum, mask) => sum + mask.reduce((zeros, kept) => zeros + 1 - kept, 0), 0);
    assert.equal(masked, Math.round(0.8 * (9 * 6 + 96 * 16 + 16 * 3)));
    for (let step = 3; step < 9; step++) {
      take(run, step, step + 1);
      for (const { name, data } of run.network.capture().weights)
        masks.get(name)?.forEach((kept, at) => assert.ok(kept === 1 || Object.is(data[at], 0), `${name}[${at}] is ${data[at]}`));
    }
  });
}

test('20 steps leave no tensor behind', async () => {
  const run = await begin(smallModel(), 'adam');
  take(run, 0, 3);
  const { numTensors } = tf.memory();
  take(run, 3, 23);
  assert.equal(tf.memory().numTensors, numTensors);
});

test('dropout draws anew at each step and by layer and seed, and the same again for the same step', async () => {
  const losses = await Promise.all([0, 0, 1].map(async (step) => take(await begin(smallModel(), 'sgd'), step * 3, step * 3 + 1)[0]));
  assert.equal(losses[0], losses[1]);
  assert.notEqual(losses[0], losses[2]);
});
