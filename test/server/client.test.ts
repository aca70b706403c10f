// The page's own client in a real Chromium, against a real studio behind the real server.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import type { StudioConnection } from '#renderer/client/connect-to-studio.ts';
import { composeStudio, type Studio } from '#main/compose-studio.ts';
import { serveStudio, type ServedStudio } from '#main/server/serve-studio.ts';
import { admitPageCall } from '#main/studio/admit-page-call.ts';
import { launchChromium, type LaunchedChromium } from '../browser/launch-chromium.ts';

declare global {
  var connectToStudio: () => Promise<StudioConnection>;
  var line: StudioConnection;
  var states: Promise<string[]>;
}

const folder = mkdtempSync(join(tmpdir(), 'espalier-client-'));
const pageFolder = join(folder, 'page');
let studio: Studio;
let served: ServedStudio;
let browser: LaunchedChromium;

const serve = (port = 0) =>
  serveStudio({
    rpc: studio.rpc,
    admit: admitPageCall,
    handles: studio.handles,
    pageFolder,
    port,
    uploadsFolder: join(studio.home, 'uploads'),
    exportsFolder: join(studio.home, 'exports'),
  });
const joined = async (page: Page) =>
  page.evaluate(async () => {
    globalThis.line = await connectToStudio();
    return globalThis.line.state;
  });

/** From now on the page keeps every state of its line, up to and with `last`, in `states`. */
const rememberStates = (page: Page, last: string) =>
  page.evaluate((last) => {
    globalThis.states = new Promise((resolve) => {
      const seen: string[] = [];
      line.onState((state) => {
        seen.push(state);
        if (state === last) resolve(seen);
      });
    });
    return undefined;
  }, last);

before(async () => {
  await build({
    configFile: false,
    root: join(import.meta.dirname, 'client-page'),
    logLevel: 'error',
    build: { outDir: pageFolder, emptyOutDir: true, modulePreload: { polyfill: false } },
  });
  studio = await composeStudio({ home: join(folder, 'home'), door: 'browser' });
  served = await serve();
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await served?.close();
  await studio?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the token becomes a session and leaves the address; a reload keeps the session; the script can’t read the cookie', async () => {
  const page = await browser.open(served.url);
  assert.equal(await joined(page), 'connected');
  assert.equal(page.url(), `http://127.0.0.1:${served.port}/`);
  const facts = await page.evaluate(async () => (await line.client.studio.snapshot({})).facts);
  assert.equal(facts.door, 'browser');
  await page.reload();
  assert.equal(await joined(page), 'connected');
  assert.equal(await page.evaluate(() => document.cookie), '');
  assert.deepEqual(browser.errors, []);
});

test('a second tab needs the token too: cookies alone open nothing', async () => {
  const page = await browser.open(served.url);
  assert.equal(await joined(page), 'connected');
  const beside = await browser.openBeside(page, `http://127.0.0.1:${served.port}/`);
  assert.equal(await joined(beside), 'refused');
  const third = await browser.openBeside(page, served.url);
  assert.equal(await joined(third), 'connected');
});

test('what one tab does, the other hears', async () => {
  const page = await browser.open(served.url);
  const beside = await browser.openBeside(page, served.url);
  await Promise.all([joined(page), joined(beside)]);
  const heard = beside.evaluate(
    () =>
      new Promise<string>((resolve) => {
        line.on('projectChanged', ({ project }) => resolve(project.name));
      }),
  );
  await page.evaluate(() => line.client.projects.create({ name: 'Two tabs' }));
  assert.equal(await heard, 'Two tabs');
});

test('1 MB of an uploaded file arrives byte for byte, with progress, and only its handle comes back', async () => {
  const page = await browser.open(served.url);
  await joined(page);
  const { handles, folderHandle, sent } = await page.evaluate(async () => {
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, at) => (at * 7) % 251);
    let sent = 0;
    const files = [new File([bytes], 'nets/Größe 1.keras'), new File(['{}'], 'b.json')].map((file) => ({
      file,
      path: file.name.replace('/', '-'),
    }));
    const uploaded = await line.uploadFiles(files, ({ sentBytes }) => {
      sent = Math.max(sent, sentBytes);
    });
    return { ...uploaded, sent };
  });
  assert.equal(sent, 1_000_002);
  assert.equal(handles.length, 2);
  assert.ok(![...handles, folderHandle].some((handle) => handle?.includes('/')), 'handles are no paths');
  const path = studio.handles.resolve(handles[0]!);
  assert.match(path, /Größe 1\.keras$/);
  assert.deepEqual(readFileSync(path), Buffer.from(Uint8Array.from({ length: 1_000_000 }, (_, at) => (at * 7) % 251)));
});

test('a call with a path instead of a handle is refused', async () => {
  const page = await browser.open(served.url);
  await joined(page);
  const code = await page.evaluate(async () => {
    const project = await line.client.projects.create({ name: 'Paths' });
    return line.client.models.import({ projectId: project.id, path: '/etc/passwd' }).then(
      () => 'let in',
      (error: { code: string }) => error.code,
    );
  });
  assert.equal(code, 'bad-input');
});

test('the files of a job can’t be had before it has exported any', async () => {
  const page = await browser.open(served.url);
  await joined(page);
  mkdirSync(join(studio.home, 'exports/none'), { recursive: true });
  writeFileSync(join(studio.home, 'exports/none/x.keras'), 'x');
  assert.equal(
    await page.evaluate(() =>
      line.downloadExport('none').then(
        () => 'let in',
        (error: { code: string }) => error.code,
      ),
    ),
    'not-found',
  );
});

test('a lost line is taken up again when the server is back, and a new start with other secrets is `refused`', async () => {
  const page = await browser.open(served.url);
  await joined(page);
  await rememberStates(page, 'refused');
  const { port } = served;
  await served.close();
  const whileAway = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const ask = (): void =>
          void line.client.studio.snapshot({}).then(
            () => setTimeout(ask, 10),
            (error: { code: string }) => resolve(error.code),
          );
        ask();
      }),
  );
  assert.equal(whileAway, 'disconnected');
  served = await serve(port);
  assert.deepEqual(await page.evaluate(() => states), ['reconnecting', 'refused']);
});

test('a line cut by the network comes back by itself, and listeners go on hearing', async () => {
  const page = await browser.open(served.url);
  await joined(page);
  await rememberStates(page, 'connected');
  served.dropLines();
  assert.deepEqual(await page.evaluate(() => states), ['reconnecting', 'connected']);
  const heard = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        line.on('projectChanged', ({ project }) => resolve(project.name));
      }),
  );
  await page.evaluate(() => line.client.projects.create({ name: 'After the cut' }));
  assert.equal(await heard, 'After the cut');
});
