// Whole-model .h5 files: written and read again they are the same network, and the same model gives the same bytes.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { withHdf5 } from '#formats/containers/hdf5.ts';
import { h5Bytes, writeH5 } from '#formats/h5/write-h5.ts';
import { readModel } from '#formats/read-model.ts';
import { buildStarter } from '#network/starters.ts';
import { largestDifference, predictInTfjs } from '../network/run-in-tfjs.ts';
import { sampleNetworks, samples, sequence } from './tflite-sample-networks.ts';

const folder = mkdtempSync(join(tmpdir(), 'write-h5-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name);

for (const [name, shape] of Object.entries({ mlp: [6], cnn: [8, 8, 3], series: [10, 2], nested: [4] })) {
  test(`${name}: written as .h5 and read again, the weights are the same and tfjs answers the same`, async () => {
    const { artifact } = await readModel(fixture(`${name}.keras`));
    const path = join(folder, `${name}.h5`);
    const { bytes } = await writeH5(path, artifact);
    assert.equal(readFileSync(path).length, bytes);
    const again = (await readModel(path)).artifact;
    assert.deepEqual(
      new Map(again.weights.map((tensor) => [tensor.name, tensor])),
      new Map(artifact.weights.map((tensor) => [tensor.name, tensor])),
    );
    const inputs = samples(shape, 4);
    assert.equal(
      largestDifference(await predictInTfjs(again, [4, ...shape], inputs), await predictInTfjs(artifact, [4, ...shape], inputs)),
      0,
    );
  });
}

test('a Functional model that calls a model comes out flat: two Dense layers and a product, no model inside', async () => {
  const { artifact } = await readModel(fixture('nested.keras'));
  await writeH5(join(folder, 'flat.h5'), artifact);
  const { config } = (await readModel(join(folder, 'flat.h5'))).artifact.topology;
  assert.deepEqual(config.layers.map((layer) => layer.class_name).toSorted(), ['Dense', 'Dense', 'InputLayer', 'Multiply']);
});

test('every writable sample network survives with all its weights', async () => {
  for (const [name, { model, shape }] of Object.entries(sampleNetworks)) {
    const path = join(folder, `${name}.h5`);
    await writeH5(path, model);
    const again = (await readModel(path)).artifact;
    const inputs = samples(shape, 2);
    assert.equal(
      largestDifference(await predictInTfjs(again, [2, ...shape], inputs), await predictInTfjs(model, [2, ...shape], inputs)),
      0,
      name,
    );
  }
});

test('the same model gives the same bytes, pruned zeros among them', async () => {
  const model = buildStarter('lenet-5', 3);
  const pruned = {
    ...model,
    weights: model.weights.map((tensor) => ({ ...tensor, data: tensor.data.map((value, at) => (at % 10 === 0 ? value : 0)) })),
  };
  const bytes = await h5Bytes(pruned, 'a.h5');
  assert.deepEqual(await h5Bytes(pruned, 'b.h5'), bytes);
  await writeH5(join(folder, 'pruned.h5'), pruned);
  const again = (await readModel(join(folder, 'pruned.h5'))).artifact;
  assert.deepEqual(
    again.weights.map(({ data }) => data.filter((value) => value !== 0).length),
    pruned.weights.map(({ data }) => data.filter((value) => value !== 0).length),
  );
});

test('metadata is kept, and 4,500 layers fit although an attribute holds 2,000 names', async () => {
  const model = {
    ...sequence(
      'deep',
      [1],
      Array.from({ length: 4500 }, () => ['Activation', { activation: 'linear' }] as const),
    ),
    metadata: { lineage: ['a', 'b'] },
  };
  const bytes = await h5Bytes(model, 'deep.h5');
  await withHdf5(bytes, { file: 'deep.h5' }, (h5) => {
    assert.equal(h5.texts('/model_weights', 'layer_names')?.length, 4500);
    assert.equal(h5.text('/', 'espalier'), '{"lineage":["a","b"]}');
    assert.equal(h5.text('/', 'keras_version'), '2.15.0');
  });
});

test("hard_sigmoid, which the two Kerases compute differently, is refused by the layer's name", async () => {
  await assert.rejects(h5Bytes(sequence('hard', [2], [['Dense', { units: 1, activation: 'hard_sigmoid' }]]), 'hard.h5'), {
    code: 'unsupported',
    where: 'hard.h5 › l0',
  });
});

test('a missing weight is a damaged model', async () => {
  const model = buildStarter('lenet-300-100', 1);
  await assert.rejects(h5Bytes({ ...model, weights: model.weights.slice(1) }, 'm.h5'), {
    code: 'damaged-file',
    where: 'm.h5 › fc1/kernel',
  });
});
