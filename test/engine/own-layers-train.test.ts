// Layers of ours train: the compiled step ends where the eager one does, and the gradient is that of the answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBatches } from '#main/engine/data/batches.ts';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { CompiledStep } from '#main/engine/training/compiled/compiled-step.ts';
import { EagerStep } from '#main/engine/training/eager-step.ts';
import { initialise } from '#network/initialise.ts';
import { createRandom, shuffledOrder } from '#network/random.ts';
import { ownLayerNetworks } from './own-layer-networks.ts';
import { ruleOf } from './step-rules.ts';

const tf = loadTensorflow();
const SAMPLES = 24;
const STEPS = 3;
const random = createRandom(3, 3);
const data = Float32Array.from({ length: SAMPLES * 64 }, () => random.uniform());
const labels = Int32Array.from({ length: SAMPLES }, (_, at) => at % 3);
const batches = openBatches(
  tf,
  { inputs: { name: 'inputs', dtype: 'float32', shape: [SAMPLES, 8, 8, 1], data }, labels },
  { scale: 1, offset: 0 },
  [8, 8, 1],
);

for (const [name, topology] of Object.entries(ownLayerNetworks)) {
  test(`${name}: after ${STEPS} steps the compiled weights are the eager ones within 1e-5, and all have moved`, async (context) => {
    const first = initialise(topology, 5);
    const after = await Promise.all(
      (['eager', 'compiled'] as const).map(async (kind) => {
        const network = await openNetwork({ tf }, first);
        const options = { loss: network.loss, rule: ruleOf('sgd'), seed: 1 };
        const step =
          kind === 'eager'
            ? new EagerStep(tf, network.loaded, options)
            : new CompiledStep(tf, network.loaded, { ...options, inputShape: [8, 8, 1] }, SAMPLES);
        const losses = Array.from({ length: STEPS }, (_, at) => {
          const batch = batches.gather(0, SAMPLES, shuffledOrder(SAMPLES, 1, 0));
          const { loss } = step.run(batch, at, 0.01);
          batch.dispose();
          return loss;
        });
        step.publish();
        return { weights: network.capture().weights, losses };
      }),
    );
    const [eager, compiled] = after;
    let largest = 0;
    eager!.weights.forEach((tensor, at) => {
      const values = Array.from(tensor.data);
      const [other, before] = [compiled!.weights[at]!.data, first.weights[at]!.data];
      const scale = Math.max(1e-3, ...values.map(Math.abs));
      largest = Math.max(largest, ...values.map((value, index) => Math.abs(value - other[index]!) / scale));
      assert.ok(
        values.some((value, index) => value !== before[index]),
        `${tensor.name} has not moved`,
      );
    });
    context.diagnostic(`largest difference ${largest}; losses ${eager!.losses.join(', ')}`);
    assert.ok(largest <= 1e-5, `${largest}`);
    assert.ok(eager!.losses[STEPS - 1]! < eager!.losses[0]!);
  });
}
