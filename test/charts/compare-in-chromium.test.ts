// The comparison in a real browser under the studio's content policy: one selection in all views, 10,000 points, files saved.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { hasChromium, openHarness, type OpenHarness } from './open-harness.ts';

describe('the comparison in Chromium', { skip: hasChromium ? false : 'no Chromium on this machine' }, () => {
  let harness: OpenHarness;
  let page: Page;
  const complaints: string[] = [];
  before(async () => {
    harness = await openHarness();
    page = await harness.browser.newPage({ viewport: { width: 1280, height: 1400 } });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  after(async () => {
    await harness.close();
  });

  async function open(query: string): Promise<void> {
    await page.goto(`${harness.address}?${query}`);
    await page.getByRole('figure').first().waitFor();
  }
  const selected = (): Promise<string | null> => page.locator('output').getAttribute('data-selected');

  test('a click on a point selects its row, its line of the tree and its layers; Ctrl adds; double click resets', async () => {
    await open('count=12');
    const point = page.locator('path[data-id]').first();
    const box = await point.boundingBox();
    assert.ok(box);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.click(x, y);
    const row = page.locator('[role=grid] tbody tr[aria-selected=true]').first();
    const name = (await row.locator('td').first().innerText()).trim();
    assert.equal(await page.locator('[role=treeitem][aria-selected=true]').count(), 1);
    assert.match((await page.locator('[role=treeitem][aria-selected=true]').textContent()) ?? '', new RegExp(name.slice(0, 12)));
    await page
      .locator('[role=grid] tbody tr')
      .nth(3)
      .click({ modifiers: ['Control'] });
    assert.equal(await page.locator('[role=treeitem][aria-selected=true]').count(), Number(await selected()));
    assert.equal((await page.locator('.chart-ring').count()) > 0, true);
    await page.mouse.dblclick(x + 40, y + 200);
    assert.equal(await selected(), '0');
  });

  test('the keyboard alone: arrows say each point, Enter selects, Escape leaves', async () => {
    await open('count=12');
    await page.getByRole('application').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    assert.match((await page.locator('[aria-live=polite]', { hasText: /cnn-small.*: .*KB, .*%/ }).textContent()) ?? '', /cnn-small/);
    await page.keyboard.press('Enter');
    assert.equal(await selected(), '1');
  });

  test('10,000 variants: a brush with Shift selects more than 1,000, fewer than 100 rows are in the page, a plain brush filters', async () => {
    await open('count=10000');
    const plot = await page.getByRole('application').boundingBox();
    assert.ok(plot);
    assert.equal(await page.locator('canvas').count(), 2);
    assert.ok((await page.locator('svg[data-drawing]').first().locator('path, circle, line').count()) <= 1100);
    const brush = async (): Promise<void> => {
      await page.mouse.move(plot.x + plot.width * 0.4, plot.y + 40);
      await page.mouse.down();
      await page.mouse.move(plot.x + plot.width - 20, plot.y + plot.height * 0.5);
      await page.mouse.up();
    };
    await page.keyboard.down('Shift');
    await brush();
    await page.keyboard.up('Shift');
    assert.ok(Number(await selected()) > 1000);
    assert.ok((await page.locator('[role=grid] tbody tr').count()) < 100);
    await brush();
    assert.match(await page.locator('.state').innerText(), /of 10\s000 variants/);
  });

  test('saves the chart as an SVG with its own colours, a PNG, and a CSV of every point', async () => {
    await open('count=40');
    const files: Record<string, Buffer> = {};
    for (const kind of ['SVG', 'PNG', 'CSV']) {
      await page.locator('summary').first().click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: kind, exact: true }).first().click(),
      ]);
      files[kind] = readFileSync(await download.path());
      assert.equal(download.suggestedFilename(), `accuracy-against-bytes-sparse.${kind.toLowerCase()}`);
    }
    const svg = files['SVG']!.toString();
    assert.ok(svg.startsWith('<svg') && !svg.includes('class=') && /fill="rgb\(0, 114, 178\)"/.test(svg));
    assert.deepEqual([...files['PNG']!.subarray(1, 4)], [...Buffer.from('PNG')]);
    assert.ok(files['PNG']!.length > 10_000);
    assert.equal(files['CSV']!.toString().trim().split('\r\n').length, 1 + 35);
  });

  test('a brush on an axis of the parallel coordinates filters all views, a second one more, a double click lets go', async () => {
    await open('count=40');
    const figure = page.getByRole('figure', { name: 'All measures side by side' });
    await figure.scrollIntoViewIfNeeded();
    const axes = figure.locator('g.chart-brushable');
    assert.ok((await axes.count()) >= 6);
    assert.equal(await figure.locator('svg[data-drawing] path[stroke]').count(), 40);
    const brush = async (index: number, from: number, to: number): Promise<void> => {
      const box = await axes.nth(index).locator('line.chart-upright').boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x, box.y + box.height * from);
      await page.mouse.down();
      await page.mouse.move(box.x + 3, box.y + box.height * to, { steps: 3 });
      await page.mouse.up();
    };
    const left = async (): Promise<number> => Number(/^(\d+)/.exec(await page.locator('.state').innerText())?.[1]);
    await brush(0, 0, 0.5);
    const first = await left();
    assert.ok(first > 0 && first < 40, String(first));
    await brush(1, 0.3, 1);
    const second = await left();
    assert.ok(second <= first);
    const box = await figure.locator('svg[data-drawing]').boundingBox();
    assert.ok(box);
    await page.mouse.dblclick(box.x + 5, box.y + box.height - 4);
    assert.equal(await left(), 40);
  });

  test('a budget is set by arrow keys and by dragging, counted, and taken away again', async () => {
    await open('count=40');
    const most = page.getByRole('slider', { name: /at most$/ });
    const least = page.getByRole('slider', { name: /at least$/ });
    const within = async (): Promise<number | null> => {
      const found = /(\d+) within the budget/.exec(await page.locator('.state').innerText());
      return found === null ? null : Number(found[1]);
    };
    assert.deepEqual([await within(), await most.getAttribute('aria-valuetext')], [null, 'no limit']);
    await most.focus();
    for (let times = 0; times < 20; times += 1) await page.keyboard.press('ArrowLeft');
    const affordable = await within();
    assert.ok(affordable !== null && affordable <= 35);
    assert.match((await most.getAttribute('aria-valuetext')) ?? '', /\d.*B$/);
    const box = await least.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + 11, box.y + 11);
    await page.mouse.down();
    await page.mouse.move(box.x + 11, box.y - 180, { steps: 4 });
    await page.mouse.up();
    assert.ok((await within())! < affordable);
    assert.equal(await page.locator('line.chart-limit').count(), 2);
    assert.equal(await selected(), '0');
    await least.dblclick();
    assert.equal(await within(), affordable);
    await most.focus();
    await page.keyboard.press('End');
    assert.equal(await within(), null);
  });

  test('saves a report of what is selected and the baseline as one page that needs nothing and runs nothing', async () => {
    await open('count=12');
    const names = await page.locator('[role=grid] tbody tr td:first-child').allInnerTexts();
    await page.locator('[role=grid] tbody tr').nth(3).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save report' }).click()]);
    assert.equal(download.suggestedFilename(), 'all-of-them.html');
    const html = readFileSync(await download.path(), 'utf8');
    assert.ok(html.startsWith('<!doctype html>') && html.includes('<svg') && !/<script|<link|<!--/.test(html));
    const told = names.map((name) => html.includes(`>${name.trim()}`));
    assert.deepEqual([told[3], told.filter(Boolean).length], [true, 2]);
  });

  test('empty, and with one variant, it says what would fill it', async () => {
    await open('count=0');
    assert.equal(await page.getByText('each variant becomes a point here').count(), 1);
    await open('count=1');
  });

  test('nothing was reported to the console', () => {
    assert.deepEqual(complaints, []);
  });
});
