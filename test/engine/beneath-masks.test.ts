// What lies beneath a mask: nothing, the weight as it was, or a weight that goes on moving; and the movement that is gathered of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBatches } from '#main/engine/data/batches.ts';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { CompiledStep } from '#main/engine/training/compiled/compiled-step.ts';
import { EagerStep } from '#main/engine/training/eager-step.ts';
import type { Beneath } from '#main/engine/training/training-step.ts';
import { initialise } from '#network/initialise.ts';
import { createRandom } from '#network/random.ts';
import { smallNetworks } from './small-networks.ts';

const RATE = 0.05;
const KERNEL = 'hidden/kernel';
const tf = loadTensorflow();
const random = createRandom(4, 4);
const batches = openBatches(
  tf,
  {
    inputs: {
      name: 'inputs',
      dtype: 'float32',
      shape: [32, 8, 8, 1],
      data: Float32Array.from({ length: 32 * 64 }, () => random.uniform()),
    },
    labels: Int32Array.from({ length: 32 }, (_, at) => at % 3),
  },
  { scale: 1, offset: 0 },
  [8, 8, 1],
);

async function begin(Step: typeof CompiledStep | typeof EagerStep, beneath: Beneath) {
  const network = await openNetwork({ tf }, initialise(smallNetworks.dense, 5));
  const options = {
    loss: network.loss,
    rule: { optimizer: 'sgd', weightDecay: 0, clip: 0 },
    seed: 1,
    beneath,
    moving: new Set([KERNEL]),
    inputShape: [8, 8, 1],
  } as const;
  const step = new Step(tf, network.loaded, options, 32);
  const kernel = (form: 'seen' | 'beneath') => {
    step.publish(form);
    const data = network
      .capture()
      .weights.find(({ name }) => name === KERNEL)!
      .data.slice();
    step.publish();
    return data;
  };
  const take = (at: number) => {
    const batch = batches.gather(0, 32);
    step.run(batch, at, RATE);
    batch.dispose();
  };
  const movement = () => step.captureSlots().find(({ name }) => name === `${KERNEL}/movement`)!.data;
  return { step, kernel, take, movement };
}

/** Every third weight goes. */
const mask = Uint8Array.from({ length: 64 * 24 }, (_, at) => Number(at % 3 !== 0));
const masks = new Map([[KERNEL, mask]]);

for (const Step of [EagerStep, CompiledStep]) {
  test(`${Step.name}: under SGD each step moves by rate · gradient, so S = −Σ w · (w − w′) / rate, also beneath a mask that trains on`, async () => {
    const run = await begin(Step, 'trained');
    run.step.setMasks(masks);
    const sums = new Float64Array(mask.length);
    for (let at = 0; at < 4; at++) {
      const before = run.kernel('beneath');
      run.take(at);
      run.kernel('beneath').forEach((weight, index) => {
        sums[index]! -= (before[index]! * (before[index]! - weight)) / RATE;
      });
    }
    run.movement().forEach((score, index) => assert.ok(Math.abs(score - sums[index]!) < 2e-4, `${index}: ${score} is not ${sums[index]}`));
    assert.ok(run.movement().some((score) => Math.abs(score) > 1e-3));
    const [seen, beneath] = [run.kernel('seen'), run.kernel('beneath')];
    mask.forEach((kept, index) => assert.ok(kept === 1 ? seen[index] === beneath[index] : Object.is(seen[index], 0)));
  });

  test(`${Step.name}: frozen weights come back with the bits they had, while their movement goes on; weights without a mask move`, async () => {
    const run = await begin(Step, 'frozen');
    run.take(0);
    const before = run.kernel('beneath');
    run.step.setMasks(masks);
    const scores = run.movement().slice();
    run.take(1);
    run.take(2);
    const after = run.kernel('beneath');
    mask.forEach((kept, index) => {
      if (kept === 0) assert.ok(Object.is(after[index], before[index]));
    });
    assert.ok(after.some((weight, index) => weight !== before[index]));
    assert.ok(run.movement().some((score, index) => mask[index] === 0 && score !== scores[index]));
    run.step.setMasks(new Map([[KERNEL, new Uint8Array(mask.length).fill(1)]]));
    assert.deepEqual(run.kernel('seen'), after);
  });
}

test('the compiled step is the eager one, whatever lies beneath the masks', async () => {
  for (const beneath of ['zero', 'frozen', 'trained'] as const) {
    const [eager, compiled] = [await begin(EagerStep, beneath), await begin(CompiledStep, beneath)];
    for (const run of [eager, compiled]) {
      run.take(0);
      run.step.setMasks(masks);
      run.take(1);
      run.take(2);
    }
    for (const read of [() => eager.kernel('beneath'), () => eager.movement()].entries()) {
      const [at, expected] = [read[0], read[1]()];
      const actual = at === 0 ? compiled.kernel('beneath') : compiled.movement();
      expected.forEach((value, index) => assert.ok(Math.abs(value - actual[index]!) < 1e-5, `${beneath}, ${index}`));
    }
  }
});
