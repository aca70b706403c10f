// The headless studio as a process: one address on standard output, one home each, a clean end, and the token nowhere else.
import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { before, test, type TestContext } from 'node:test';
import { openBrowser } from '#main/server/open-browser.ts';
import { prepare } from '#main/setup/prepare.ts';
import { inProject } from '#main/setup/project-root.ts';
import { raw, requestText } from './served-studio.ts';

before(() => prepare(['page']));

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-headless-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function start(...args: string[]) {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    process.execPath,
    [inProject('src-main/start-headless.ts'), '--no-open', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  return { child, said, ended: once(child, 'exit').then(([code]: unknown[]) => code) };
}

test(
  'it prints one address, refuses a second studio on the same home in one line, and ends with 0 on SIGTERM',
  { timeout: 60_000 },
  async (t) => {
    const home = folderOf(t);
    const first = start('--home', home);
    t.after(() => first.child.kill('SIGKILL'));
    while (!first.said.out.includes('\n') && first.child.exitCode === null) await pause(20);
    const [, port, token] =
      /^http:\/\/127\.0\.0\.1:(\d+)\/#token=([0-9a-f]{64})\n$/.exec(first.said.out) ?? assert.fail(`${first.said.out}${first.said.err}`);
    const page = await raw(Number(port), requestText({ headers: [['Host', `127.0.0.1:${port}`]] }));
    assert.equal(page.status, 200);
    assert.match(page.body, /<div id="app">/);
    if (process.platform === 'linux') assert.ok(!readFileSync(`/proc/${first.child.pid}/cmdline`, 'utf8').includes(token!));

    const second = start('--home', home);
    assert.equal(await second.ended, 1);
    assert.equal(second.said.out, '');
    assert.equal(second.said.err.trim().split('\n').length, 1, second.said.err);

    first.child.kill('SIGTERM');
    assert.equal(await first.ended, 0);
    assert.ok(!first.said.err.includes(token!), 'the token is in no log');
    const third = start('--home', home, '--port', port!);
    t.after(() => third.child.kill('SIGKILL'));
    while (!third.said.out.includes('\n') && third.child.exitCode === null) await pause(20);
    assert.ok(third.said.out.startsWith(`http://127.0.0.1:${port}/`), third.said.err);
    assert.ok(!third.said.out.includes(token!), 'a new start has a new token');
    third.child.kill('SIGINT');
    assert.equal(await third.ended, 0);
  },
);

test('a port out of range and an unknown flag are each one line and exit 1', async (t) => {
  for (const wrong of [
    ['--port', '80'],
    ['--port', 'x'],
    ['--prot', '5000'],
  ]) {
    const { ended, said } = start('--home', folderOf(t), ...wrong);
    assert.equal(await ended, 1);
    assert.equal(said.err.trim().split('\n').length, 1, said.err);
  }
});

test(
  'the browser is opened through a page that only its owner can read, so that no command line holds the token',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const folder = folderOf(t);
    writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\necho "$@" > ${folder}/called.part\nmv ${folder}/called.part ${folder}/called\n`);
    chmodSync(join(folder, 'xdg-open'), 0o755);
    const opened = openBrowser('http://127.0.0.1:5000/#token=abc', folder, { PATH: `${folder}:${process.env['PATH']}`, DISPLAY: ':0' });
    const page = join(folder, 'open-studio.html');
    assert.equal(statSync(page).mode & 0o777, 0o600);
    assert.match(readFileSync(page, 'utf8'), /url=http:\/\/127\.0\.0\.1:5000\/#token=abc"/);
    while (!existsSync(join(folder, 'called'))) await pause(10);
    assert.equal(readFileSync(join(folder, 'called'), 'utf8').trim(), page);
    opened.forget();
    assert.ok(!existsSync(page));
    openBrowser('http://127.0.0.1:5000/#token=abc', folder, { PATH: folder });
    assert.ok(!existsSync(page), 'without a display nothing is written');
  },
);

test('the built page has no inline script, no inline style and no address of another site to load from', () => {
  const html = readFileSync(inProject('dist/page/index.html'), 'utf8');
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|(src|href)="(https?:)?\/\//);
  assert.match(html, /<script type="module"[^>]* src="\/assets\/[^"]+\.js"/);
});
