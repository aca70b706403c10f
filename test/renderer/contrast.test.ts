// What is written on every screen stands out from its ground by 4.5 to 1, in light and in dark, and what is cut short can be read in full.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { serveFixture, type ServedFixture } from './serve-fixture.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const skip = existsSync(executablePath) ? false : 'there is no Chromium';
let fixture: ServedFixture;
let browser: Browser;

before(async () => {
  if (skip !== false) return;
  fixture = await serveFixture();
  browser = await chromium.launch({ executablePath, chromiumSandbox: false, args: ['--no-sandbox', '--disable-gpu'] });
});
after(async () => {
  await browser?.close();
  await fixture?.close();
});

const click = (name: string) => (page: Page) => page.getByRole('button', { name }).first().click();
const screens: readonly (readonly [address: string, prepare?: (page: Page) => Promise<unknown>])[] = [
  ['/?empty#/projects'],
  ['/#/projects'],
  ['/?variants=0#/projects/p1'],
  ['/?variants=24#/projects/p1/overview/v6'],
  ['/?deep#/projects/p1/layers/v2'],
  [
    '/#/projects/p1/sensitivity/v2',
    async (page) => {
      await click('Study the layers')(page);
      await page.getByRole('progressbar', { name: /^Study/ }).waitFor();
      await page.evaluate('window.dispatchEvent(new CustomEvent("fixture-advance", { detail: 900 }))');
      await page.getByRole('figure', { name: /^Change/ }).waitFor();
    },
  ],
  ['/#/projects/p1/train/v1', click('Advanced')],
  ['/#/projects/p1/prune/v3', (page) => page.getByText(/^Removes 239/).waitFor()],
  ['/#/projects/p1/prune/v3', (page) => page.getByRole('textbox', { name: /^Sparsity/ }).fill('100')],
  ['/?variants=24#/projects/p1/runs/j5', (page) => page.getByRole('figure', { name: 'Learning' }).waitFor()],
  ['/?trouble#/projects/p1/runs/j-failed'],
  ['/?trouble#/projects/p1/runs/j-interrupted'],
  ['/?variants=24#/projects/p1/compare'],
  ['/?trouble#/projects/p1/export/v3', (page) => page.getByLabel('Format').selectOption('tflite')],
  ['/#/settings', click('Show the keys')],
  ['/#/projects/p1/overview/v3', (page) => page.keyboard.press('Control+k')],
];

for (const colorScheme of ['light', 'dark'] as const)
  test(`everything written can be read, ${colorScheme}`, { skip }, async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme, reducedMotion: 'reduce' });
    page.setDefaultTimeout(20_000);
    const found: string[] = [];
    for (const [address, prepare] of screens) {
      await page.goto('about:blank');
      await page.goto(fixture.address + address);
      await page.locator('#view[aria-busy=false], #view:not([aria-busy])').waitFor();
      await prepare?.(page);
      await page.waitForTimeout(100);
      for (const look of [faint, cutShort])
        found.push(...((await page.evaluate(look)) as string[]).map((what) => `${address.slice(1)} ${what}`));
    }
    assert.deepEqual(found, []);
    await page.evaluate('document.querySelector("h1").style.color = getComputedStyle(document.body).backgroundColor');
    await page.evaluate('document.querySelector(".dialog, [role=dialog]")?.remove()');
    assert.equal(((await page.evaluate(faint)) as string[]).length, 1, 'a heading in the colour of its ground is found');
    await page.close();
  });

/** Texts in view with less than 4.5 to 1 against what lies behind them; controls that can't be used are left out, as by WCAG 1.4.3. */
const faint = `(() => {
  const read = (css) => {
    const [r, g, b, a = 1] = (css.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    return css.startsWith('color(') ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
  };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
  const light = (colour) => colour.slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => {
    const layers = [];
    for (let one = element; one !== null; one = one.parentElement) {
      const colour = read(getComputedStyle(one).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const cell = (text) => {
    const box = text.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const behind = [...text.ownerSVGElement.querySelectorAll('rect')].filter((rect) => {
      const at = rect.getBoundingClientRect();
      return at.x <= x && at.right >= x && at.y <= y && at.bottom >= y && (rect.compareDocumentPosition(text) & 4) !== 0;
    });
    return behind.reduce((below, rect) => {
      const style = getComputedStyle(rect);
      const [r, g, b, a] = style.fill === 'none' ? [0, 0, 0, 0] : read(style.fill);
      return over([r, g, b, a * Number(style.fillOpacity) * Number(style.opacity)], below);
    }, ground(text.ownerSVGElement));
  };
  const floats = document.querySelector('[role=dialog]');
  const found = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const words = node.textContent.trim();
    if (words === '' || element.closest('title, script, style, .chart-behind, .unseen, option, :disabled, [aria-disabled=true]') !== null) continue;
    if (floats !== null && !floats.contains(element)) continue;
    if (element.closest('label')?.control?.disabled === true) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) continue;
    const style = getComputedStyle(element);
    if (style.visibility !== 'visible') continue;
    const svg = element.ownerSVGElement != null;
    const behind = svg ? cell(element) : ground(element);
    const own = over(read(svg ? style.fill : style.color), behind);
    const [high, low] = [light(own), light(behind)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) found.set(element.tagName + ' ' + words.slice(0, 30), ratio.toFixed(2));
  }
  return [...found].map(([what, ratio]) => what + ': ' + ratio);
})()`;

/** Words that end in an ellipsis and say nowhere how they go on. */
const cutShort = `[...document.querySelectorAll('#view *:not(.unseen), aside *, footer *, main > header *')]
  .filter((element) => getComputedStyle(element).textOverflow === 'ellipsis' && element.scrollWidth > element.clientWidth + 1)
  .filter((element) => element.closest('[title]') === null && element.querySelector('[title]') === null)
  .map((element) => element.outerHTML.slice(0, 100))`;
