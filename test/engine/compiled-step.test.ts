// The compiled step against the eager one: the same numbers, exact zeros, exact resume, nothing left in memory; and each rewrite by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-node';
import { Optimizer } from '#contract/recipe.ts';
import { openBatches, type Batches } from '#main/engine/data/batches.ts';
import { openNetwork, type Network } from '#main/engine/models/open-network.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { loadKernels } from '#main/engine/runtime/native-kernels.ts';
import { CompiledStep } from '#main/engine/training/compiled/compiled-step.ts';
import { nativeBackend } from '#main/engine/training/compiled/native-binding.ts';
import { biasAddGrad } from '#main/engine/training/compiled/rewrites/bias-add-grad.ts';
import { biasAdd } from '#main/engine/training/compiled/rewrites/bias-add.ts';
import { nativeBatchNormGrad } from '#main/engine/training/compiled/rewrites/native-batch-norm-grad.ts';
import { afterNativeBatchNorm, nativeBatchNorm } from '#main/engine/training/compiled/rewrites/native-batch-norm.ts';
import { noReshape } from '#main/engine/training/compiled/rewrites/no-reshape.ts';
import { plainMatMul } from '#main/engine/training/compiled/rewrites/plain-mat-mul.ts';
import { reluGrad } from '#main/engine/training/compiled/rewrites/relu-grad.ts';
import { applyRewrites, type Rewrite } from '#main/engine/training/compiled/rewrites/rewrite.ts';
import { traceStep } from '#main/engine/training/compiled/trace-step.ts';
import { NotTraceable } from '#main/engine/training/compiled/trace.ts';
import { EagerStep } from '#main/engine/training/eager-step.ts';
import type { TrainingStep } from '#main/engine/training/training-step.ts';
import { initialise } from '#network/initialise.ts';
import type { Topology } from '#network/model-artifact.ts';
import { createRandom, shuffledOrder } from '#network/random.ts';
import { smallNetworks } from './small-networks.ts';
import { ruleOf } from './step-rules.ts';

const tf = loadTensorflow();
const kernels = loadKernels();
const SAMPLES = 70,
  BATCH = 32,
  SEED = 11;
const random = createRandom(9, 9);
const data = Float32Array.from({ length: SAMPLES * 64 }, () => random.uniform());
const labels = Int32Array.from({ length: SAMPLES }, (_, at) => (data[at * 64]! > 0.6 ? 2 : at % 2));
const batches: Batches = openBatches(
  tf,
  { inputs: { name: 'inputs', dtype: 'float32', shape: [SAMPLES, 8, 8, 1], data }, labels },
  { scale: 1, offset: 0 },
  [8, 8, 1],
);
const kinds = ['dense', 'convolution', 'dropout', 'depthwise', 'residual'] as const;

interface Run {
  readonly network: Network;
  readonly step: TrainingStep;
}

async function begin(kind: 'eager' | 'compiled', topology: Topology, optimizer: Optimizer, rewrites?: readonly Rewrite[]): Promise<Run> {
  const network = await openNetwork({ tf }, initialise(topology, 5));
  const options = { loss: network.loss, rule: ruleOf(optimizer), seed: SEED };
  const step =
    kind === 'eager'
      ? new EagerStep(tf, network.loaded, options)
      : new CompiledStep(tf, network.loaded, { ...options, inputShape: [8, 8, 1], ...(rewrites === undefined ? {} : { rewrites }) }, BATCH);
  return { network, step };
}

/** Steps `from` … `to − 1` of epochs of three batches, the last one short. */
function take({ step, network }: Run, from: number, to: number, rate = 0.01): number[] {
  const order = shuffledOrder(SAMPLES, SEED, 0);
  const losses = Array.from({ length: to - from }, (_, index) => {
    const at = ((from + index) % 3) * BATCH;
    const batch = batches.gather(at, Math.min(at + BATCH, SAMPLES), order);
    const { loss } = step.run(batch, from + index, rate);
    batch.dispose();
    return loss;
  });
  step.publish();
  void network;
  return losses;
}

/** The largest difference of any weight, relative to the largest weight of its tensor. */
function difference(a: Network, b: Network): number {
  const [ours, theirs] = [a.capture().weights, b.capture().weights];
  return Math.max(
    ...ours.map(({ data: values }, index) => {
      const [left, right] = [Array.from(values), theirs[index]!.data];
      const scale = left.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      return left.reduce((most, value, at) => Math.max(most, Math.abs(value - right[at]!)), 0) / scale;
    }),
  );
}

function bitsOf(network: Network): string {
  return Buffer.concat(
    network.capture().weights.map(({ data: values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  ).toString('hex');
}

for (const kind of kinds) {
  test(`${kind}: after one step within 1e-5 of the eager step, after 200 the same losses within 1e-3`, async (context) => {
    const [eager, compiled] = [
      await begin('eager', smallNetworks[kind], 'momentum'),
      await begin('compiled', smallNetworks[kind], 'momentum'),
    ];
    const first = [take(eager, 0, 1), take(compiled, 0, 1)];
    const apart = difference(eager.network, compiled.network);
    context.diagnostic(`largest relative difference after one step ${apart.toExponential(1)}`);
    assert.ok(apart <= 1e-5, `${apart}`);
    const [left, right] = [
      [...first[0]!, ...take(eager, 1, 200)],
      [...first[1]!, ...take(compiled, 1, 200)],
    ];
    const worst = Math.max(...left.map((loss, index) => Math.abs(loss - right[index]!)));
    context.diagnostic(`largest difference of a loss over 200 steps ${worst.toExponential(1)}`);
    assert.ok(worst <= 1e-3, `${worst}`);
  });

  for (const optimizer of Optimizer.options) {
    test(`${kind}, ${optimizer}: stopped after steps 1, 2 and 5 and taken up again, weights, slots and losses are the same bits`, async () => {
      const whole = await begin('compiled', smallNetworks[kind], optimizer);
      const losses = take(whole, 0, 6);
      const [end, slots] = [bitsOf(whole.network), whole.step.captureSlots()];
      for (const stop of [1, 2, 5]) {
        const run = await begin('compiled', smallNetworks[kind], optimizer);
        take(run, 0, stop);
        const again = await openNetwork({ tf }, run.network.capture());
        const step = new CompiledStep(
          tf,
          again.loaded,
          { loss: again.loss, rule: ruleOf(optimizer), seed: SEED, inputShape: [8, 8, 1] },
          BATCH,
        );
        step.restoreSlots(run.step.captureSlots());
        assert.deepEqual(take({ network: again, step }, stop, 6), losses.slice(stop), `losses after step ${stop}`);
        assert.equal(bitsOf(again), end, `weights after step ${stop}`);
        assert.deepEqual(step.captureSlots(), slots, `slots after step ${stop}`);
        for (const used of [run.step, step]) used.dispose();
      }
      whole.step.dispose();
    });
  }
}

for (const optimizer of Optimizer.options) {
  test(`${optimizer}: weights masked in mid-training are +0.0 after every step, slots and all`, async () => {
    const run = await begin('compiled', smallNetworks.convolution, optimizer);
    take(run, 0, 3);
    const masks = new Map(
      run.network
        .capture()
        .weights.filter(({ name }) => name.endsWith('kernel'))
        .map(({ name, data: values }) => [name, Uint8Array.from(values, (_, at) => (at % 5 === 0 ? 1 : 0))]),
    );
    run.step.setMasks(masks);
    for (let step = 3; step < 9; step++) {
      take(run, step, step + 1);
      for (const { name, data: values } of [...run.network.capture().weights, ...run.step.captureSlots()]) {
        const mask = masks.get(name) ?? masks.get(name.replace(/\/[^/]+$/, ''));
        mask?.forEach((kept, at) => {
          if (kept === 0) assert.ok(Object.is(values[at], 0), `${name}[${at}] is ${values[at]} after step ${step}`);
        });
      }
    }
    run.step.dispose();
  });
}

type Kind = keyof typeof smallNetworks;
const rewrites: readonly (readonly [string, readonly Rewrite[], string, Kind, number])[] = [
  ['plainMatMul', [plainMatMul], 'MatMul', 'dense', 2],
  ['biasAdd', [biasAdd], 'BiasAdd', 'dense', 2],
  ['reluGrad', [reluGrad], 'ReluGrad', 'dense', 1],
  ['biasAddGrad', [biasAddGrad], 'BiasAddGrad', 'dense', 1],
  ['reluGrad after batch norm', [reluGrad], 'ReluGrad', 'depthwise', 2],
  ['noReshape', [noReshape], 'Reshape', 'dense', 1],
];
const normalising = [noReshape, reluGrad, nativeBatchNorm, nativeBatchNormGrad, afterNativeBatchNorm];
/** These run where set-up could compile the kernels. */
const nativeRewrites: typeof rewrites = [
  ['nativeBatchNorm without a ReLU to join', [nativeBatchNorm, nativeBatchNormGrad], 'EspalierBatchNorm', 'convolution', 1],
  ['nativeBatchNorm with its ReLU and gradient', normalising, 'EspalierBatchNormGrad', 'depthwise', 1],
  ['nativeBatchNorm with a shortcut', normalising, 'Identity', 'residual', 3],
];
for (const [name, chain, makes, kind, atLeast] of [...rewrites, ...nativeRewrites]) {
  const skip = nativeRewrites.some(([native]) => native === name) && !kernels ? 'the training kernels are not compiled here' : false;
  test(`the rewrite ${name} is made, and alone gives the eager step's weights to 1e-5`, { skip }, async () => {
    const eager = await begin('eager', smallNetworks[kind], 'sgd');
    const { ops, constants, wanted } = traceStep(tf, eager.network.loaded, {
      inputShape: [8, 8, 1],
      count: BATCH,
      loss: eager.network.loss,
    });
    const weightShapes = new Map(eager.network.loaded.weights.map((weight) => [weight.name, weight.variable.shape]));
    const rewritten = applyRewrites(nativeBackend(tf).binding, { ops, constants, wanted, weightShapes }, chain);
    assert.ok(rewritten.filter((op) => op.name === makes).length >= atLeast, rewritten.map((op) => op.name).join(' '));
    const compiled = await begin('compiled', smallNetworks[kind], 'sgd', chain);
    take(eager, 0, 1);
    take(compiled, 0, 1);
    assert.ok(difference(eager.network, compiled.network) <= 1e-5);
    compiled.step.dispose();
  });
}

test('a layer whose random numbers are made outside TensorFlow is not frozen into the graph but refused, with the reason', async () => {
  class Unseeded extends tf.layers.Layer {
    static readonly className = 'Unseeded';
    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.mul(Array.isArray(inputs) ? inputs[0]! : inputs, tf.scalar(Math.random()));
    }
  }
  tf.serialization.registerClass(Unseeded);
  const { dropout } = smallNetworks;
  const layers = dropout.config.layers.map((layer) =>
    layer.class_name === 'Dropout' ? { class_name: 'Unseeded', config: { name: 'unseeded' } } : layer,
  );
  const network = await openNetwork({ tf }, { ...initialise(dropout, 5), topology: { ...dropout, config: { ...dropout.config, layers } } });
  assert.throws(
    () => new CompiledStep(tf, network.loaded, { loss: network.loss, rule: ruleOf('sgd'), seed: SEED, inputShape: [8, 8, 1] }, BATCH),
    NotTraceable,
  );
});

test('dropout draws a fresh mask each step, and another one for another seed', async () => {
  const run = await begin('compiled', smallNetworks.dropout, 'sgd');
  const losses = Array.from({ length: 3 }, (_, step) => {
    const batch = batches.gather(0, BATCH);
    const { loss } = run.step.run(batch, step, 1e-12); // the weights stay where they are
    batch.dispose();
    return loss;
  });
  assert.equal(new Set(losses).size, 3);
  run.step.dispose();
});

test('tensors stay flat over 300 steps, and a disposed step leaves no session behind', async () => {
  const binding = nativeBackend(tf).binding as unknown as { getNumOfSavedModels(): number };
  const sessions = binding.getNumOfSavedModels();
  const run = await begin('compiled', smallNetworks.everything, 'adam');
  take(run, 0, 10);
  const before = tf.memory().numTensors;
  take(run, 10, 310);
  assert.equal(tf.memory().numTensors, before);
  assert.equal(binding.getNumOfSavedModels(), sessions + 1);
  run.step.dispose();
  assert.equal(binding.getNumOfSavedModels(), sessions);
});
