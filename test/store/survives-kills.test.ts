// What was acknowledged is there after SIGKILL: file whole, row present, database sound.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openStore } from '#main/store/open-store.ts';
import { freshHome } from '../studio/open-test-studio.ts';

const child = join(import.meta.dirname, 'storing-child.ts');

/** Acknowledged ids; the child is killed after the given number of them and a little more. */
function storeUntilKilled(home: string, after: number): Promise<string[]> {
  const process_ = spawn(process.execPath, [child, home], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  process_.stdout.on('data', (bytes: Buffer) => {
    said += bytes.toString();
    if (said.split('\n').length > after) process_.kill('SIGKILL');
  });
  return new Promise((resolve) => {
    process_.on('close', (_code, signal) => {
      assert.equal(signal, 'SIGKILL');
      resolve(
        said
          .split('\n')
          .slice(0, -1)
          .filter((line) => line !== 'open'),
      );
    });
  });
}

test('50 kills while artifacts and rows are stored: 0 acknowledged variants lost, 0 torn, the home opens each time', async (t) => {
  const home = freshHome(t);
  const acknowledged = new Set<string>();
  for (let kill = 0; kill < 50; kill += 1) {
    for (const id of await storeUntilKilled(home, 1 + (kill % 7))) acknowledged.add(id);
    if (kill % 10 !== 9) continue;
    const store = await openStore(home);
    assert.deepEqual(store.recovered, []);
    store.close();
  }
  const store = await openStore(home);
  let lost = 0;
  let torn = 0;
  for (const id of acknowledged) {
    const variant = store.variants.find(id);
    if (variant === undefined) lost += 1;
    else if (sha256(store.artifacts.pathOf(variant.artifact)) !== variant.artifact) torn += 1;
  }
  const danglingRows = store.variants.ofProject('project-1').filter(({ artifact }) => !store.artifacts.has(artifact)).length;
  store.close();
  t.diagnostic(`${acknowledged.size} acknowledged variants over 50 kills`);
  assert.ok(acknowledged.size >= 147);
  assert.deepEqual({ lost, torn, danglingRows }, { lost: 0, torn: 0, danglingRows: 0 });
});

test('each commit is fsynced: 20 stored variants cost at least 5 fsyncs each, as synchronous=FULL asks', (t) => {
  if (spawnSync('strace', ['-V']).status !== 0) return t.skip('strace is not installed');
  const count = (variants: number): number => countSyncs(t, variants);
  const perVariant = (count(25) - count(5)) / 20;
  t.diagnostic(`${perVariant} fsyncs a variant`);
  // The file, its folder (and objects/ where ab/ is new), the manifest, its folder, the log at commit: NORMAL would leave out the last.
  assert.ok(perVariant >= 5, `${perVariant}`);
});

test("the fsync of the commit is the database log's own", (t) => {
  if (spawnSync('strace', ['-V']).status !== 0) return t.skip('strace is not installed');
  const home = freshHome(t);
  const { stderr } = spawnSync('strace', ['-f', '-y', '-e', 'trace=fsync,fdatasync', process.execPath, child, home, '20'], {
    encoding: 'utf8',
  });
  const ofLog = stderr.split('\n').filter((line) => line.includes('studio.db-wal')).length;
  t.diagnostic(`${ofLog} fsyncs of the write-ahead log for 20 commits`);
  assert.ok(ofLog >= 20);
});

function countSyncs(t: TestContext, variants: number): number {
  const { stderr } = spawnSync(
    'strace',
    ['-f', '-c', '-e', 'trace=fsync,fdatasync', process.execPath, child, freshHome(t), String(variants)],
    { encoding: 'utf8' },
  );
  return stderr
    .split('\n')
    .filter((line) => /\bf(data)?sync$/.test(line))
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[3]), 0);
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
