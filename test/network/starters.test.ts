// The starters are the networks they claim to be, and tfjs-layers reads them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildStarter, starters } from '#network/starters.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { loadInTfjs, predictInTfjs } from './run-in-tfjs.ts';

/** Counted by hand: conv = out positions · window · in · out, dense = in · out. */
const known: readonly { name: string; input?: readonly number[]; parameters: number; macs: number; activationBytes: number }[] = [
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
  {
    name: 'resnet-8',
    input: [32, 32, 3],
    parameters: 78_330,
    macs:
      32 * 32 * 9 * (3 * 16 + 2 * 16 * 16) +
      16 * 16 * (9 * (16 * 32 + 32 * 32) + 16 * 32) +
      8 * 8 * (9 * (32 * 64 + 64 * 64) + 32 * 64) +
      640,
    // The skip waits while a convolution reads one tensor and writes another.
    activationBytes: 3 * 32 * 32 * 16 * 4,
  },
  {
    name: 'depthwise-cnn',
    input: [32, 32, 3],
    parameters: 69_834,
    macs:
      32 * 32 * (9 * 3 * 32 + 9 * 32 + 32 * 64) +
      16 * 16 * (9 * 64 + 64 * 128 + 9 * 128 + 128 * 128) +
      8 * 8 * (9 * 128 + 128 * 256) +
      2560,
    activationBytes: 2 * 32 * 32 * 64 * 4,
  },
];

for (const { name, input = [28, 28, 1], parameters, macs, activationBytes } of known) {
  test(`${name} has ${parameters} parameters, ${macs} multiply-accumulates and needs ${activationBytes} bytes of activations`, () => {
    const summary = summariseNetwork(buildStarter(name, 1));
    assert.equal(summary.parameters, parameters);
    assert.equal(summary.macs, macs);
    assert.equal(summary.activationBytes, activationBytes);
    assert.equal(summary.bytes.raw, 4 * parameters);
    assert.deepEqual(summary.inputShape, [null, ...input]);
    assert.deepEqual(summary.outputShape, [null, 10]);
    assert.deepEqual(summary.unsupported, []);
  });

  test(`tfjs-layers loads ${name} with ${parameters} parameters and answers with 10 shares that sum up to 1`, async () => {
    const artifact = buildStarter(name, 1);
    const model = await loadInTfjs(artifact);
    assert.equal(model.countParams(), parameters);
    assert.deepEqual(
      new Map(model.weights.map((weight) => [weight.originalName, [...weight.shape]])),
      new Map(artifact.weights.map((tensor) => [tensor.name, [...tensor.shape]])),
    );
    const answers = await predictInTfjs(
      artifact,
      [2, ...input],
      new Float32Array(2 * input.reduce((all, size) => all * size, 1)).fill(0.5),
    );
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
  assert.throws(() => buildStarter('resnet', 1), {
    code: 'not-found',
    whatToDo: 'Take one of lenet-300-100, lenet-5, cnn-small, resnet-8, depthwise-cnn.',
  });
});
