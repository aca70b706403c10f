// What an optimizer remembers, through .keras, .h5 and the studio's own file and back; dropped where it belongs to other weights.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeH5 } from '#formats/h5/write-h5.ts';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { readModelFile, writeModelFile } from '#formats/model-file.ts';
import { readModel } from '#formats/read-model.ts';
import { withWeights } from '#network/edit-artifact.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { createRandom } from '#network/random.ts';
import { buildStarter } from '#network/starters.ts';
import { lastingSlots, type OptimizerName, type TrainingState } from '#network/training-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'optimizer-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const random = createRandom(2, 2);

/** cnn-small has batch normalization, whose moving statistics no optimizer trains. */
function trained(optimizer: OptimizerName): ModelArtifact & { training: TrainingState } {
  const artifact = buildStarter('cnn-small', 1);
  const slots = artifact.weights
    .filter(({ name }) => !name.includes('moving_'))
    .flatMap(({ name, shape, data }) =>
      lastingSlots[optimizer].map((slot) => ({
        name: `${name}/${slot}`,
        dtype: 'float32' as const,
        shape,
        data: Float32Array.from(data, () => random.uniform()),
      })),
    );
  const decay = optimizer === 'adamw' ? 0.004 : optimizer === 'momentum' ? 0.0005 : 0;
  return {
    ...artifact,
    training: { optimizer, rate: 0.002, weightDecay: decay, clip: optimizer === 'adam' ? 1 : 0, loss: 'categorical', steps: 1234, slots },
  };
}

for (const optimizer of Object.keys(lastingSlots) as OptimizerName[]) {
  test(`${optimizer}: its state is the same to the bit in each format that can hold it`, async () => {
    const model = trained(optimizer);
    const keras = await writeKeras(join(folder, `${optimizer}.keras`), model);
    const h5 = await writeH5(join(folder, `${optimizer}.h5`), model);
    const own = writeModelFile(join(folder, `${optimizer}.model`), model);
    for (const { path } of [keras, h5]) assert.deepEqual((await readModel(path)).artifact.training, model.training, path);
    const back = readModelFile(own.path);
    assert.deepEqual(back.training, model.training);
    assert.deepEqual(back.weights, model.weights);
  });
}

test('a network without a state has none in its files, and one whose state is of other shapes neither', async () => {
  const { training, ...plain } = trained('adam');
  const odd: ModelArtifact = { ...plain, training: { ...training, slots: training.slots.slice(1) } };
  for (const [name, model] of Object.entries({ plain, odd })) {
    for (const write of [writeKeras, writeH5]) {
      const { path } = await write(join(folder, `${name}.${write === writeKeras ? 'keras' : 'h5'}`), model);
      const { artifact } = await readModel(path);
      assert.equal(artifact.training, undefined, path);
      assert.deepEqual(artifact.weights, model.weights);
    }
  }
});

test('other numbers in a weight, and what the optimizer remembers is gone', () => {
  const model = trained('momentum');
  const { name, data } = model.weights[0]!;
  assert.equal(withWeights(model, new Map([[name, data.map(() => 0)]])).training, undefined);
});
