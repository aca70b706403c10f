// Events are numbered without a gap, and a snapshot with the later events is what a fresh snapshot says.
import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Job, Project, Variant } from '#contract/nouns.ts';
import { openTestStudio, recipe, settings, withNetwork, type TestStudio } from './open-test-studio.ts';

interface Seen {
  seq: number;
  projects: Map<string, Project>;
  jobs: Map<string, Job>;
  variants: Map<string, Variant>;
}

/** What a page knows that took one snapshot and one project, and has only listened since. */
async function listenFrom({ client, on }: TestStudio, projectId: string): Promise<Seen> {
  const opened = await client.projects.open({ id: projectId });
  const snapshot = await client.studio.snapshot({});
  const seen: Seen = {
    seq: snapshot.seq,
    projects: new Map(snapshot.projects.map((each) => [each.id, each])),
    jobs: new Map(opened.jobs.map((each) => [each.id, each])),
    variants: new Map(opened.variants.map((each) => [each.id, each])),
  };
  const next = (seq: number): void => {
    assert.equal(seq, seen.seq + 1);
    seen.seq = seq;
  };
  on('projectChanged', ({ seq, project }) => {
    next(seq);
    seen.projects.set(project.id, project);
  });
  on('projectRemoved', ({ seq, id }) => {
    next(seq);
    seen.projects.delete(id);
  });
  on('modelAdded', ({ seq }) => next(seq));
  on('datasetAdded', ({ seq }) => next(seq));
  on('factsChanged', ({ seq }) => next(seq));
  on('variantChanged', ({ seq, variant }) => {
    next(seq);
    if (variant.projectId === projectId) seen.variants.set(variant.id, variant);
  });
  on('variantRemoved', ({ seq, id }) => {
    next(seq);
    seen.variants.delete(id);
  });
  on('jobChanged', ({ seq, job }) => {
    next(seq);
    if (job.projectId === projectId) seen.jobs.set(job.id, job);
  });
  on('jobProgress', ({ seq, jobId, progress }) => {
    next(seq);
    const job = seen.jobs.get(jobId);
    if (job !== undefined && progress !== null) seen.jobs.set(jobId, { ...job, progress });
  });
  return seen;
}

const byId = <T extends { id: string }>(nouns: Iterable<T>): T[] => [...nouns].sort((a, b) => a.id.localeCompare(b.id));

test('20 random histories of 8 steps: snapshot + events = fresh snapshot, numbers without a gap', async (t) => {
  const studio = await openTestStudio(t);
  const { client, reached, manners } = studio;
  Object.assign(manners, { FAR_STEPS: '10', FAR_STEP_MS: '1' });
  const { projectId, variantId, datasetId } = await withNetwork(client);
  const seen = await listenFrom(studio, projectId);
  const removed: string[] = [];
  const steps: Record<string, (choice: number) => Promise<unknown>> = {
    rename: (choice) => client.projects.rename({ id: projectId, name: `name ${choice}` }),
    archive: (choice) => client.projects.archive({ id: projectId, archived: choice % 2 === 0 }),
    create: (choice) => client.projects.create({ name: `other ${choice}` }),
    removeProject: async (choice) => {
      const others = (await client.studio.snapshot({})).projects.filter(({ id }) => id !== projectId);
      if (others.length > 0) await client.projects.remove({ id: others[choice % others.length]!.id });
    },
    measure: async (choice) =>
      reached((await client.jobs.measure({ variantId, settings: {} })).id, choice % 2 === 0 ? 'done' : 'running', 'done'),
    cancel: async () => client.jobs.cancel({ id: (await client.jobs.train({ variantId, datasetId, settings })).id }),
    prune: async () => reached((await client.jobs.prune({ variantId, datasetId: null, recipe: { ...recipe, epochs: 0 } })).id, 'done'),
    removeVariant: async (choice) => {
      const made = (await client.projects.open({ id: projectId })).variants.filter(({ id }) => id !== variantId);
      const chosen = made[choice % Math.max(1, made.length)];
      if (chosen === undefined) return;
      await client.projects.setBaseline({ id: projectId, variantId: chosen.id });
      await client.variants.remove({ id: chosen.id });
      removed.push(chosen.id);
    },
    restoreVariant: async () => {
      const id = removed.pop();
      if (id !== undefined) await client.variants.restore({ id });
    },
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.nat(9)), { minLength: 8, maxLength: 8 }),
      async (history) => {
        for (const [step, choice] of history) await steps[step]!(choice);
        for (const job of await client.jobs.list({ projectId })) await reached(job.id, 'done', 'cancelled', 'failed', 'resumable');
        const [snapshot, opened] = await Promise.all([client.studio.snapshot({}), client.projects.open({ id: projectId })]);
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(seen.seq, snapshot.seq);
        assert.deepEqual(byId(seen.projects.values()), byId(snapshot.projects));
        assert.deepEqual(byId(seen.variants.values()), byId(opened.variants));
        const withoutClock = (jobs: Iterable<Job>): unknown[] => byId(jobs).map((job) => ({ ...job, seconds: 0 }));
        assert.deepEqual(withoutClock(seen.jobs.values()), withoutClock(opened.jobs));
      },
    ),
    { numRuns: 20, interruptAfterTimeLimit: 40_000 },
  );
});

test('while an engine sends 2,000 points the main process stays free', async (t) => {
  const { client, reached, manners } = await openTestStudio(t);
  Object.assign(manners, { FAR_STEPS: '2000', FAR_STEP_MS: '0' });
  const { variantId, datasetId } = await withNetwork(client);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const { id } = await client.jobs.train({ variantId, datasetId, settings });
  assert.equal((await reached(id, 'done', 'failed')).state, 'done');
  delay.disable();
  assert.equal((await client.jobs.series({ id, points: 10_000 })).length, 2000);
  t.diagnostic(`event loop delay p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, longest ${(delay.max / 1e6).toFixed(1)} ms`);
});
