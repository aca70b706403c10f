// Keras 3 and Keras 2 open the .h5 files that Espalier writes and answer as tfjs-layers, to 1e-5.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { writeH5 } from '#formats/h5/write-h5.ts';
import { readModel } from '#formats/read-model.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { buildStarter } from '#network/starters.ts';
import { sampleNetworks, samples } from '../formats/tflite-sample-networks.ts';
import { ask, makeCase, type Case } from './tflite-cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'h5-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const fixture = async (name: string): Promise<ModelArtifact> =>
  (await readModel(resolve(import.meta.dirname, '../formats/fixtures', `${name}.keras`))).artifact;

test("both Kerases answer as tfjs-layers: starters, sample networks, and Keras's own models with a nested one", async (context) => {
  const networks: (readonly [string, ModelArtifact, readonly number[]])[] = [
    ...['lenet-300-100', 'lenet-5', 'cnn-small'].map((name) => [name, buildStarter(name, 1), [28, 28, 1]] as const),
    ...Object.entries(sampleNetworks).map(([name, { model, shape }]) => [name, model, shape] as const),
    ['mlp', await fixture('mlp'), [6]],
    ['cnn', await fixture('cnn'), [8, 8, 3]],
    ['steps', await fixture('series'), [10, 2]],
    ['nested', await fixture('nested'), [4]],
  ];
  const cases: Case[] = [];
  for (const [name, model, shape] of networks) {
    const file = join(folder, `${name}.h5`);
    await writeH5(file, model);
    cases.push(await makeCase(folder, name, file, model, shape, samples(shape, 8)));
  }
  const seen = await ask('h5-answers.py', folder, cases);
  assert.equal(seen.length, 2 * cases.length);
  context.diagnostic(`largest difference ${Math.max(...seen.map(({ apart }) => apart))} of the range`);
  assert.deepEqual(
    seen.filter(({ apart }) => !(apart <= 1e-5)),
    [],
  );
});
