// Imports keep to their file and their staging folder: nothing else is written or read, nothing is started or connected to, bombs stay small.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import type { ImporterTask } from '#contract/importer-messages.ts';
import { record } from '../fuzz/record.ts';
import { hostileFiles, lieThere } from './every-file.ts';
import type { Outcomes } from './import-all.ts';
import { canSeparate, canTrace, importAll, listTasks, watchImports, type Watched } from './watch-imports.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'kept-in-')));
after(() => rmSync(root, { recursive: true, force: true }));
const staging = join(root, 'staging');
const canary = randomBytes(24).toString('hex');
const fixtures = resolve(import.meta.dirname, '../formats');
/** Of each kind of file one that is sound: what is read to the end could do more harm than what is refused at once. */
const sound = ['fixtures/cnn.keras', 'fixtures/nested.keras2.h5', 'onnx-fixtures/mobile.script.onnx'].map((name) => join(fixtures, name));
const blobs = join(fixtures, 'fixtures/blobs.npz');

let tasks: readonly ImporterTask[];
let plain: Outcomes;
const skip = canTrace ? false : 'there is no strace that may trace';
before(async () => {
  tasks = [
    ...(await lieThere(root)),
    ...sound.map((path): ImporterTask => ({ kind: 'model', path, staging })),
    { kind: 'dataset', source: blobs, staging },
  ];
  // Beside, above and inside: where names that climb out would lead to.
  for (const folder of ['.', ...hostileFiles.map((_, at) => `${at}`)]) writeFileSync(join(root, folder, 'secret.bin'), canary);
  plain = importAll(listTasks(root, tasks));
});

const expected = () => [...hostileFiles.map(({ code }) => code as string), ...sound.map(() => 'done'), 'done'];

test('each is refused or read in a process of its own as here', () => {
  assert.deepEqual(
    plain.outcomes.map(({ code }) => code),
    expected(),
  );
});

let watched: Watched | undefined;
test('nothing is written outside the staging folder, no other file is opened, nothing is connected to or started', { skip }, () => {
  watched = watchImports(root, listTasks(root, tasks), [...hostileFiles.map((_, at) => join(root, `${at}`)), ...sound, blobs], staging);
  assert.deepEqual(
    watched.outcomes.map(({ code }) => code),
    expected(),
  );
  const { written, read, connected, started } = watched;
  record('kept in', 'imports watched by the kernel', {
    imports: tasks.length,
    written: written.length,
    read: read.length,
    connected: connected.length,
    started: started.length,
  });
  assert.deepEqual({ written, read, connected, started }, { written: [], read: [], connected: [], started: [] });
});

test('of the file beside the imports not a byte was opened, or is in anything that is left', { skip }, () => {
  const log = readFileSync(join(root, 'strace.log'), 'utf8');
  assert.deepEqual(
    log.split('\n').filter((line) => line.includes('secret.bin') && / (openat?|read|mmap)\(/.test(line)),
    [],
  );
  for (const name of readdirSync(staging)) assert.ok(!readFileSync(join(staging, name)).includes(canary), name);
});

test('a write outside, a file read, a connection and a program are seen when they happen', { skip }, () => {
  const list = listTasks(root, [], 'none.json');
  const outside = join(root, 'outside');
  mkdirSync(outside);
  const deeds = [`write=${join(outside, 'x')}`, `read=${join(root, 'secret.bin')}`, 'run=true', 'connect'];
  const { written, read, connected, started } = watchImports(root, list, [], staging, deeds);
  assert.ok(written.some((line) => line.includes(join(outside, 'x'))));
  assert.ok(read.some((line) => line.includes('secret.bin')));
  assert.ok(connected.some((line) => line.includes('127.0.0.1')));
  assert.ok(started.length > 0);
});

test(
  'all the same where the kernel lets nobody write outside and there is no network',
  { skip: canSeparate ? false : 'no namespaces may be made here' },
  () => {
    const readOnly = `mount -t tmpfs none ${staging} && while read -r _ _ _ _ at _; do
      case $at in ${staging}) ;; *) mount -o remount,ro,bind "$at" 2>/dev/null ;; esac
    done < /proc/self/mountinfo; if touch ${root}/writable 2>/dev/null; then exit 99; fi; exec "$@"`;
    const jailed = importAll(listTasks(root, tasks), ['unshare', '--mount', '--net', 'sh', '-c', readOnly, 'sh']);
    assert.deepEqual(
      jailed.outcomes.map(({ code }) => code),
      expected(),
    );
  },
);

const bombs =
  /bomb|declared|zips in zips|20,001|300,000|gigabytes|past all counting|all the memory|vast|20 MB|200,000|100,000|64 MB|graphs in graphs|nested lists/;
test('what would unpack or grow to gigabytes is refused within two seconds and 512 MB', (context) => {
  const chosen = hostileFiles.flatMap(({ what }, at) => (bombs.test(what) ? [at] : []));
  assert.ok(chosen.length >= 15);
  const list = listTasks(
    root,
    chosen.map((at) => tasks[at]!),
    'bombs.json',
  );
  const { outcomes, residentMb } = importAll(list);
  const slow = outcomes.flatMap(({ seconds }, at) => (seconds > 2 ? [`${hostileFiles[chosen[at]!]!.what}: ${seconds.toFixed(1)} s`] : []));
  context.diagnostic(`${Math.round(residentMb)} MB resident, at most ${Math.max(...outcomes.map(({ seconds }) => seconds)).toFixed(1)} s`);
  assert.deepEqual(slow, []);
  assert.ok(residentMb < 512, `${residentMb} MB`);
  record('kept in', 'bombs', { files: chosen.length, secondsAtMost: 2, residentMbAtMost: 512 });
});
