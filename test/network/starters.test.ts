// The starters are the networks they claim to be, and tfjs-layers reads them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildStarter, starters } from '#network/starters.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { loadInTfjs, predictInTfjs } from './run-in-tfjs.ts';

/** Counted by hand: conv = out positions · window · in · out, dense = in · out. */
const known = [
  { name: 'lenet-300-100', parameters: 266_610, macs: 784 * 300 + 300 * 100 + 100 * 10, activationBytes: (784 + 300) * 4 },
  {
    name: 'lenet-5',
    parameters: 431_080,
    macs: 24 * 24 * 25 * 20 + 8 * 8 * 25 * 20 * 50 + 800 * 500 + 500 * 10,
    activationBytes: (24 * 24 * 20 + 12 * 12 * 20) * 4,
  },
  {
    name: 'cnn-small',
    parameters: 106_010,
    macs: 28 * 28 * 9 * 16 + 14 * 14 * 9 * 16 * 32 + 1568 * 64 + 640,
    activationBytes: 2 * 28 * 28 * 16 * 4,
  },
];

for (const { name, parameters, macs, activationBytes } of known) {
  test(`${name} has ${parameters} parameters, ${macs} multiply-accumulates and needs ${activationBytes} bytes of activations`, () => {
    const summary = summariseNetwork(buildStarter(name, 1));
    assert.equal(summary.parameters, parameters);
    assert.equal(summary.macs, macs);
    assert.equal(summary.activationBytes, activationBytes);
    assert.equal(summary.bytes.raw, 4 * parameters);
    assert.deepEqual(summary.inputShape, [null, 28, 28, 1]);
    assert.deepEqual(summary.outputShape, [null, 10]);
    assert.deepEqual(summary.unsupported, []);
  });

  test(`tfjs-layers loads ${name} with ${parameters} parameters and answers with 10 shares that sum up to 1`, async () => {
    const artifact = buildStarter(name, 1);
    const model = await loadInTfjs(artifact);
    assert.equal(model.countParams(), parameters);
    assert.deepEqual(
      model.getWeights().map((weight) => weight.shape),
      inTfjsOrder(artifact.weights.map((tensor) => ({ name: tensor.name, shape: [...tensor.shape] }))),
    );
    const answers = await predictInTfjs(artifact, [2, 28, 28, 1], new Float32Array(2 * 784).fill(0.5));
    assert.equal(answers.length, 20);
    assert.ok(Math.abs(answers.reduce((sum, share) => sum + share, 0) - 2) < 1e-5);
  });
}

test("the same seed gives the same bytes, another seed others; kernels lie within Glorot's limit and have its spread", () => {
  for (const { name } of starters) {
    const [one, same, other] = [buildStarter(name, 7), buildStarter(name, 7), buildStarter(name, 8)];
    assert.deepEqual(one.weights, same.weights);
    assert.notDeepEqual(one.weights, other.weights);
  }
  const kernel = buildStarter('lenet-300-100', 7).weights.find((tensor) => tensor.name === 'fc1/kernel');
  assert.ok(kernel !== undefined);
  const limit = Math.sqrt(6 / (784 + 300));
  assert.ok(kernel.data.every((value) => Math.abs(value) <= limit));
  const variance = Array.from(kernel.data).reduce((sum, value) => sum + value * value, 0) / kernel.data.length;
  assert.ok(Math.abs(variance / (limit ** 2 / 3) - 1) < 0.01, `variance ${variance}`);
});

test('an unknown starter is refused with the names that there are', () => {
  assert.throws(() => buildStarter('resnet', 1), { code: 'not-found', whatToDo: 'Take one of lenet-300-100, lenet-5, cnn-small.' });
});

/** tfjs lists trainable weights first, then the moving statistics. */
function inTfjsOrder(tensors: readonly { name: string; shape: number[] }[]): number[][] {
  const moving = (name: string): boolean => name.includes('moving_');
  return [...tensors.filter(({ name }) => !moving(name)), ...tensors.filter(({ name }) => moving(name))].map(({ shape }) => shape);
}
