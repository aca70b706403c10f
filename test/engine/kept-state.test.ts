// How a run of training begins: from fresh weights of its seed, or from what the optimizer of an earlier run remembers.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Optimizer, TrainSettings } from '#contract/recipe.ts';
import { ExportTarget } from '#contract/nouns.ts';
import { readModelFile } from '#formats/model-file.ts';
import { readModel } from '#formats/read-model.ts';
import { exportModel } from '#main/engine/exporting/export-model.ts';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { train } from '#main/engine/train-task.ts';
import { CompiledStep } from '#main/engine/training/compiled/compiled-step.ts';
import { EagerStep } from '#main/engine/training/eager-step.ts';
import { capturedState, restoreState } from '#main/engine/training/kept-state.ts';
import { initialise, redrawn } from '#network/initialise.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { createRandom } from '#network/random.ts';
import { contextFor } from './in-process.ts';
import { writeSmallData } from './small-data.ts';
import { smallNetworks, writeNetwork } from './small-networks.ts';
import { ruleOf } from './step-rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'begin-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const data = writeSmallData(folder);
const model = writeNetwork(folder, 'convolution');
let runs = 0;

async function run(settings: object, from = model): Promise<{ artifact: ModelArtifact; notes: string[]; path: string }> {
  const workspace = join(folder, `run-${++runs}`);
  mkdirSync(workspace);
  const notes: string[] = [];
  const context = contextFor(workspace, (message) => {
    if (message.kind === 'note') notes.push(message.text);
  });
  const result = await train(context, {
    kind: 'train',
    model: from,
    data,
    settings: TrainSettings.parse({ epochs: 1, ...settings }),
    exportTo: null,
  });
  assert.ok(result.kind === 'train');
  return { artifact: readModelFile(result.artifact.path), notes, path: result.artifact.path };
}

test('with fresh weights each seed begins at its own, as a network initialised by it, and says so', async () => {
  for (const seed of [2, 3]) {
    const { artifact, notes } = await run({ reinitialise: true, seed, rate: 1e-9 });
    assert.deepEqual(notes, [`Starts from fresh weights, drawn by the seed ${seed}.`]);
    const fresh = redrawn(readModelFile(model), seed);
    artifact.weights.forEach(({ name, data: values }, tensor) => {
      if (!name.includes('moving_'))
        values.forEach((value, at) => assert.ok(Math.abs(value - fresh.weights[tensor]!.data[at]!) < 1e-6, `${name}[${at}], seed ${seed}`));
    });
  }
});

test('a second run goes on with the optimizer of the first, one by another optimizer does not, and both say so', async () => {
  const first = await run({ batch: 33 });
  assert.deepEqual([first.artifact.training?.optimizer, first.artifact.training?.steps, first.notes.length], ['adam', 10, 0]);
  const second = await run({ batch: 33 }, first.path);
  assert.equal(second.artifact.training?.steps, 20);
  assert.deepEqual(second.notes, ['Goes on with what adam remembers of 10 earlier steps.']);
  const other = await run({ batch: 33, optimizer: 'sgd' }, first.path);
  assert.deepEqual(other.notes, ['What adam remembers of earlier training is of no use to sgd, which begins anew.']);
  assert.equal(other.artifact.training?.steps, 10);
  const anew = await run({ batch: 33, reinitialise: true }, first.path);
  assert.equal(anew.artifact.training?.steps, 10);
});

test('an export to Keras keeps what the optimizer remembers, and leaves it out where that is asked', async () => {
  const { artifact } = await run({ batch: 33 });
  const written = async (optimizer?: boolean) => {
    const path = join(folder, `exported-${++runs}.keras`);
    const workspace = join(folder, `run-${runs}`);
    mkdirSync(workspace);
    const target = ExportTarget.parse({ format: 'keras', path, ...(optimizer === undefined ? {} : { optimizer }) });
    const { files } = await exportModel(
      contextFor(workspace, () => undefined),
      artifact,
      target,
      null,
    );
    return { bytes: files[0]!.bytes, training: (await readModel(path)).artifact.training };
  };
  const [whole, bare] = [await written(), await written(false)];
  assert.deepEqual(whole.training, artifact.training);
  assert.equal(bare.training, undefined);
  assert.ok(bare.bytes < whole.bytes, `${bare.bytes} of ${whole.bytes}`);
});

const tf = loadTensorflow();
const random = createRandom(9, 9);
const inputs = Float32Array.from({ length: 6 * 8 * 64 }, () => random.uniform());
const labels = Int32Array.from({ length: 6 * 8 }, () => random.below(3));

for (const kind of ['eager', 'compiled'] as const) {
  for (const optimizer of Optimizer.options) {
    test(`${kind}, ${optimizer}: three steps, a file's worth of state, and three more are the same bits as six`, async () => {
      const settings = TrainSettings.parse({ optimizer });
      const begin = async (artifact: ModelArtifact, stepsBefore: number) => {
        const network = await openNetwork({ tf }, artifact);
        const options = { loss: network.loss, rule: ruleOf(optimizer), seed: 1, stepsBefore, inputShape: [8, 8, 1] };
        return {
          network,
          step: kind === 'eager' ? new EagerStep(tf, network.loaded, options) : new CompiledStep(tf, network.loaded, options, 8),
        };
      };
      type Run = Awaited<ReturnType<typeof begin>>;
      const take = ({ step, network }: Run, from: number, to: number, before = 0): ModelArtifact => {
        for (let at = from; at < to; at++) {
          const x = tf.tensor(inputs.slice(at * 512, (at + 1) * 512), [8, 8, 8, 1]);
          const y = tf.tensor1d(labels.slice(at * 8, (at + 1) * 8), 'int32');
          step.run({ inputs: x, labels: y, count: 8, dispose: () => undefined }, at - before, 0.01);
          tf.dispose([x, y]);
        }
        step.publish();
        return { ...network.capture(), training: capturedState(step, network.loss.name, settings, to) };
      };
      const whole = take(await begin(initialise(smallNetworks.convolution, 5), 0), 0, 6);
      const half = take(await begin(initialise(smallNetworks.convolution, 5), 0), 0, 3);
      const rest = await begin(half, 3);
      restoreState(rest.step, rest.network.loaded, half.training!);
      assert.deepEqual(take(rest, 3, 6, 3), whole);
    });
  }
}
