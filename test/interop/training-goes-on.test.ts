// Training goes on in Keras where Espalier stopped, and in Espalier where Keras stopped: steps, slots and weights come along in .keras. Both Kerases train on
// from .h5, with an optimizer of their own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { Optimizer, TrainSettings } from '#contract/recipe.ts';
import { writeH5 } from '#formats/h5/write-h5.ts';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { readModel } from '#formats/read-model.ts';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { CompiledStep } from '#main/engine/training/compiled/compiled-step.ts';
import { capturedState } from '#main/engine/training/kept-state.ts';
import { updateRule } from '#main/engine/training/optimizers.ts';
import { ensurePython } from '#main/setup/python-environment.ts';
import { initialise } from '#network/initialise.ts';
import type { ModelArtifact, Topology } from '#network/model-artifact.ts';
import { createRandom } from '#network/random.ts';
import { smallNetworks } from '../engine/small-networks.ts';

const tf = loadTensorflow();
const folder = mkdtempSync(join(tmpdir(), 'goes-on-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const [BATCH, DONE, ALL, RATE] = [16, 3, 6, 0.01];
const random = createRandom(4, 4);
const inputs = Float32Array.from({ length: ALL * BATCH * 64 }, () => random.uniform());
const labels = Int32Array.from({ length: ALL * BATCH }, () => random.below(3));

/** With one axis as Keras 3 writes it. */
function plain(topology: Topology): Topology {
  return JSON.parse(JSON.stringify(topology).replaceAll('"axis":[3]', '"axis":3')) as Topology;
}

interface Case {
  readonly name: string;
  readonly file: string;
  readonly again: string;
  readonly losses: readonly number[];
  readonly end: ModelArtifact;
}
const cases: Case[] = [];
let answers: ReadonlyMap<string, { readonly begins: number; readonly losses: readonly number[] }>;

async function train(optimizer: Optimizer, network: ModelArtifact) {
  const settings = TrainSettings.parse({ optimizer, rate: RATE, weightDecay: optimizer === 'momentum' ? 0.01 : null });
  const opened = await openNetwork({ tf }, network);
  const step = new CompiledStep(
    tf,
    opened.loaded,
    { loss: opened.loss, rule: updateRule(settings), seed: 1, inputShape: [8, 8, 1] },
    BATCH,
  );
  const losses: number[] = [];
  const upTo = (count: number): ModelArtifact => {
    for (let at = losses.length; at < count; at++) {
      const x = tf.tensor(inputs.slice(at * BATCH * 64, (at + 1) * BATCH * 64), [BATCH, 8, 8, 1]);
      const y = tf.tensor1d(labels.slice(at * BATCH, (at + 1) * BATCH), 'int32');
      losses.push(step.run({ inputs: x, labels: y, count: BATCH, dispose: () => undefined }, at, RATE).loss);
      tf.dispose([x, y]);
    }
    step.publish();
    return { ...opened.capture(), training: capturedState(step, opened.loss.name, settings, count) };
  };
  return { half: upTo(DONE), end: upTo(ALL), losses };
}

before(async () => {
  for (const kind of ['convolution', 'residual', 'depthwise'] as const) {
    for (const optimizer of Optimizer.options) {
      const { half, end, losses } = await train(optimizer, initialise(plain(smallNetworks[kind]), 5));
      for (const format of optimizer === 'adamw' ? (['keras'] as const) : (['keras', 'h5'] as const)) {
        const name = `${kind} ${optimizer} ${format}`;
        const file = join(folder, `${kind}-${optimizer}.${format}`);
        await (format === 'keras' ? writeKeras : writeH5)(file, half);
        cases.push({ name, file, again: join(folder, `${kind}-${optimizer}-again.${format}`), losses: losses.slice(DONE), end });
      }
    }
  }
  const python = await ensurePython(resolve(import.meta.dirname, 'requirements.txt'), (line) => console.error(line));
  const write = (name: string, data: Float32Array | Int32Array): string => {
    writeFileSync(join(folder, name), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return join(folder, name);
  };
  const manifest = join(folder, 'cases.json');
  const told = cases.map(({ name, file, again }) => ({ name, file, again }));
  writeFileSync(
    manifest,
    JSON.stringify({
      batch: BATCH,
      shape: [8, 8, 1],
      done: DONE,
      inputs: write('inputs', inputs),
      labels: write('labels', labels),
      cases: told,
    }),
  );
  const said = execFileSync(python, [resolve(import.meta.dirname, 'training-goes-on.py'), manifest], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = said.split('\n').filter((line) => line.startsWith('{'));
  answers = new Map(
    lines.map((line) => JSON.parse(line) as { name: string; begins: number; losses: number[] }).map((each) => [each.name, each]),
  );
});

const fromKeras = () => cases.filter(({ file }) => file.endsWith('.keras'));

test('Keras begins where Espalier stopped, and its next three losses are ours to 1e-4', (context) => {
  let worst = 0;
  for (const { name, losses } of fromKeras()) {
    const { begins, losses: theirs } = answers.get(name)!;
    assert.equal(begins, DONE, name);
    losses.forEach((loss, at) => {
      worst = Math.max(worst, Math.abs(loss - theirs[at]!));
      assert.ok(Math.abs(loss - theirs[at]!) <= 1e-4, `${name}, step ${DONE + at}: ${theirs[at]} is not ${loss}`);
    });
  }
  context.diagnostic(`largest difference of a loss ${worst.toExponential(1)} over ${fromKeras().length} files`);
});

test('what Keras saves then is read with the state that we would have: optimizer, steps, and slots to 1e-3 of the largest of their kind', async (context) => {
  let worst = 0;
  for (const { name, again, end } of fromKeras()) {
    const { artifact } = await readModel(again);
    assert.ok(artifact.training !== undefined, `${name}: its state is read`);
    const { slots, ...state } = artifact.training;
    const { slots: ours, ...expected } = end.training!;
    assert.deepEqual({ ...state, rate: Math.fround(state.rate) }, { ...expected, rate: Math.fround(expected.rate) }, name);
    assert.deepEqual(
      slots.map((slot) => slot.name),
      ours.map((slot) => slot.name),
      name,
    );
    for (const [at, { name: slot, data }] of slots.entries()) {
      // Of all slots of its kind: of a bias that normalization takes away again only rounding is remembered.
      const kind = slot.slice(slot.lastIndexOf('/'));
      const largest = Math.max(...ours.filter((each) => each.name.endsWith(kind)).flatMap((each) => Array.from(each.data, Math.abs)));
      data.forEach((value, index) => {
        const apart = Math.abs(value - ours[at]!.data[index]!) / largest;
        worst = Math.max(worst, apart);
        assert.ok(apart <= 1e-3, `${name}: ${slot}[${index}] is ${value}, ours ${ours[at]!.data[index]}`);
      });
    }
  }
  context.diagnostic(`largest difference of a slot ${worst.toExponential(1)} of the largest of its kind`);
});

test('both Kerases take a step from .h5 with a fresh optimizer, and what Keras 2 saves then is read with that step', async () => {
  for (const { name, again } of cases.filter(({ file }) => file.endsWith('.h5'))) {
    assert.equal(answers.get(name)!.begins, 1, name);
    assert.equal((await readModel(again)).artifact.training?.steps, 1, name);
  }
});
