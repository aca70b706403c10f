// The long forms and dialogs in a real Chromium: folds that open by themselves, recipes as files, repeats, weights onto a starter, latency as asked.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { RecipeFile } from '#contract/recipe.ts';
import { findChromium } from '#main/setup/chromium.ts';
import { fineTuneGroup, limitFields, scheduleGroup } from '../../src-renderer/forms/field-groups.ts';
import { changedFields, fieldsInUse } from '../../src-renderer/forms/fields-of-schema.ts';
import { launchChromium, type LaunchedChromium } from '../browser/launch-chromium.ts';
import { serveFixture, type ServedFixture } from './serve-fixture.ts';

const skip = findChromium() === undefined ? 'there is no Chromium' : false;
let fixture: ServedFixture;
let chromium: LaunchedChromium;

before(async () => {
  if (skip !== false) return;
  fixture = await serveFixture();
  chromium = await launchChromium();
});
after(async () => {
  await chromium?.close();
  await fixture?.close();
});

async function opened(address: string): Promise<Page> {
  const page = await chromium.open(fixture.address + address);
  page.setDefaultTimeout(20_000);
  await page.locator('#view').waitFor();
  return page;
}
const fold = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name}`) });

test('a preset opens the folds that it changes and no others; a recipe saved and loaded again is the same', { skip }, async () => {
  const page = await opened('/#/projects/p1/prune/v3');
  const open = (name: string) => fold(page, name).getAttribute('aria-expanded');
  assert.deepEqual(
    [await open('Advanced pruning'), await open('Advanced schedule'), await open('Advanced fine-tuning')],
    ['false', 'false', 'false'],
  );
  const {
    title = '',
    about: _,
    ...preset
  } = RecipeFile.parse(JSON.parse(readFileSync('resources/recipes/dns-2016-lenet-300-100.json', 'utf8')));
  await page.getByLabel('Preset').selectOption({ label: title });
  const touched = [limitFields, scheduleGroup.rare, fineTuneGroup.rare].map(
    (fields) => changedFields(fieldsInUse(fields, preset), preset).length,
  );
  assert.ok(touched[1]! > 0, 'a preset that splices');
  for (const [at, name] of ['Advanced pruning', 'Advanced schedule', 'Advanced fine-tuning'].entries()) {
    // Folds open once the form has taken the preset over.
    await page.locator(`button[aria-expanded="${touched[at]! > 0}"]`, { hasText: new RegExp(`^${name}`) }).waitFor();
  }
  assert.match(await fold(page, 'Advanced schedule').innerText(), new RegExp(`${touched[1]} changed`));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as a recipe file' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /\.recipe\.json$/);
  const saved = readFileSync(await download.path(), 'utf8');
  assert.deepEqual(RecipeFile.parse(JSON.parse(saved)), { ...preset, title: (JSON.parse(saved) as { title: string }).title });
  const edited = JSON.stringify({ ...(JSON.parse(saved) as object), sparsity: 0.5, roundTo: 8, granularity: 'neuron' });
  await page
    .locator('input[type=file][aria-label="Recipe file"]')
    .setInputFiles([{ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(edited) }]);
  await page.getByRole('button', { name: /^Advanced pruning · 1 changed/ }).waitFor();
  assert.equal(await page.getByLabel('Channels in multiples of').inputValue(), '8');
  assert.equal(await page.getByLabel('Preset').locator('option:checked').innerText(), 'mine.json');
  assert.equal(await page.getByRole('textbox', { name: 'Sparsity (% of channels)' }).inputValue(), '50');
  await page.close();
});

test('a refused value opens its fold and keeps it open; a focused field is not beneath the bar of actions', { skip }, async () => {
  const page = await opened('/#/projects/p1/train/v1');
  const advanced = fold(page, 'Advanced');
  await advanced.click();
  await page.getByLabel('Gradient clipping').fill('-1');
  await advanced.click();
  assert.equal(await advanced.getAttribute('aria-expanded'), 'true');
  assert.equal(await page.getByRole('button', { name: 'Train', exact: true }).isDisabled(), true);
  await page.setViewportSize({ width: 1280, height: 420 });
  await page.getByLabel('Early stopping: patience').focus();
  const [field, bar] = [
    await page.getByLabel('Early stopping: patience').boundingBox(),
    await page.getByRole('button', { name: 'Train', exact: true }).boundingBox(),
  ];
  assert.ok(field !== null && bar !== null && field.y + field.height <= bar.y, `${field?.y} ${bar?.y}`);
  await page.close();
});

test(
  'what was typed into a form is there again after another tab and after a reload; an untouched one proposes anew',
  { skip },
  async () => {
    const page = await opened('/#/projects/p1/prune/v3');
    const epochs = page.getByLabel('Epochs', { exact: true });
    await epochs.fill('7');
    await page.getByRole('radio', { name: 'Iterative' }).check({ force: true });
    await page.getByLabel('Repeats').fill('4');
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.getByRole('button', { name: 'Save report' }).waitFor();
    await page.goBack();
    const kept = async () => [
      await epochs.inputValue(),
      await page.getByRole('radio', { name: 'Iterative' }).isChecked(),
      await page.getByLabel('Repeats').inputValue(),
    ];
    await epochs.waitFor();
    assert.deepEqual(await kept(), ['7', true, '4']);
    await page.reload();
    await epochs.waitFor();
    assert.deepEqual(await kept(), ['7', true, '4']);
    await page.goto(`${fixture.address}/#/projects/p1/prune/v2`);
    await page.getByRole('heading', { name: 'cnn-small' }).waitFor();
    assert.equal(await epochs.inputValue(), '2');
    await page.close();
  },
);

test('training is repeated as often as asked, no more than a hundred times', { skip }, async () => {
  const page = await opened('/#/projects/p1/train/v1');
  await page.getByLabel('Repeats').fill('3');
  await page.getByText('3\u202f376 steps over 54\u202f000 samples, each time.').waitFor();
  await page.getByLabel('Repeats').fill('101');
  await page.getByText('A whole number from 1 to 100.').waitFor();
  await page.getByLabel('Repeats').fill('3');
  await page.getByRole('button', { name: 'Train 3 times' }).click();
  await page.getByRole('progressbar').first().waitFor();
  await page.close();
});

test('a file of weights is put onto a starter; a dialog begins at its first field and gives focus back', { skip }, async () => {
  const page = await opened('/#/projects/p1/overview/v3');
  await page.getByRole('button', { name: 'Add a network' }).click();
  await page.getByRole('button', { name: 'With a weights file…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Network with a weights file' });
  assert.equal(await page.evaluate('document.activeElement.tagName'), 'SELECT');
  assert.equal(await dialog.getByRole('button', { name: 'Import' }).isDisabled(), true);
  await dialog.getByLabel('Network').selectOption({ label: 'cnn-small, built in' });
  await dialog
    .locator('input[type=file]')
    .setInputFiles([{ name: 'mine.weights.h5', mimeType: 'application/octet-stream', buffer: Buffer.from('weights') }]);
  await dialog.getByText('mine.weights.h5').waitFor();
  await dialog.getByRole('button', { name: 'Import' }).click();
  await page.getByText('cnn-small is here: 7 layers.').waitFor();
  await dialog.waitFor({ state: 'detached' });
  await page.close();
});

test('latency is measured as asked: another runtime, and no more than the contract allows', { skip }, async () => {
  const page = await opened('/#/projects/p1/overview/v3');
  await page.getByRole('button', { name: 'Measure again…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Latency of LeNet-300-100 baseline' });
  await dialog.getByLabel('Runtime').selectOption({ label: 'ONNX Runtime' });
  await dialog.getByLabel('Batch size').fill('5000');
  await dialog.getByText('At most 4096.').waitFor();
  assert.equal(await dialog.getByRole('button', { name: 'Measure' }).isDisabled(), true);
  await dialog.getByLabel('Batch size').fill('16');
  await dialog.getByRole('button', { name: 'Measure' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.close();
});

test('rounds of pruning stand on the curve and in a table, the kept one marked; classes stand in the order of harm', { skip }, async () => {
  const page = await opened('/?variants=24#/projects/p1/runs/j5');
  const rounds = page.getByRole('table', { name: 'Scores by round' });
  await rounds.getByRole('row', { name: /^4, kept/ }).waitFor();
  assert.equal(await page.getByRole('figure', { name: 'Learning' }).locator('line.chart-round').count(), 4);
  await page.goto(`${fixture.address}/?variants=24#/projects/p1/overview/v6`);
  assert.equal(await page.getByRole('table', { name: 'Accuracy by class' }).getByRole('row').count(), 11);
  await page.goto(`${fixture.address}/?deep#/projects/p1/layers/v2`);
  await page.getByRole('radio', { name: 'Channel groups' }).check({ force: true });
  await page.getByRole('grid', { name: 'Channel groups' }).getByText('as filters').first().waitFor();
  await page.close();
});

test('an address of a variant that is gone says so and offers the others', { skip }, async () => {
  const page = await opened('/#/projects/p1/overview/v999');
  await page.getByRole('heading', { name: 'This variant isn’t here any more' }).waitFor();
  await page.getByRole('link', { name: 'Open the project' }).click();
  await page.getByRole('heading', { name: 'LeNet-300-100 baseline' }).waitFor();
  await page.close();
  assert.deepEqual(chromium.errors, []);
});
