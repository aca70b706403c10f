// Built main and preload, run whole against a stand-in for Electron and a real Chromium: the window opens, is locked down, and speaks to the studio.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { prepare } from '#main/setup/prepare.ts';
import { launchChromium } from '../browser/launch-chromium.ts';
import * as electron from './electron-stand-in.ts';

const root = resolve(import.meta.dirname, '../..');
const { standIn, session } = electron;
const folder = mkdtempSync(join(tmpdir(), 'espalier-window-'));
let close: () => Promise<void> = () => Promise.resolve();

before(async () => {
  await prepare(['page', 'window']);
  const browser = await launchChromium();
  close = () => browser.close();
  standIn.context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  standIn.userData = folder;
  process.env['ESPALIER_HOME'] = join(folder, 'home');
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron'
        ? { url: pathToFileURL(join(import.meta.dirname, 'electron-stand-in.ts')).href, shortCircuit: true }
        : next(specifier, context),
  });
  await import(pathToFileURL(join(root, 'dist/main/start-desktop.js')).href);
  for (let tries = 0; standIn.windows[0]?.page === undefined && tries < 200; tries++) await new Promise((wait) => setTimeout(wait, 50));
});
after(async () => {
  const gone = new Promise<void>((done) => electron.app.once('gone', done));
  electron.app.quit();
  await gone;
  await close();
  rmSync(folder, { recursive: true, force: true });
});

const page = () => standIn.windows[0]!.page!;

test('the window shows the first-run screen and makes a project through its port', async () => {
  await page().getByRole('button', { name: 'Create sample project' }).first().click();
  await page().getByRole('tree').getByText('lenet-300-100').waitFor({ timeout: 60_000 });
  assert.ok(standIn.forks.length >= 3, 'dataset and two networks were each imported by a utility process');
  assert.deepEqual(standIn.errors, []);
});

test('every safety rule of the window holds', () => {
  const { preload: _preload, devTools, ...preferences } = standIn.windows[0]!.options.webPreferences;
  assert.deepEqual(preferences, {
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  });
  assert.equal(devTools, false);
  const { webContents } = standIn.windows[0]!;
  for (const leaving of ['will-navigate', 'will-redirect', 'will-attach-webview']) {
    let prevented = false;
    webContents.emit(leaving, {
      preventDefault: () => {
        prevented = true;
      },
    });
    assert.ok(prevented, leaving);
  }
  assert.deepEqual(webContents.openHandler?.({ url: 'https://example.org' }), { action: 'deny' });
});

test('no permission is granted but writing to the clipboard, and no request leaves the machine', () => {
  for (const permission of ['geolocation', 'media', 'notifications', 'openExternal', 'clipboard-read']) {
    assert.equal(session.defaultSession.permissionCheck!(null, permission), false, permission);
    session.defaultSession.permissionRequest!(null, permission, (allowed) => assert.equal(allowed, false, permission));
  }
  for (const [url, cancel] of [
    ['https://example.org/', true],
    ['http://127.0.0.1:9/', true],
    ['file:///etc/hostname', true],
    ['ws://example.org/', true],
    ['app://studio/', false],
  ] as const) {
    session.defaultSession.beforeRequest!({ url }, (verdict) => assert.equal(verdict.cancel, cancel, url));
  }
});

test('the protocol serves the built page under its policy and nothing else', async () => {
  const ask = (path: string, method = 'GET') => session.defaultSession.handler!(new Request(path, { method }));
  const index = await ask('app://studio/');
  assert.equal(index.status, 200);
  assert.match(index.headers.get('Content-Security-Policy')!, /^default-src 'none'; script-src 'self'/);
  assert.doesNotMatch(index.headers.get('Content-Security-Policy')!, /unsafe|\*/);
  for (const path of [
    'app://other/',
    'app://studio/../package.json',
    'app://studio/%2e%2e/package.json',
    'app://studio/assets',
    'app://studio/index.html%00',
  ])
    assert.equal((await ask(path)).status, 404, path);
  assert.equal((await ask('app://studio/', 'POST')).status, 404);
});

test('a sender that is not our page is never heard: eight kinds of stranger', async () => {
  const window = standIn.windows[0]!;
  const frame = (url: string, parent: unknown = null) => ({ url, parent });
  const strangers: readonly [string, unknown, unknown][] = [
    ['no frame', window.webContents, null],
    ['a destroyed frame', window.webContents, { url: undefined, parent: null }],
    ['about:blank', window.webContents, frame('about:blank')],
    ['data:', window.webContents, frame('data:text/html,x')],
    ['a sub-frame', window.webContents, frame('app://studio/', {})],
    ['another host', window.webContents, frame('https://example.org/')],
    ['a look-alike host', window.webContents, frame('app://studio.example/')],
    ['another window', {}, frame('app://studio/')],
  ];
  for (const [name, sender, senderFrame] of strangers) {
    await assert.rejects(electron.ipcMain.invoke('studio:choose-open', { sender, senderFrame }, 'file'), /may not/, name);
    electron.ipcMain.emit('studio:connect', {
      sender,
      senderFrame: senderFrame && { ...senderFrame, postMessage: () => assert.fail(name) },
    });
  }
});

test('files chosen in the system dialog reach the page as handles, never as paths', async () => {
  standIn.dialogs.open = ['/somewhere/model.keras'];
  const handle = await page().evaluate(() =>
    (window as unknown as { espalier: { chooseOpen(kind: string): Promise<string> } }).espalier.chooseOpen('file'),
  );
  assert.match(handle, /^file-/);
  assert.doesNotMatch(handle, /somewhere/);
});
