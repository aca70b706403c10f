// Espalier makes no network connection of its own: a whole training run, its importer and its engine, watched from their first line.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');

test("train and prune look up no name and connect to nothing but the home's own socket", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-network-'));
  try {
    const log = join(folder, 'network.log');
    const env = {
      ...process.env,
      NETWORK_LOG: log,
      NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'watch-network.ts')).href}`,
    };
    const run = (...args: string[]) =>
      promisify(execFile)(process.execPath, [join(root, 'src-main/start-command.ts'), ...args, '--home', join(folder, 'home'), '--json'], {
        env,
        cwd: folder,
      });
    await run('train', 'lenet-300-100', '--data', 'mnist', '--epochs', '1', '--out', join(folder, 'a.keras'));
    await run('prune', join(folder, 'a.keras'), '--sparsity', '0.5', '--epochs', '0', '--out', join(folder, 'b.keras'));
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    const processes = lines.filter((line) => line.startsWith('watching')).length;
    context.diagnostic(`${processes} processes and threads watched`);
    assert.ok(processes >= 5, 'the command, importers and engines were all watched');
    const network = lines.filter(
      (line) => !line.startsWith('watching') && !/^(listen|connect) \[+(\{[^}]*"path"|"[^"]*(control\.sock|espalier-))/.test(line),
    );
    assert.deepEqual(network, []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
