// A job's life with a real child process that obeys, refuses, dies, stalls and comes back.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { StudioError } from '#contract/errors.ts';
import type { Job, JobState, MetricPoint } from '#contract/nouns.ts';
import { checkTransition, nextStates } from '#main/studio/job-states.ts';
import { openTestStudio, settings, withNetwork } from './open-test-studio.ts';

const states: readonly JobState[] = ['queued', 'running', 'paused', 'resumable', 'done', 'failed', 'cancelled'];

test('of the 49 pairs of states 12 are steps; the other 37 are refused as a conflict, and nothing leaves an end', () => {
  const allowed = states.flatMap((from) =>
    states
      .filter((to) => {
        try {
          checkTransition({ id: 'job-1', name: 'x', state: from } as Job, to);
          return true;
        } catch (error) {
          assert.ok(error instanceof StudioError && error.code === 'conflict');
          return false;
        }
      })
      .map((to) => `${from} ${to}`),
  );
  assert.equal(allowed.length, 12);
  assert.deepEqual([nextStates.done, nextStates.failed, nextStates.cancelled], [[], [], []]);
});

test('an engine that is killed leaves its job resumable; resuming goes on from the checkpoint, without a step twice', async (t) => {
  const { client, reached, manners, on, home, studio } = await openTestStudio(t);
  const { variantId, datasetId } = await withNetwork(client);
  manners.FAR_MANNERS = 'dies';
  const { id } = await client.jobs.train({ variantId, datasetId, settings });
  const died = await reached(id, 'resumable', 'done', 'failed');
  assert.equal(died.state, 'resumable');
  assert.equal(died.problem?.code, 'engine-died');
  assert.equal(died.checkpointStep, 20);
  assert.ok(existsSync(join(home, 'jobs', id, 'checkpoint.json')));
  const before = (await client.jobs.series({ id, points: 1000 })).length;
  assert.ok(before >= 20 && before <= 25, `${before} points`);

  manners.FAR_MANNERS = '';
  const voided: (number | null)[] = [];
  on('jobProgress', ({ afterStep }) => {
    if (afterStep !== null) voided.push(afterStep);
  });
  await client.jobs.resume({ id });
  const done = await reached(id, 'done', 'failed');
  assert.equal(done.state, 'done');
  assert.equal(done.problem, null);
  assert.deepEqual(voided, [20]);
  const steps = (await client.jobs.series({ id, points: 1000 })).map((point: MetricPoint) => point.step);
  assert.deepEqual(
    steps,
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
  await studio.close();
  assert.equal(existsSync(join(home, 'jobs', id)), false);
});

for (const manner of ['', 'ignores', 'stops', 'silent', 'lingers']) {
  test(`cancelling an engine that ${manner || 'obeys'} answers within 2 s, and its workspace is gone`, async (t) => {
    const { client, manners, home, on } = await openTestStudio(t);
    const { variantId, datasetId } = await withNetwork(client);
    Object.assign(manners, { FAR_MANNERS: manner, FAR_STEPS: '30000' });
    const { id } = await client.jobs.train({ variantId, datasetId, settings });
    if (manner === 'silent') await new Promise((resolve) => setTimeout(resolve, 600));
    else
      await new Promise<void>(
        (resolve) =>
          void on('jobProgress', ({ progress }) => {
            if ((progress?.step ?? 0) >= 25) resolve();
          }),
      );
    const begun = performance.now();
    const job = await client.jobs.cancel({ id });
    const ms = performance.now() - begun;
    t.diagnostic(`${ms.toFixed(0)} ms`);
    assert.equal(job.state, 'cancelled');
    assert.ok(ms < 2500, `${ms}`);
    assert.equal(existsSync(join(home, 'jobs', id)), false);
    await assert.rejects(client.jobs.resume({ id }), { code: 'conflict' });
  });
}

test('a stopped engine is found by its silence, ended, and its job resumable', async (t) => {
  const { client, reached, manners } = await openTestStudio(t, { engineLimits: { silentSeconds: 2 } });
  const { variantId, datasetId } = await withNetwork(client);
  manners.FAR_MANNERS = 'stops';
  const { id } = await client.jobs.train({ variantId, datasetId, settings });
  const job = await reached(id, 'resumable', 'done', 'failed');
  assert.equal(job.state, 'resumable');
  assert.match(job.problem?.message ?? '', /stopped answering/);
  manners.FAR_MANNERS = '';
  await client.jobs.resume({ id });
  assert.equal((await reached(id, 'done', 'failed')).state, 'done');
});

test('an engine that talks nonsense, diverges or fills the disk ends as resumable, failed, resumable', async (t) => {
  const { client, reached, manners } = await openTestStudio(t);
  const { variantId, datasetId } = await withNetwork(client);
  const ends: string[] = [];
  for (const manner of ['babbles', 'diverges', 'disk-full']) {
    manners.FAR_MANNERS = manner;
    const { id } = await client.jobs.train({ variantId, datasetId, settings });
    const job = await reached(id, 'resumable', 'done', 'failed');
    ends.push(`${job.state} ${job.problem?.code}`);
  }
  assert.deepEqual(ends, ['resumable engine-died', 'failed diverged', 'resumable disk-full']);
});

test('pause writes a checkpoint; resumed, the job ends; a queued one can only be cancelled', async (t) => {
  const { client, reached, manners, on } = await openTestStudio(t);
  const { variantId, datasetId } = await withNetwork(client);
  Object.assign(manners, { FAR_STEPS: '300' });
  const { id } = await client.jobs.train({ variantId, datasetId, settings });
  const { id: second } = await client.jobs.measure({ variantId, settings: {} });
  await assert.rejects(client.jobs.pause({ id: second }), { code: 'conflict' });
  assert.equal((await client.jobs.cancel({ id: second })).state, 'cancelled');
  await new Promise<void>((resolve) => void on('jobProgress', () => resolve()));
  const paused = await client.jobs.pause({ id });
  assert.equal(paused.state, 'paused');
  assert.ok((paused.checkpointStep ?? 0) > 0);
  await client.jobs.resume({ id });
  const done = await reached(id, 'done', 'failed');
  assert.equal(done.state, 'done');
  assert.equal((await client.jobs.series({ id, points: 10_000 })).length, 300);
});

test('a studio that closes leaves the running job paused at a checkpoint and the queued one resumable', async (t) => {
  const first = await openTestStudio(t);
  const { variantId, datasetId } = await withNetwork(first.client);
  Object.assign(first.manners, { FAR_STEPS: '3000' });
  const { id } = await first.client.jobs.train({ variantId, datasetId, settings });
  const { id: waiting } = await first.client.jobs.measure({ variantId, settings: {} });
  await new Promise<void>((resolve) => void first.on('jobProgress', () => resolve()));
  const { client } = await first.reopen();
  const after = await Promise.all([id, waiting].map((job) => client.jobs.get({ id: job })));
  assert.deepEqual(
    after.map(({ state }) => state),
    ['paused', 'resumable'],
  );
  assert.match(after[1]!.problem?.whatToDo ?? '', /from the beginning/);
});

test('a model for which the disk has no room is refused before its job exists, in numbers', async (t) => {
  const { client } = await openTestStudio(t);
  const { projectId } = await withNetwork(client);
  const { variant } = await client.models.import({ projectId, path: '/somewhere/huge.keras' });
  await assert.rejects(
    client.jobs.measure({ variantId: variant.id, settings: {} }),
    (error: unknown) =>
      error instanceof StudioError && error.code === 'disk-full' && /2199090 MB are needed, \d+ MB are free/.test(error.message),
  );
  assert.deepEqual(await client.jobs.list({}), []);
});
