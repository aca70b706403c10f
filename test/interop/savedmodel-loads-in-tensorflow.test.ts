// tf.saved_model.load opens what Espalier writes and its signature answers as tfjs-layers, to 1e-5.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeSavedModel } from '#formats/savedmodel/write-saved-model.ts';
import { sampleNetworks } from '../formats/tflite-sample-networks.ts';
import { ask, grouped, makeCase, takenApart, type Case } from './tflite-cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'savedmodel-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('the signature of every sample network answers as tfjs-layers', async (context) => {
  const cases: Case[] = [];
  for (const [name, { model, shape }] of Object.entries({
    ...sampleNetworks,
    ...takenApart,
    grouped: { model: grouped, shape: [7, 7, 4] },
  })) {
    const target = join(folder, name);
    writeSavedModel(target, model);
    cases.push(await makeCase(folder, name, target, model, shape));
  }
  const seen = await ask('savedmodel-answers.py', folder, cases);
  assert.equal(seen.length, cases.length);
  context.diagnostic(`largest difference ${Math.max(...seen.map(({ apart }) => apart))} of the range`);
  assert.deepEqual(
    seen.filter(({ apart }) => !(apart <= 1e-5)),
    [],
  );
});
