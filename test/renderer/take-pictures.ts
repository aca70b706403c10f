// Takes pictures of every screen, light and dark: `node test/renderer/take-pictures.ts FOLDER [WIDTHxHEIGHT]`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serveFixture } from './serve-fixture.ts';

const [folder = 'pictures', size = '1280x800', only = ''] = process.argv.slice(2);
const [width = 1280, height = 800] = size.split('x').map(Number);
mkdirSync(folder, { recursive: true });
const fixture = await serveFixture();
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  chromiumSandbox: false,
  args: ['--no-sandbox', '--disable-gpu'],
});
const scenes: readonly (readonly [name: string, address: string])[] = [
  ['first-run', '/?empty#/projects'],
  ['projects', '/#/projects'],
  ['no-network', '/?variants=0#/projects/p1'],
  ['overview', '/?variants=24#/projects/p1/overview/v6'],
  ['untrained', '/#/projects/p1/overview/v1'],
  ['layers', '/#/projects/p1/layers/v2'],
  ['sensitivity-none', '/#/projects/p1/sensitivity/v2'],
  ['sensitivity', '/#/projects/p1/sensitivity/v2'],
  ['import-data', '/#/projects/p1/train/v1'],
  ['train', '/#/projects/p1/train/v1'],
  ['prune', '/#/projects/p1/prune/v3'],
  ['prune-probed', '/#/projects/p1/prune/v3'],
  ['runs', '/?variants=24#/projects/p1/runs'],
  ['running', '/#/projects/p1/train/v1'],
  ['compare', '/?variants=24#/projects/p1/compare'],
  ['compare-1000', '/?variants=1000#/projects/p1/compare'],
  ['export', '/#/projects/p1/export/v3'],
  ['export-boards', '/#/projects/p1/export/v3'],
  ['settings', '/#/settings'],
  ['palette', '/#/projects/p1/overview/v3'],
];
for (const scheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
  page.on('console', (message) => {
    if (message.type() === 'error') console.log(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => console.log(`page: ${error.stack ?? error.message}`));
  for (const [name, address] of scenes.filter(([scene]) => scene.includes(only))) {
    await page.goto('about:blank');
    await page.goto(fixture.address + address);
    await page.waitForTimeout(900);
    if (name === 'palette') await page.keyboard.press('Control+k');
    if (name === 'import-data')
      await page
        .locator('input[type=file]')
        .first()
        .setInputFiles([{ name: 'photos.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b') }]);
    if (name === 'export-boards') await page.getByLabel('Format').selectOption('tflite');
    if (name === 'running') {
      await page.getByRole('button', { name: 'Train', exact: true }).click();
      for (let turn = 0; turn < 6; turn += 1) {
        await page.waitForTimeout(60);
        await page.evaluate('window.dispatchEvent(new CustomEvent("fixture-advance", { detail: 100 }))');
      }
    }
    if (name === 'prune-probed') {
      await page.getByRole('button', { name: 'Measure what it brings in speed' }).click();
      await page.evaluate('window.dispatchEvent(new CustomEvent("fixture-advance", { detail: 900 }))');
    }
    if (name === 'sensitivity') {
      await page.getByRole('button', { name: 'Study the layers' }).click();
      await page.evaluate('window.dispatchEvent(new CustomEvent("fixture-advance", { detail: 900 }))');
    }
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(folder, `${name}-${scheme}.png`) });
  }
  await page.close();
}
await browser.close();
await fixture.close();
