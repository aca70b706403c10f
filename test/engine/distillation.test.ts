// Distillation: Keras's numbers, the compiled step as the eager one, a teacher that is never trained, and resume to the bit.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-node';
import type { EngineTask } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { Recipe } from '#contract/recipe.ts';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { runTask } from '#main/engine/run-task.ts';
import { CompiledStep } from '#main/engine/training/compiled/compiled-step.ts';
import { distilled, openTeacher } from '#main/engine/training/distillation.ts';
import { EagerStep } from '#main/engine/training/eager-step.ts';
import { lossFor } from '#main/engine/training/losses.ts';
import { initialise } from '#network/initialise.ts';
import { contextFor } from './in-process.ts';
import { runToTheEnd } from './paused-runs.ts';
import { scratchFolder } from './run-engine.ts';
import { writeSmallData } from './small-data.ts';
import { smallNetworks, writeNetwork } from './small-networks.ts';
import { ruleOf } from './step-rules.ts';

interface Goldens {
  readonly keras: string;
  readonly shape: [number, number];
  readonly student: number[];
  readonly teacher: number[];
  readonly labels: number[];
  readonly cases: readonly { head: 'softmax' | 'sigmoid'; temperature: number; mix: number; losses: number[]; gradient: number[] }[];
}
const goldens = JSON.parse(readFileSync(resolve(import.meta.dirname, 'goldens/distillation.json'), 'utf8')) as Goldens;
const tf = loadTensorflow();
const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const SETTINGS = { distillTemperature: 3, distillMix: 0.6 };

for (const { head, temperature, mix, losses, gradient } of goldens.cases) {
  test(`${head}, temperature ${temperature}, mix ${mix}: losses and gradients are Keras ${goldens.keras}'s to 1e-5`, () => {
    const { teacher: answers, shape } = goldens;
    const given = { weights: [], model: { apply: () => tf.tensor2d(answers, shape) } };
    const loss = distilled(tf, lossFor(tf, head, shape[1]), given as unknown as Parameters<typeof distilled>[2], {
      distillTemperature: temperature,
      distillMix: mix,
    });
    const [student, labels] = [tf.tensor2d(goldens.student, shape), tf.tensor1d(goldens.labels, 'int32')];
    const taught = loss.teacher!.answer(student);
    const ours = loss.perSample(student, labels, taught).dataSync();
    losses.forEach((value, at) => assert.ok(Math.abs(ours[at]! - value) <= 1e-5 * Math.max(1, value), `${ours[at]} is not ${value}`));
    const slope = tf
      .grad((logits: Tensor) => tf.mean(loss.perSample(logits, labels, taught)))(student)
      .dataSync();
    gradient.forEach((value, at) => assert.ok(Math.abs(slope[at]! - value) <= 1e-5, `${slope[at]} is not ${value}`));
  });
}

test('five compiled steps with a teacher are the eager ones to 1e-5, other than without it, and leave the teacher as it was', async () => {
  const run = async (kind: 'eager' | 'compiled', taught: boolean) => {
    const network = await openNetwork({ tf }, initialise(smallNetworks.dense, 5));
    const teacher = await openTeacher({ tf }, writeNetwork(folder, 'convolution'), network);
    const before = Buffer.from(JSON.stringify(teacher.capture().weights.map(({ data }) => Array.from(data))));
    const loss = taught ? distilled(tf, network.loss, teacher.loaded, SETTINGS) : network.loss;
    const options = { loss, rule: ruleOf('adam'), seed: 1 };
    const step =
      kind === 'eager'
        ? new EagerStep(tf, network.loaded, options)
        : new CompiledStep(tf, network.loaded, { ...options, inputShape: [8, 8, 1] }, 4);
    const losses = [0, 1, 2, 3, 4].map((at) => {
      const count = at === 3 ? 3 : 4; // a short batch in between: a second trace, and another session
      const batch = {
        inputs: tf.randomUniform([count, 8, 8, 1], 0, 1, 'float32', at + 1),
        labels: tf.tensor1d([0, 1, 2, 0].slice(0, count), 'int32'),
        count,
        dispose: () => undefined,
      };
      return step.run(batch, at, 0.01).loss;
    });
    step.publish();
    step.dispose();
    assert.deepEqual(Buffer.from(JSON.stringify(teacher.capture().weights.map(({ data }) => Array.from(data)))), before);
    return { losses, weights: network.capture().weights.flatMap(({ data }) => Array.from(data)), slots: step.kind };
  };
  const [eager, compiled, alone] = [await run('eager', true), await run('compiled', true), await run('compiled', false)];
  assert.equal(compiled.slots, 'compiled');
  eager.losses.forEach((loss, at) => assert.ok(Math.abs(loss - compiled.losses[at]!) <= 1e-5, `${loss} and ${compiled.losses[at]}`));
  eager.weights.forEach((weight, at) => assert.ok(Math.abs(weight - compiled.weights[at]!) <= 1e-5));
  assert.notDeepEqual(alone.losses, compiled.losses);
});

test('a teacher of another shape is refused, with both shapes', async () => {
  const network = await openNetwork({ tf }, initialise(smallNetworks.dense, 5));
  const wide = {
    ...smallNetworks.dense.config.layers.at(-1)!,
    config: { name: 'answer', units: 4, activation: 'softmax', use_bias: true },
  };
  const other = {
    ...smallNetworks.dense,
    config: { ...smallNetworks.dense.config, layers: [...smallNetworks.dense.config.layers.slice(0, -1), wide] },
  };
  const path = writeNetwork(folder, 'other', other);
  await assert.rejects(
    openTeacher({ tf }, path, network),
    (thrown: unknown) => thrown instanceof StudioError && thrown.code === 'wrong-shape' && /→ 4 against .*→ 3/.test(thrown.message),
  );
});

test('pruning with a teacher, paused again and again, ends with the bits of an unhurt run; tensors stay flat', async (context) => {
  const data = writeSmallData(folder, { train: 100, validation: 40, test: 40 });
  const task: EngineTask = {
    kind: 'prune',
    model: writeNetwork(folder, 'everything'),
    teacher: writeNetwork(folder, 'convolution'),
    data,
    exportTo: null,
    recipe: Recipe.parse({ sparsity: 0.7, schedule: 'iterative', rounds: 2, epochs: 4, batch: 32, distill: 'convolution', ...SETTINGS }),
  };
  const whole = await runToTheEnd(task, join(folder, 'whole'));
  const paused = await runToTheEnd(task, join(folder, 'paused'), 3);
  assert.ok(paused.runs >= 3);
  assert.equal(paused.result.artifact.sha256, whole.result.artifact.sha256);
  const { teacher: _, ...alone } = task;
  const without = await runToTheEnd(alone, join(folder, 'alone'));
  assert.notEqual(without.result.artifact.sha256, whole.result.artifact.sha256);

  const place = join(folder, 'tensors');
  mkdirSync(place);
  const counts: number[] = [];
  const surroundings = contextFor(place, (message) => {
    if (message.kind === 'checkpoint') counts.push(surroundings.tf.memory().numTensors);
  });
  await runTask(task, surroundings);
  context.diagnostic(`tensors: ${counts.join(', ')}`);
  assert.equal(new Set(counts.slice(1)).size, 1);
});
