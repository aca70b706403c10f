// Set-up: one at a time, up to date by content, and nothing downloaded to find out whether a window can open.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findChromium } from '#main/setup/chromium.ts';
import { findElectron } from '#main/setup/find-electron.ts';
import { inProject, projectRoot } from '#main/setup/project-root.ts';
import { whileLocked } from '#main/setup/set-up-lock.ts';
import { sourceHash } from '#main/setup/source-hash.ts';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-setup-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('of 6 processes that take the lock 5 times each, no two are ever inside together', { timeout: 60_000 }, async (t) => {
  const folder = folderOf(t);
  const program = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as pause } from 'node:timers/promises';
    const { whileLocked } = await import(${JSON.stringify(inProject('src-main/setup/set-up-lock.ts'))});
    for (let time = 0; time < 5; time += 1) await whileLocked(${JSON.stringify(join(folder, 'lock'))}, () => undefined, async () => {
      appendFileSync(${JSON.stringify(join(folder, 'log'))}, 'in\\n'); await pause(5); appendFileSync(${JSON.stringify(join(folder, 'log'))}, 'out\\n');
    });`;
  const ends = await Promise.all(
    Array.from(
      { length: 6 },
      () =>
        new Promise((resolve) => spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' }).on('exit', resolve)),
    ),
  );
  assert.deepEqual(ends, [0, 0, 0, 0, 0, 0]);
  assert.equal(readFileSync(join(folder, 'log'), 'utf8'), 'in\nout\n'.repeat(30));
});

test('the lock of a process that has died is taken over, that of a living one is waited for', async (t) => {
  const lock = join(folderOf(t), 'lock');
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  writeFileSync(lock, String(dead));
  assert.equal(
    await whileLocked(
      lock,
      () => undefined,
      () => Promise.resolve(readFileSync(lock, 'utf8')),
    ),
    String(process.pid),
  );
  let waited = 0;
  writeFileSync(lock, String(process.ppid));
  await whileLocked(
    lock,
    () => {
      waited += 1;
      rmSync(lock);
    },
    () => Promise.resolve(),
  );
  assert.equal(waited, 1);
});

test('the hash of sources changes with a file’s content and name, and not with its time', (t) => {
  const folder = folderOf(t);
  const source = relative(projectRoot, folder);
  const hashWith = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return sourceHash([source]);
  };
  const first = hashWith('a.ts', '1');
  assert.equal(hashWith('a.ts', '1'), first);
  const second = hashWith('a.ts', '2');
  assert.notEqual(second, first);
  assert.notEqual(hashWith('b.ts', '2'), second);
  assert.match(sourceHash(['src-main/contract', 'package-lock.json']), /^[0-9a-f]{64}$/);
});

test('a window needs a binary that is there and, on Linux, a display; each reason is told', { skip: process.platform !== 'linux' }, (t) => {
  const folder = folderOf(t);
  assert.match(JSON.stringify(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder, DISPLAY: ':0' })), /binary is not installed/);
  writeFileSync(join(folder, 'electron'), '');
  assert.deepEqual(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder }), { kind: 'none', why: 'there is no display' });
  assert.deepEqual(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder, WAYLAND_DISPLAY: 'wayland-0' }), {
    kind: 'found',
    binary: join(folder, 'electron'),
  });
});

test('Chromium is found where CHROME_PATH says, before any other', (t) => {
  const mine = join(folderOf(t), 'chrome');
  writeFileSync(mine, '');
  const before = process.env['CHROME_PATH'];
  t.after(() => {
    if (before === undefined) delete process.env['CHROME_PATH'];
    else process.env['CHROME_PATH'] = before;
  });
  process.env['CHROME_PATH'] = mine;
  assert.equal(findChromium(), mine);
});

test(
  '`npm start` opens the window with the built main process where it can, and answers with its exit code',
  { skip: process.platform !== 'linux' },
  (t) => {
    const folder = folderOf(t);
    // The place of Electron's binary, taken by a program that tells how it was called.
    const electron = join(folder, 'dist');
    mkdirSync(electron);
    writeFileSync(join(electron, 'electron'), '#!/bin/sh\necho "$@"\nexit 7\n');
    chmodSync(join(electron, 'electron'), 0o755);
    const { stdout, stderr, status } = spawnSync(process.execPath, [inProject('src-main/setup/start.ts'), '--home', folder], {
      encoding: 'utf8',
      env: { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: electron, DISPLAY: ':99' },
    });
    assert.equal(status, 7, stderr);
    assert.match(stdout, /dist\/main\/start-desktop\.js --home /);
  },
);
