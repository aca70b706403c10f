// The `espalier` launcher: any Node may start it; the pinned one runs it where the given one is too old for TypeScript.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { inProject } from '#main/setup/project-root.ts';

/** A Node below 22.18, where one is installed beside ours. */
const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  try {
    return Number(execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).split('.')[0]) < 22;
  } catch {
    return false;
  }
});

/** The launcher in a package of its own, with a command that tells how it was called. */
function launcherIn(t: TestContext, withPinnedNode: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-launcher-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'src-main'));
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  cpSync(inProject('src-main/espalier.mjs'), join(folder, 'src-main/espalier.mjs'));
  writeFileSync(
    join(folder, 'src-main/start-command.ts'),
    'const args: string[] = process.argv.slice(2);\nconsole.log(JSON.stringify({ args, major: parseInt(process.versions.node) }));\nprocess.exitCode = 3;\n',
  );
  const name = `node-linux-${process.arch}`;
  if (withPinnedNode) symlinkSync(inProject('node_modules', name), join(folder, 'node_modules', name));
  return join(folder, 'src-main/espalier.mjs');
}

test('arguments and exit code pass through unchanged', (t) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [launcherIn(t, false), 'train', '--data', 'a b', '*'], {
    encoding: 'utf8',
  });
  assert.deepEqual(JSON.parse(stdout), { args: ['train', '--data', 'a b', '*'], major: parseInt(process.versions.node) });
  assert.equal(stderr, '');
  assert.equal(status, 3);
});

test('a Node 20 hands over to the pinned Node 24, arguments and exit code included', { skip: oldNode === undefined }, (t) => {
  const { stdout, stderr, status } = spawnSync(oldNode!, [launcherIn(t, true), 'x', ''], { encoding: 'utf8' });
  assert.deepEqual(JSON.parse(stdout), { args: ['x', ''], major: 24 });
  assert.equal(stderr, '');
  assert.equal(status, 3);
});

test('without a pinned Node it says in one line which Node it needs', { skip: oldNode === undefined }, (t) => {
  const { stderr, status } = spawnSync(oldNode!, [launcherIn(t, false)], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /^Espalier needs Node 22\.18 or newer; this is v20\.\d+\.\d+\..*\n$/);
});
