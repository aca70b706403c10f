// The import table, executable: one row a folder of src-main, what it may import, and nothing else.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const main = resolve(import.meta.dirname, '../../src-main');

/** Folders and packages beside the folder itself; `node:` modules only where `node` is listed. */
const may: Record<string, readonly string[]> = {
  criteria: [],
  files: ['contract', 'node'],
  contract: ['zod', 'criteria', 'resources'],
  rpc: ['zod', 'node', 'contract'],
  network: ['contract', 'node'],
  pruning: ['contract', 'criteria', 'network'],
  formats: [
    'contract',
    'files',
    'network',
    'node',
    'zod',
    'fflate',
    'yauzl',
    'h5wasm',
    '@jsquash/jpeg',
    '@jsquash/webp',
    '@bufbuild/protobuf',
    'flatbuffers',
  ],
  importer: ['contract', 'network', 'pruning', 'formats', 'node', 'zod'],
  engine: [
    'contract',
    'criteria',
    'files',
    'network',
    'pruning',
    'formats',
    'node',
    'zod',
    '@tensorflow/tfjs-node',
    '@tensorflow/tfjs',
    '@tensorflow/tfjs-core',
    '@tensorflow/tfjs-layers',
    'onnxruntime-node',
  ],
  store: ['contract', 'files', 'node', 'zod', 'better-sqlite3'],
  supervisor: ['contract', 'node'],
  studio: ['contract', 'rpc', 'store', 'supervisor', 'node', 'zod'],
  server: ['contract', 'rpc', 'node', 'ws', 'zod'],
  desktop: ['contract', 'rpc', 'supervisor', 'node', 'electron', 'zod', 'vite', 'electron-builder'],
  command: ['contract', 'criteria', 'rpc', 'node', 'zod', 'yaml', 'supervisor'],
  setup: ['contract', 'node', 'vite', 'playwright-core', '@tensorflow/tfjs-node', 'node-api-headers'],
};
const onlyIn: Record<string, string> = {
  'better-sqlite3': 'store',
  electron: 'desktop',
  'onnxruntime-node': 'engine',
  ws: 'server',
  h5wasm: 'formats',
  yauzl: 'formats',
  '@jsquash/jpeg': 'formats',
  '@jsquash/webp': 'formats',
};

for (const folder of readdirSync(main, { withFileTypes: true }).filter(
  (entry) => entry.isDirectory() && filesBelow(join(main, entry.name)).length > 0,
)) {
  test(`${folder.name} imports only what it may`, () => {
    const allowed = may[folder.name];
    assert.ok(allowed, `src-main/${folder.name} has no row in the import table`);
    const breaches = filesBelow(join(main, folder.name)).flatMap((file) =>
      importsOf(file)
        .filter((target) => target !== folder.name && !allowed.includes(target))
        .map((target) => `${relative(main, file)} imports ${target}`),
    );
    assert.deepEqual(breaches, []);
  });
}

test('electron, better-sqlite3, ws and the container readers are each imported by one folder', () => {
  const breaches = filesBelow(main).flatMap((file) => {
    const folder = relative(main, file).split('/')[0]!;
    return importsOf(file)
      .filter(
        (target) => onlyIn[target] !== undefined && onlyIn[target] !== folder && !(target === 'electron' && folder === 'start-desktop.ts'),
      )
      .map((target) => `${relative(main, file)} imports ${target}`);
  });
  assert.deepEqual(breaches, []);
});

test('each code file says its purpose on its first line', () => {
  const silent = ['src-main', 'src-renderer', 'test']
    .flatMap((top) => filesBelow(resolve(main, '..', top)))
    .filter((file) => !/^(#!.*\n)?(\/\/|\/\*|<!--) ?\S/.test(readFileSync(file, 'utf8')))
    .map((file) => relative(resolve(main, '..'), file));
  assert.deepEqual(silent, []);
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mts|mjs|cjs|svelte)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Folder names of src-main, package names, or `node`. */
function importsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const found = [
    ...source.matchAll(/^(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]/gms),
    ...source.matchAll(/^import\s*['"]([^'"]+)['"]/gm),
    ...source.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]/g),
  ];
  return found.map((match) => {
    const from = match[1]!;
    if (from.startsWith('node:')) return 'node';
    if (from.startsWith('#main/')) return from.split('/')[1]!;
    if (from.startsWith('#')) return from.slice(1).split('/')[0]!;
    if (from.startsWith('.'))
      return relative(main, resolve(dirname(file), from))
        .replace(/^\.\.\//, '')
        .split('/')[0]!;
    return from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : from.split('/')[0]!;
  });
}
