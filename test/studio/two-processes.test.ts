// The host is killed, or a second process comes: engines go, jobs stay resumable, and the second becomes a client of the first.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { composeStudio, openStudio } from '#main/compose-studio.ts';
import { farSpawner, freshHome, openTestStudio } from './open-test-studio.ts';

async function hostWithJob(t: TestContext, home: string, manners = '') {
  const host = spawn(process.execPath, [join(import.meta.dirname, 'dying-host.ts'), home, manners], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => host.kill('SIGKILL'));
  const [line] = (await once(host.stdout, 'data')) as [Buffer];
  const { id, engine } = JSON.parse(line.toString()) as { id: string; engine: number };
  return { host, id, engine };
}

async function goneWithin(pid: number, ms: number): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end;) {
    if (!runs(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return !runs(pid);
}

function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test(
  'a host that is killed takes its engine along within 5 s; its job is resumable and ends when resumed',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const home = freshHome(t);
    const { host, id, engine } = await hostWithJob(t, home);
    host.kill('SIGKILL');
    assert.ok(await goneWithin(engine, 5000));
    const { client, reached } = await openTestStudio(t, { home });
    const job = await client.jobs.get({ id });
    assert.equal(job.state, 'resumable');
    assert.match(job.problem?.whatToDo ?? '', /goes on after step \d+0\./);
    await client.jobs.resume({ id });
    assert.equal((await reached(id, 'done', 'failed')).state, 'done');
  },
);

test(
  'an engine that outlives its host is ended by the next studio before it can write again',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const home = freshHome(t);
    const { host, id, engine } = await hostWithJob(t, home, 'outlives-host');
    host.kill('SIGKILL');
    await once(host, 'exit');
    assert.ok(runs(engine));
    const { client } = await openTestStudio(t, { home });
    assert.equal((await client.jobs.get({ id })).state, 'resumable');
    assert.ok(await goneWithin(engine, 5000));
  },
);

test('a second process is attached: it sees the job, hears its events and cancels it; a demand for ownership is refused', async (t) => {
  const home = freshHome(t);
  const { id } = await hostWithJob(t, home);
  await assert.rejects(composeStudio({ home, door: 'browser', spawner: farSpawner({}) }), { code: 'home-in-use' });
  const { client, on, mode, close } = await openStudio({ home, door: 'command', spawner: farSpawner({}) });
  assert.equal(mode, 'attached');
  assert.equal(statSync(join(home, 'control.sock')).mode & 0o777, 0o600);
  assert.deepEqual(
    (await client.jobs.list({})).map((job) => [job.id, job.state]),
    [[id, 'running']],
  );
  const steps = await new Promise<number>((resolve) => void on('jobProgress', ({ points }) => resolve(points.length)));
  assert.ok(steps > 0);
  assert.equal((await client.jobs.cancel({ id })).state, 'cancelled');
  await close();
});

test('a home whose path is too long for a socket is reached through a short one', async (t) => {
  const home = join(freshHome(t), 'long'.repeat(30));
  mkdirSync(home);
  const own = await openStudio({ home, door: 'command', spawner: farSpawner({}) });
  const attached = await openStudio({ home, door: 'command', spawner: farSpawner({}) });
  assert.deepEqual([own.mode, attached.mode], ['own', 'attached']);
  await own.client.projects.create({ name: 'Seen by both' });
  assert.equal((await attached.client.studio.snapshot({})).projects[0]?.name, 'Seen by both');
  await attached.close();
  await own.close();
  const again = await openStudio({ home, door: 'command', spawner: farSpawner({}) });
  assert.equal(again.mode, 'own');
  await again.close();
});
