// A model of one's own: a file that is none is refused where it was given, a real one is imported, gets a dataset, and is measured.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { buildStarter } from '#network/starters.ts';
import { startStudio, type RunningStudio } from './start-studio.ts';

const folder = mkdtempSync(join(tmpdir(), 'espalier-own-model-'));
const MINUTE = 60_000;
let studio: RunningStudio;
let page: Page;

before(async () => {
  studio = await startStudio();
  ({ page } = studio);
  await writeKeras(join(folder, 'mine.keras'), buildStarter('lenet-5', 3));
  writeFileSync(join(folder, 'notes.keras'), 'These are notes, not a network.');
});
after(async () => {
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function choose(file: string): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page
      .getByRole('button', { name: /^Import model/ })
      .first()
      .click(),
  ]);
  await chooser.setFiles(join(folder, file));
}

test('a file that is no model is refused by name, with what to do, and nothing is made', async () => {
  await page
    .getByRole('button', { name: /^Import model/ })
    .first()
    .waitFor();
  await choose('notes.keras');
  const message = page.getByRole('region', { name: 'Messages' }).getByRole('alert');
  await message.waitFor({ timeout: MINUTE });
  const text = await message.innerText();
  assert.match(text, /notes\.keras/);
  assert.doesNotMatch(text, /undefined|Error:|\bat .*:\d+/);
  assert.equal(await page.getByRole('button', { name: 'Create sample project' }).count(), 1);
});

test('a .keras file becomes a project with its layers; MNIST is added; latency and accuracy are measured', async () => {
  await choose('mine.keras');
  await page.getByRole('tree').getByText('mine').waitFor({ timeout: MINUTE });
  await page.getByRole('button', { name: 'Use MNIST' }).click();
  await page.getByText(/55.000 train/).waitFor({ timeout: MINUTE });
  await page.getByRole('button', { name: 'Measure in TensorFlow' }).click();
  await page
    .getByText(/\d\sms/)
    .first()
    .waitFor({ timeout: MINUTE });
  await page.getByRole('button', { name: 'Evaluate on mnist' }).click();
  await page.getByText(/of 10.000 samples/).waitFor({ timeout: MINUTE });
  await page.getByRole('tab', { name: 'Layers', exact: true }).click();
  await page.getByText('conv2').first().waitFor();
});

test('nothing was said in red on the console', () => assert.deepEqual(studio.chromium.errors, []));
