// Curves come back thinned evenly, whole where they are short, and cut where a job went back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Job, MetricPoint } from '#contract/nouns.ts';
import { openStore } from '#main/store/open-store.ts';
import { project } from '../studio/example-nouns.ts';
import { freshHome } from '../studio/open-test-studio.ts';

const job: Job = {
  id: 'job-1',
  projectId: project.id,
  kind: 'measure',
  name: 'm',
  state: 'running',
  order: { kind: 'measure', variantId: 'v', settings: { runtime: 'tensorflow', batch: 1, runs: 1 } },
  progress: null,
  createdAt: 1,
  startedAt: 1,
  endedAt: null,
  seconds: 0,
  checkpointStep: null,
  variantId: null,
  exported: null,
  result: null,
  problem: null,
  notes: [],
};
const point = (step: number): MetricPoint => ({ kind: 'step', step, epoch: step / 10, loss: 1, accuracy: 0, rate: 0, sparsity: 0 });
const epoch = (step: number): MetricPoint => ({
  kind: 'epoch',
  step,
  epoch: step,
  loss: 1,
  accuracy: 0,
  valLoss: null,
  valAccuracy: null,
  seconds: 1,
  sparsity: 0,
});

test('of n step points min(n, wanted) come back, evenly, with first and last; and every epoch point', async (t) => {
  const store = await openStore(freshHome(t));
  t.after(() => store.close());
  store.projects.insert(project);
  let number = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 2, max: 60 }), (total, wanted) => {
      const id = `job-${(number += 1)}`;
      store.transact(() => {
        store.jobs.insert({ ...job, id });
        store.jobEvents.append(
          id,
          Array.from({ length: total }, (_, index) => point(index + 1)),
        );
        store.jobEvents.append(id, [epoch(1), epoch(total)]);
      });
      const series = store.jobEvents.series(id, wanted);
      const steps = series.filter(({ kind }) => kind === 'step').map(({ step }) => step);
      assert.equal(series.length - steps.length, 2);
      assert.equal(steps.length, Math.min(total, wanted));
      assert.deepEqual([steps[0], steps.at(-1)], [1, total]);
      const gaps = steps.slice(1).map((step, index) => step - steps[index]!);
      assert.ok(gaps.length === 0 || Math.max(...gaps) - Math.min(...gaps) <= 1);
    }),
    { numRuns: 60 },
  );
});

test('10,000 points: the thinned 400 come in one query, and those after step 7,000 can be taken back', async (t) => {
  const store = await openStore(freshHome(t));
  t.after(() => store.close());
  store.transact(() => {
    store.projects.insert(project);
    store.jobs.insert(job);
    store.jobEvents.append(
      job.id,
      Array.from({ length: 10_000 }, (_, index) => point(index + 1)),
    );
  });
  const begun = performance.now();
  assert.equal(store.jobEvents.series(job.id, 400).length, 400);
  t.diagnostic(`thinned in ${(performance.now() - begun).toFixed(1)} ms`);
  assert.equal(
    store.transact(() => store.jobEvents.deleteAfter(job.id, 7000)),
    3000,
  );
  assert.equal(store.jobEvents.series(job.id, 10_000).at(-1)?.step, 7000);
});
