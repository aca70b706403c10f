// The first minutes, as a user has them: the studio started as a process, its URL opened in Chromium, the sample project made, a baseline trained,
// pruned to 90 %, and both points seen on the chart; a picture is kept of each station.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { startStudio, type RunningStudio } from './start-studio.ts';

const pictures = resolve(import.meta.dirname, '../../.cache/journey');
const MINUTES = 60_000;

let studio: RunningStudio;
let page: Page;

before(async () => {
  mkdirSync(pictures, { recursive: true });
  studio = await startStudio();
  ({ page } = studio);
});
after(() => studio?.stop());

/** A picture of the page as it is, dark and light. */
async function picture(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) });
  }
}
const tab = (name: string) => page.getByRole('tab', { name, exact: true });

test("the first-run screen makes the sample project in one click, MNIST's authors named", async () => {
  await page.getByRole('button', { name: 'Create sample project' }).first().waitFor();
  await picture('1-first-run');
  assert.match(await page.locator('body').innerText(), /LeCun/);
  await page.getByRole('button', { name: 'Create sample project' }).first().click();
  await page.getByRole('tree').getByText('lenet-300-100').waitFor({ timeout: MINUTES });
  await tab('Layers').click();
  await page.getByText('fc1').first().waitFor();
  await picture('2-layers');
});

test('a baseline trains with a live curve', async () => {
  await tab('Train').click();
  await page.getByLabel('Epochs', { exact: true }).fill('4');
  await picture('3-train-form');
  await page
    .getByRole('tabpanel')
    .getByRole('button', { name: /^Train/ })
    .click();
  await tab('Runs').and(page.locator('[aria-selected=true]')).waitFor();
  await page.getByRole('row', { name: /Running/ }).waitFor({ timeout: MINUTES });
  await page.getByRole('figure', { name: 'Learning' }).getByRole('row').nth(3).waitFor({ state: 'attached', timeout: MINUTES });
  await picture('4-training');
  await page.getByRole('row', { name: /Done/ }).waitFor({ timeout: 3 * MINUTES });
  await picture('5-trained');
});

test('a job is paused, the page reloaded, and the job resumed to its end', async () => {
  await tab('Prune').click();
  await page.getByLabel('Epochs', { exact: true }).fill('12');
  await page.getByText(/Removes 239.580 of 266.200\s+weights/).waitFor({ timeout: MINUTES });
  await picture('6-prune-form');
  await page
    .getByRole('tabpanel')
    .getByRole('button', { name: /^Prune/ })
    .click();
  await page
    .getByText(/fine-tuning/)
    .first()
    .waitFor({ timeout: MINUTES });
  await page.getByRole('tabpanel').getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('row', { name: /Paused/ }).waitFor({ timeout: MINUTES });
  await page.reload();
  await page.getByRole('row', { name: /Paused/ }).waitFor({ timeout: MINUTES });
  await picture('7-paused');
  await page.getByRole('tabpanel').getByRole('button', { name: 'Resume' }).click();
  await page
    .getByRole('row', { name: /Done/ })
    .nth(1)
    .waitFor({ timeout: 3 * MINUTES });
});

test('the pruned variant came from the baseline', async () => {
  await page
    .getByRole('tree', { name: 'Variants' })
    .getByRole('treeitem', { name: /90% weights/ })
    .waitFor();
  const accuracies = (await page.getByRole('tree', { name: 'Variants' }).innerText()).match(/9\d\.\d+/g)!.map(Number);
  assert.equal(accuracies.length, 2);
  assert.ok(Math.min(...accuracies) > 95, `${accuracies}`);
});

test('both points stand on the chart, and selecting one selects it in the table', async () => {
  await tab('Compare').click();
  const chart = page.getByRole('figure', { name: /Accuracy against/ });
  await chart.waitFor();
  await page
    .getByRole('row', { name: /90% weights/ })
    .first()
    .waitFor({ timeout: MINUTES });
  await picture('8-compare');
  await page.setViewportSize({ width: 1920, height: 1080 });
  await picture('9-compare-wide');
  await page.setViewportSize({ width: 1280, height: 800 });
  const text = await chart.innerText();
  assert.match(text, /90% weights/);
  await page
    .getByRole('grid', { name: 'Variants' })
    .getByRole('row', { name: /90% weights/ })
    .getByRole('gridcell')
    .first()
    .click();
  assert.equal(await page.getByRole('grid', { name: 'Variants' }).getByRole('row', { selected: true }).count(), 1);
});

test('the pruned variant is exported and downloaded', async () => {
  await tab('Export').click();
  await picture('10-export');
  await page
    .getByRole('tabpanel')
    .getByRole('button', { name: /^Export/ })
    .click();
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: MINUTES }),
    page
      .getByRole('button', { name: /Download/ })
      .first()
      .click({ timeout: MINUTES }),
  ]);
  assert.match(download.suggestedFilename(), /\.keras$/);
});

test('nothing was said in red on the console', () => assert.deepEqual(studio.chromium.errors, []));
