// Counts that no batch size divides: scoring and prediction take the short last batch as it is, sample by sample the same as one large batch.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-node';
import { npyBytes, readNpy } from '#formats/containers/npy.ts';
import { openBatches } from '#main/engine/data/batches.ts';
import { scoreSplit } from '#main/engine/measuring/score-split.ts';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { runTask } from '#main/engine/run-task.ts';
import { initialise } from '#network/initialise.ts';
import { createRandom } from '#network/random.ts';
import { contextFor } from './in-process.ts';
import { scratchFolder } from './run-engine.ts';
import { smallNetworks, writeNetwork } from './small-networks.ts';

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const context = contextFor(folder, () => undefined);
const { tf } = context;
const random = createRandom(4, 4);

for (const samples of [1, 249, 250, 251, 503]) {
  test(`${samples} samples: loss, right answers and predictions are those of one batch of ${samples}`, async () => {
    const data = Float32Array.from({ length: samples * 64 }, () => random.uniform());
    const labels = Int32Array.from({ length: samples }, () => random.below(3));
    const network = await openNetwork(context, initialise(smallNetworks.everything, 5));
    const batches = openBatches(
      tf,
      { inputs: { name: 'inputs', dtype: 'float32', shape: [samples, 8, 8, 1], data }, labels },
      { scale: 1, offset: 0 },
      [8, 8, 1],
    );
    const { interruption } = context;
    const score = await scoreSplit({ tf, interruption, forward: network.forward, loss: network.loss, classes: 3 }, batches);
    const all = tf.tensor4d(data, [samples, 8, 8, 1]);
    const logits = network.loaded.model.apply(all, { training: false }) as Tensor;
    const losses = Array.from(network.loss.perSample(logits, tf.tensor1d(labels, 'int32')).dataSync());
    const hits = Array.from(network.loss.hits(logits, tf.tensor1d(labels, 'int32')).dataSync());
    assert.equal(score.samples, samples);
    assert.ok(Math.abs(score.loss - losses.reduce((sum, loss) => sum + loss, 0) / samples) < 1e-5);
    assert.equal(
      score.within[0],
      hits.reduce((sum, hit) => sum + hit, 0),
    );

    const [input, output] = [join(folder, `${samples}.npy`), join(folder, `${samples}-answers.npy`)];
    writeFileSync(input, npyBytes({ dtype: 'float32', shape: [samples, 8, 8, 1], data }));
    await runTask({ kind: 'predict', model: writeNetwork(folder, 'everything'), input, output }, context);
    const answers = readNpy(readFileSync(output), { file: output });
    assert.deepEqual(answers.shape, [samples, 3]);
    const expected = Array.from(tf.softmax(logits).dataSync());
    expected.forEach((value, at) => assert.ok(Math.abs(Number(answers.data[at]) - value) < 1e-6));
  });
}
