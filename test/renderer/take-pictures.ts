// Takes pictures of every screen: `node test/renderer/take-pictures.ts FOLDER [WIDTHxHEIGHT] [PART-OF-A-NAME] [light|dark]`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '#main/setup/chromium.ts';
import { serveFixture } from './serve-fixture.ts';

const [folder = 'pictures', size = '1280x800', only = '', scheme] = process.argv.slice(2);
const [width = 1280, height = 800] = size.split('x').map(Number);

type Scene = readonly [name: string, address: string, prepare?: (page: Page) => Promise<unknown>];

const advance = (page: Page, steps: number) =>
  page.evaluate(`window.dispatchEvent(new CustomEvent("fixture-advance", { detail: ${steps} }))`);
const press = (name: string) => (page: Page) => page.getByRole('button', { name }).first().click();
const choose = (name: string) => (page: Page) => page.getByRole('radio', { name }).check({ force: true });
const inTurn =
  (...steps: readonly ((page: Page) => Promise<unknown>)[]) =>
  async (page: Page) => {
    for (const step of steps) await step(page);
  };
/** To the end of what scrolls. */
const toTheEnd = (page: Page) => page.evaluate('document.querySelector("#view").scrollTo(0, 1e6)');
const study = inTurn(press('Study the layers'), (page) => advance(page, 900));
const files = (label: string, name: string) => (page: Page) =>
  page
    .locator(`input[type=file][aria-label="${label}"]`)
    .first()
    .setInputFiles([{ name, mimeType: 'application/octet-stream', buffer: Buffer.from('a,b') }]);

const scenes: readonly Scene[] = [
  ['first-run', '/?empty#/projects'],
  ['projects', '/#/projects'],
  ['no-network', '/?variants=0#/projects/p1'],
  ['add-network', '/#/projects/p1/overview/v3', press('Add a network')],
  ['weights-file', '/#/projects/p1/overview/v3', inTurn(press('Add a network'), press('With a weights file…'))],
  ['overview', '/?variants=24#/projects/p1/overview/v6'],
  ['untrained', '/#/projects/p1/overview/v1'],
  ['layers', '/#/projects/p1/layers/v2'],
  ['layers-deep', '/?deep#/projects/p1/layers/v2'],
  ['groups-deep', '/?deep#/projects/p1/layers/v2', choose('Channel groups')],
  ['sensitivity-none', '/#/projects/p1/sensitivity/v2'],
  ['sensitivity', '/#/projects/p1/sensitivity/v2', study],
  ['sensitivity-deep', '/?deep#/projects/p1/sensitivity/v2', study],
  ['sensitivity-deep-end', '/?deep#/projects/p1/sensitivity/v2', inTurn(study, (page) => page.waitForTimeout(200), toTheEnd)],
  ['sensitivity-fields', '/#/projects/p1/sensitivity/v2', press('Advanced')],
  ['import-data', '/#/projects/p1/train/v1', files('Another file…', 'photos.csv')],
  ['train', '/#/projects/p1/train/v1'],
  ['train-advanced', '/#/projects/p1/train/v1', press('Advanced')],
  ['prune', '/#/projects/p1/prune/v3'],
  ['prune-end', '/#/projects/p1/prune/v3', toTheEnd],
  ['prune-iterative', '/#/projects/p1/prune/v3', inTurn(choose('Iterative'), press('Advanced schedule'), toTheEnd)],
  ['prune-filters', '/#/projects/p1/prune/v2', inTurn(choose('Filters'), press('Advanced pruning'))],
  ['prune-blocks', '/#/projects/p1/prune/v2', inTurn(choose('Blocks'), press('Advanced fine-tuning'), toTheEnd)],
  ['prune-preset', '/#/projects/p1/prune/v3', (page) => page.getByLabel('Preset').selectOption({ index: 1 })],
  [
    'prune-refused',
    '/#/projects/p1/prune/v3',
    inTurn((page) => page.getByRole('textbox', { name: /^Sparsity/ }).fill('100'), files('Recipe file', 'r.json')),
  ],
  ['prune-probed', '/#/projects/p1/prune/v3', inTurn(press('Measure what it brings in speed'), (page) => advance(page, 900))],
  ['prune-deep', '/?deep#/projects/p1/prune/v2'],
  ['runs', '/?variants=24#/projects/p1/runs'],
  ['runs-rounds', '/?variants=24#/projects/p1/runs/j5'],
  ['runs-none', '/?variants=0#/projects/p1/runs'],
  ['runs-failed', '/?trouble#/projects/p1/runs/j-failed'],
  ['runs-interrupted', '/?trouble#/projects/p1/runs/j-interrupted'],
  [
    'running',
    '/#/projects/p1/train/v1',
    async (page) => {
      await page.getByRole('button', { name: 'Train', exact: true }).click();
      for (let turn = 0; turn < 6; turn += 1) {
        await page.waitForTimeout(60);
        await advance(page, 100);
      }
    },
  ],
  ['compare-3', '/#/projects/p1/compare'],
  ['compare', '/?variants=24#/projects/p1/compare'],
  ['compare-end', '/?variants=24#/projects/p1/compare', toTheEnd],
  ['compare-1000', '/?variants=1000#/projects/p1/compare'],
  ['compare-1000-end', '/?variants=1000#/projects/p1/compare', toTheEnd],
  ['export', '/#/projects/p1/export/v3'],
  ['export-boards', '/#/projects/p1/export/v3', (page) => page.getByLabel('Format').selectOption('tflite')],
  ['export-refused', '/?trouble#/projects/p1/export/v3'],
  [
    'measure',
    '/#/projects/p1/overview/v3',
    inTurn(press('More for LeNet-300-100 baseline'), (page) => page.getByRole('menuitem', { name: 'Measure' }).click()),
  ],
  ['settings', '/#/settings'],
  ['keys', '/#/settings', press('Show the keys')],
  ['palette', '/#/projects/p1/overview/v3', (page) => page.keyboard.press('Control+k')],
  ['gone', '/#/projects/p1/overview/v999'],
  ['no-project', '/#/projects/p999'],
];

mkdirSync(folder, { recursive: true });
const wanted = scenes.filter(([name]) => only.split(',').some((part) => name.includes(part)));
const executablePath = findChromium();
if (executablePath === undefined) throw new Error('There is no Chromium; on Debian: apt-get install chromium.');
const fixture = await serveFixture();
const browser = await chromium.launch({ executablePath, chromiumSandbox: false, args: ['--no-sandbox', '--disable-gpu'] });
for (const colorScheme of ['light', 'dark'] as const) {
  if (scheme !== undefined && scheme !== colorScheme) continue;
  for (const [name, address, prepare] of wanted) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    page.setDefaultTimeout(5000);
    page.on('console', (message) => {
      if (message.type() === 'error') console.log(`${name}: console: ${message.text()}`);
    });
    page.on('pageerror', (error) => console.log(`${name}: page: ${error.stack ?? error.message}`));
    await page.goto(fixture.address + address);
    await page.locator('#view').waitFor();
    await page.waitForTimeout(500);
    await prepare?.(page).catch((error: unknown) => console.log(`${name}: ${String(error).split('\n')[0]}`));
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    await page.close();
  }
}
await browser.close();
await fixture.close();
