// One studio a home, whatever name the home is reached by.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { StudioError } from '#contract/errors.ts';
import { openStore } from '#main/store/open-store.ts';
import { freshHome } from '../studio/open-test-studio.ts';

test('20 of 20 second openers are refused by name, by symlink and by relative path; after SIGKILL the home is free at once', async (t) => {
  const home = join(freshHome(t), 'home with 🌳 and spaces');
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'holding-child.ts'), home], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  const link = `${home}-link`;
  symlinkSync(home, link);
  const refusals = [];
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const name = [home, link, relative(process.cwd(), home)][attempt % 3]!;
    const begun = performance.now();
    refusals.push(
      await openStore(name).then(
        () => undefined,
        (error: unknown) => ({ error, ms: performance.now() - begun }),
      ),
    );
  }
  for (const refusal of refusals) {
    assert.ok(refusal?.error instanceof StudioError);
    assert.equal(refusal.error.code, 'home-in-use');
    assert.match(refusal.error.message, new RegExp(`process ${holder.pid} on `));
  }
  t.diagnostic(`slowest refusal ${Math.max(...refusals.map((refusal) => refusal?.ms ?? 0)).toFixed(1)} ms`);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  (await openStore(home)).close();
});

test('a home is made private: mode 0700, with the folders above it', async (t) => {
  const home = join(freshHome(t), 'a', 'b');
  (await openStore(home)).close();
  assert.equal(statSync(home).mode & 0o777, 0o700);
});

test('a home in a place that can not be written to is refused in words', async () => {
  await assert.rejects(
    openStore('/proc/no-such-home'),
    (error: unknown) => error instanceof StudioError && error.code === 'disk-error' && error.where === '/proc/no-such-home',
  );
});
