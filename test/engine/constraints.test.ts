// What layers ask of their weights after a step, and the regularizers of layers that are made of others, against four steps of Keras, op by op and
// compiled, and beneath masks.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readModel } from '#formats/read-model.ts';
import { constrained, constraintOf } from '#main/engine/models/constraints.ts';
import { openNetwork, type Network } from '#main/engine/models/open-network.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { CompiledStep } from '#main/engine/training/compiled/compiled-step.ts';
import { EagerStep } from '#main/engine/training/eager-step.ts';
import type { TrainingStep } from '#main/engine/training/training-step.ts';
import { ruleOf } from './step-rules.ts';

interface Goldens {
  readonly keras: string;
  readonly batch: number;
  readonly rate: number;
  readonly inputs: number[];
  readonly labels: number[];
  readonly names: readonly string[];
  readonly runs: Record<'sgd' | 'adam', { readonly losses: readonly number[]; readonly weights: readonly (readonly number[])[] }>;
}
const place = resolve(import.meta.dirname, 'goldens');
const goldens = JSON.parse(readFileSync(resolve(place, 'constraints.json'), 'utf8')) as Goldens;
const tf = loadTensorflow();
const shape = [6, 6, 2];

async function begin(kind: 'eager' | 'compiled', optimizer: 'sgd' | 'adam'): Promise<{ network: Network; step: TrainingStep }> {
  const { artifact } = await readModel(resolve(place, 'constraints.keras'));
  const network = await openNetwork({ tf }, artifact);
  const options = { loss: network.loss, rule: ruleOf(optimizer), seed: 1 };
  const step =
    kind === 'eager'
      ? new EagerStep(tf, network.loaded, options)
      : new CompiledStep(tf, network.loaded, { ...options, inputShape: shape }, goldens.batch);
  return { network, step };
}

function take(step: TrainingStep, at: number): number {
  const size = goldens.batch * 72;
  const inputs = tf.tensor(goldens.inputs.slice(at * size, (at + 1) * size), [goldens.batch, ...shape]);
  const labels = tf.tensor1d(goldens.labels.slice(at * goldens.batch, (at + 1) * goldens.batch), 'int32');
  const { loss } = step.run({ inputs, labels, count: goldens.batch, dispose: () => undefined }, at, goldens.rate);
  tf.dispose([inputs, labels]);
  return loss;
}

for (const kind of ['eager', 'compiled'] as const) {
  for (const optimizer of ['sgd', 'adam'] as const) {
    // Adam's step is as large where a slope is all but nothing, and so is what rounding makes of it.
    const tolerance = optimizer === 'adam' ? 1e-4 : 2e-5;
    test(`${kind}, ${optimizer}: four steps under every constraint end with Keras ${goldens.keras}'s weights, to ${tolerance}`, async () => {
      const { network, step } = await begin(kind, optimizer);
      const { losses, weights } = goldens.runs[optimizer];
      losses.forEach((loss, at) => {
        const ours = take(step, at);
        assert.ok(Math.abs(loss - ours) <= tolerance, `step ${at}: ${ours} is not ${loss}`);
      });
      step.publish();
      const { weights: ours } = network.capture();
      weights.forEach((values, tensor) =>
        values.forEach((value, at) =>
          assert.ok(
            Math.abs(value - ours[tensor]!.data[at]!) <= tolerance,
            `${goldens.names[tensor]}[${at}]: ${ours[tensor]!.data[at]} is not ${value}`,
          ),
        ),
      );
    });
  }

  test(`${kind}: masked weights stay +0.0 where a norm is held at a value`, async () => {
    const { network, step } = await begin(kind, 'adam');
    const masks = new Map(
      network
        .capture()
        .weights.filter(({ name }) => /kernel$/.test(name))
        .map(({ name, data }) => [name, Uint8Array.from(data, (_, at) => (at % 3 === 0 ? 1 : 0))]),
    );
    step.setMasks(masks);
    for (let at = 0; at < 3; at++) take(step, at);
    step.publish();
    for (const { name, data } of network.capture().weights)
      masks.get(name)?.forEach((kept, at) => assert.ok(kept === 1 || Object.is(data[at], 0), `${name}[${at}] is ${data[at]}`));
  });
}

test('worked by hand: MaxNorm of 1 over columns, half of MinMaxNorm, no negative numbers', () => {
  const columns = tf.tensor2d([3, 0.3, 4, 0.4], [2, 2]);
  const result = (constraint: object) =>
    [...constrained(tf, constraintOf(constraint), columns).dataSync()].map((value) => Number(value.toFixed(5)));
  assert.deepEqual(result({ className: 'MaxNorm', config: { max_value: 1 } }), [0.6, 0.3, 0.8, 0.4]);
  // Norms 5 and 0.5 go half the way to 1: 3 and 0.75.
  assert.deepEqual(result({ className: 'MinMaxNorm', config: { min_value: 1, max_value: 1, rate: 0.5 } }), [1.8, 0.45, 2.4, 0.6]);
  assert.deepEqual([...constrained(tf, { kind: 'non-negative' }, tf.tensor1d([-1, 0, 2])).dataSync()], [0, 0, 2]);
});
