// The page in a real Chromium over the studio in memory: the first minutes, the keyboard, names for every control, the policy.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { serveFixture, type ServedFixture } from './serve-fixture.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const skip = existsSync(executablePath) ? false : 'there is no Chromium';
let fixture: ServedFixture;
let browser: Browser;
const complaints: string[] = [];

before(async () => {
  if (skip !== false) return;
  fixture = await serveFixture();
  browser = await chromium.launch({
    executablePath,
    chromiumSandbox: false,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});
after(async () => {
  await browser?.close();
  await fixture?.close();
});

async function opened(address: string, viewport = { width: 1280, height: 800 }): Promise<Page> {
  const page = await browser.newPage({ viewport, reducedMotion: 'reduce' });
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(fixture.address + address);
  return page;
}

test('from the first click to a pruned variant, with back and without a console error', { skip }, async () => {
  const page = await opened('/?empty');
  const advance = () => page.evaluate('window.dispatchEvent(new CustomEvent("fixture-advance", { detail: 844 }))');
  await page.getByRole('button', { name: 'Create sample project' }).click();
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('progressbar').first().waitFor();
  await advance();
  await page.getByRole('link', { name: 'Open LeNet-300-100 baseline' }).click();
  await page.getByRole('link', { name: 'Prune', exact: true }).click();
  await page.getByText('Removes 239\u202f580 of 266\u202f200 weights.').waitFor();
  await page.getByRole('textbox', { name: /^Sparsity/ }).fill('100');
  await page.getByText('From 0 to below 100 %.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Prune', exact: true }).isDisabled(), true);
  await page.getByRole('textbox', { name: /^Sparsity/ }).fill('50');
  await page.getByText('Removes 133\u202f100 of 266\u202f200 weights.').waitFor();
  await page.getByRole('button', { name: 'Prune', exact: true }).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
  await advance();
  await page.getByRole('treeitem', { name: /−50% weights, pruned/ }).waitFor();
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByRole('grid').or(page.getByRole('table')).first().waitFor();
  await page.goBack();
  await page.getByRole('grid', { name: 'Runs' }).waitFor();
  await page.close();
  assert.deepEqual(complaints.splice(0), []);
});

test('the keyboard alone: palette, tabs by number, the tree, and Tab reaches every control of every view', { skip }, async () => {
  const page = await opened('/?variants=24#/projects/p1/overview/v3');
  await page.getByRole('tree').waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('layers');
  await page.keyboard.press('Enter');
  await page.getByRole('grid', { name: 'Layers' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('treeitem', { name: /^LeNet-300-100 baseline/ }).focus();
  await page.keyboard.press('ArrowUp');
  await page.waitForFunction('document.activeElement.getAttribute("aria-label").startsWith("LeNet-300-100, untrained")');
  for (const [key, view] of [
    ['1', 'overview'],
    ['3', 'sensitivity'],
    ['4', 'train'],
    ['5', 'prune'],
    ['6', 'runs'],
    ['8', 'export'],
  ] as const) {
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press(key);
    await page.waitForFunction(`location.hash.includes('/${view}')`);
    await page.waitForFunction('document.querySelector("#view").getAttribute("aria-busy") !== "true"');
    assert.deepEqual(await page.evaluate(unreachable), [], view);
  }
  await page.close();
  assert.deepEqual(complaints.splice(0), []);
});

test('every control of every screen has a name, every picture a text, every id is one of a kind', { skip }, async () => {
  const page = await opened('/?empty');
  const addresses = [
    '/?empty#/projects',
    '/#/projects',
    '/?variants=0#/projects/p1',
    ...['overview', 'layers', 'sensitivity', 'train', 'prune', 'runs', 'compare', 'export'].map((view) => `/#/projects/p1/${view}`),
    '/#/settings',
  ];
  for (const address of addresses) {
    await page.goto('about:blank');
    await page.goto(fixture.address + address);
    await page.locator('#view').waitFor();
    await page.waitForTimeout(60);
    assert.deepEqual(await page.evaluate(nameless), [], address);
  }
  await page.close();
  assert.deepEqual(complaints.splice(0), []);
});

test('what Tab comes to on the comparison is ringed, and at least 24 pixels high', { skip }, async () => {
  const page = await opened('/?variants=24#/projects/p1/compare');
  await page.getByRole('grid', { name: 'Variants' }).waitFor();
  const found = new Set<string>();
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    for (const what of (await page.evaluate(poorlyFocused)) as string[]) found.add(what);
  }
  assert.deepEqual([...found], []);
  await page.close();
  assert.deepEqual(complaints.splice(0), []);
});

test('a study is started, drawn as a map and curves, and its plan is on the Prune page in one click', { skip }, async () => {
  const page = await opened('/#/projects/p1/sensitivity/v2');
  await page.getByRole('button', { name: 'Study the layers' }).click();
  await page.getByRole('progressbar', { name: /^Study/ }).waitFor();
  await page.evaluate('window.dispatchEvent(new CustomEvent("fixture-advance", { detail: 900 }))');
  await page.getByRole('figure', { name: 'Change of accuracy, in points' }).waitFor();
  assert.equal(await page.locator('figure[aria-label^="Change"] rect.chart-ring').count(), 4);
  await page.getByRole('button', { name: 'Prune by this plan' }).click();
  await page.getByRole('button', { name: 'Prune', exact: true }).waitFor();
  assert.deepEqual(
    await page.getByLabel('Layer or pattern').evaluateAll((fields) => fields.map((field) => (field as unknown as { value: string }).value)),
    ['conv_1', 'conv_2', 'dense_64', 'output'],
  );
  await page.close();
  assert.deepEqual(complaints.splice(0), []);
});

test('at 400 pixels nothing sticks out sideways, and 10,000 variants draw fewer than 60 lines', { skip }, async () => {
  const page = await opened('/?variants=24#/projects/p1/overview/v3', { width: 400, height: 800 });
  for (const view of ['overview', 'sensitivity', 'train', 'prune', 'runs', 'export']) {
    await page.goto(`${fixture.address}/?variants=24#/projects/p1/${view}`);
    await page.locator('#view').waitFor();
    assert.ok(((await page.evaluate('document.documentElement.scrollWidth')) as number) <= 400, view);
    assert.ok(
      await page.evaluate('document.querySelector("#view").scrollWidth <= document.querySelector("#view").clientWidth'),
      `${view} scrolls sideways`,
    );
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto('about:blank');
  await page.goto(`${fixture.address}/?variants=10000#/projects/p1/overview/v3`);
  await page.getByRole('treeitem').first().waitFor();
  assert.ok((await page.getByRole('treeitem').count()) < 60);
  await page.close();
  assert.deepEqual(complaints.splice(0), []);
});

/** Controls in view that Tab can't get to: those with tabindex −1 that have no neighbour in their group that can be reached. */
const unreachable = `(() => [...document.querySelectorAll('button, a[href], input, select, [role=tab], [role=treeitem], [role=grid]')]
  .filter((element) => element.tabIndex < 0 && !element.disabled && !element.closest('[aria-hidden=true]') && element.getAttribute('aria-hidden') !== 'true' && element.type !== 'file')
  .filter((element) => { const group = element.closest('[role=tablist], [role=tree]'); return group === null || group.querySelector('[tabindex="0"]') === null; })
  .map((element) => element.outerHTML.slice(0, 120)))()`;

/** The focused control, where nothing around it shows that it is, or where it is too small to hit; links in a line of text may be lower. */
const poorlyFocused = `(() => {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return [];
  const ringed = [focused, focused.parentElement, focused.nextElementSibling, focused.closest('label')].filter(Boolean)
    .map((element) => getComputedStyle(element)).some(({ outlineStyle, boxShadow }) => outlineStyle !== 'none' || boxShadow !== 'none');
  const { width, height } = focused.getBoundingClientRect();
  const low = width > 2 && Math.min(width, height) < 24 && !focused.matches('a, [type=radio], [type=checkbox], [type=range]');
  return [...(ringed ? [] : ['no ring']), ...(low ? ['small'] : [])].map((flaw) => flaw + ': ' + focused.outerHTML.slice(0, 100));
})()`;

const nameless = `(() => {
  const text = (element) => (element.getAttribute('aria-label') ?? '').trim()
    || (element.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join('').trim()
    || [...(element.labels ?? [])].map((label) => label.textContent).join('').trim() || element.textContent.trim() || (element.title ?? '');
  const found = [...document.querySelectorAll('button, a[href], input, select, textarea, [role=grid], [role=tree], [role=img], [role=progressbar], [role=dialog], nav, aside, canvas:not([aria-hidden]), section[aria-labelledby]')]
    .filter((element) => !element.closest('[aria-hidden=true]') && text(element) === '').map((element) => element.outerHTML.slice(0, 120));
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  return [...found, ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => 'twice: ' + id)];
})()`;
