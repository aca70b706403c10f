// A network's own regularizers and Network Slimming's penalty, against three training steps of Keras, op by op and compiled.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readModel } from '#formats/read-model.ts';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { absolute } from '#main/engine/models/penalties.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { CompiledStep } from '#main/engine/training/compiled/compiled-step.ts';
import { EagerStep } from '#main/engine/training/eager-step.ts';
import { withScalePenalty } from '#main/engine/training/scale-penalty.ts';
import { ruleOf } from './step-rules.ts';

interface Run {
  readonly losses: readonly number[];
  readonly weights: readonly (readonly number[])[];
}
interface Goldens {
  readonly keras: string;
  readonly batch: number;
  readonly scaleL1: number;
  readonly inputs: number[];
  readonly labels: number[];
  readonly plain: Run;
  readonly scaled: Run;
}
const place = resolve(import.meta.dirname, 'goldens');
const goldens = JSON.parse(readFileSync(resolve(place, 'regularizers.json'), 'utf8')) as Goldens;
const tf = loadTensorflow();

async function train(
  kind: 'eager' | 'compiled',
  strength: number,
): Promise<{ losses: number[]; weights: readonly ArrayLike<number>[]; leak: number }> {
  const { artifact } = await readModel(resolve(place, 'regularizers.keras'));
  const network = await openNetwork({ tf }, artifact);
  const options = { loss: withScalePenalty(tf, network.loss, network.loaded, strength), rule: ruleOf('sgd'), seed: 1 };
  const shape = [6, 6, 2];
  const step =
    kind === 'eager'
      ? new EagerStep(tf, network.loaded, options)
      : new CompiledStep(tf, network.loaded, { ...options, inputShape: shape }, goldens.batch);
  const size = goldens.batch * 72;
  const tensors: number[] = [];
  const losses = goldens.plain.losses.map((_, at) => {
    const inputs = tf.tensor(goldens.inputs.slice(at * size, (at + 1) * size), [goldens.batch, ...shape]);
    const labels = tf.tensor1d(goldens.labels.slice(at * goldens.batch, (at + 1) * goldens.batch), 'int32');
    const { loss } = step.run({ inputs, labels, count: goldens.batch, dispose: () => undefined }, at, 0.05);
    tf.dispose([inputs, labels]);
    tensors.push(tf.memory().numTensors);
    return loss;
  });
  step.publish();
  return { losses, weights: network.capture().weights.map(({ data }) => data), leak: tensors.at(-1)! - tensors[0]! };
}

for (const kind of ['eager', 'compiled'] as const) {
  for (const [name, run, strength] of [
    ['L1 and L2 of kernels, biases and outputs', goldens.plain, 0],
    ['and an L1 on batch-norm scales', goldens.scaled, goldens.scaleL1],
  ] as const) {
    test(`${kind}: ${name}: losses and weights of ${run.losses.length} steps are Keras ${goldens.keras}'s to 1e-5`, async () => {
      const { losses, weights, leak } = await train(kind, strength);
      run.losses.forEach((loss, at) => assert.ok(Math.abs(loss - losses[at]!) <= 1e-5, `step ${at}: ${losses[at]} is not ${loss}`));
      run.weights.forEach((values, tensor) =>
        values.forEach((value, at) =>
          assert.ok(Math.abs(value - weights[tensor]![at]!) <= 1e-5, `${tensor}[${at}]: ${weights[tensor]![at]} is not ${value}`),
        ),
      );
      assert.equal(leak, 0);
    });
  }
}

test('the slope of |x| at −2, 0 and 3 is −1, 0 and 1', () => {
  assert.deepEqual(
    [
      ...tf
        .grad((x) => tf.sum(absolute(tf, x)))(tf.tensor1d([-2, 0, 3]))
        .dataSync(),
    ],
    [-1, 0, 1],
  );
});
