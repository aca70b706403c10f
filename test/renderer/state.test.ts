// The page's state over a studio in memory: snapshot, events, an open project, jobs and their curves.
import './compile-runes.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { events } from '#contract/events.ts';
import { procedures } from '#contract/procedures.ts';
import { TrainSettings } from '#contract/recipe.ts';
import { memoryPair } from '#rpc/channel-memory.ts';
import { connect } from '#rpc/connect.ts';
import { fixtureStudio } from './fixture/studio.ts';

const { Studio } = await import('../../src-renderer/state/studio.svelte.ts');
const { Projects } = await import('../../src-renderer/state/projects.svelte.ts');
const { Jobs } = await import('../../src-renderer/state/jobs.svelte.ts');
const { OpenProject } = await import('../../src-renderer/state/open-project.svelte.ts');
const { Curves } = await import('../../src-renderer/state/curves.svelte.ts');
const { Selection } = await import('../../src-renderer/state/selection.svelte.ts');

async function page(variants: number | null) {
  const far = fixtureStudio(variants);
  let tellState: (state: 'connected' | 'reconnecting' | 'refused') => void = () => undefined;
  const studio = new Studio(() => {
    const [near, other] = memoryPair();
    far.serve(other);
    const { client, on } = connect(procedures, events, near);
    return Promise.resolve({
      client,
      on,
      state: 'connected',
      onState: (listener) => {
        tellState = listener;
        return () => undefined;
      },
      downloadExport: () => Promise.resolve([]),
      uploadFiles: (files) => Promise.resolve({ handles: files.map(({ file }) => file.name), folderHandle: 'all' }),
    });
  });
  const projects = new Projects(studio);
  const jobs = new Jobs(studio);
  const open = new OpenProject(studio, projects, jobs);
  const curves = new Curves(studio);
  await studio.start();
  return { far, studio, projects, jobs, open, curves, tellState: (state: Parameters<typeof tellState>[0]) => tellState(state) };
}
const settled = () =>
  new Promise((resolve) => {
    setTimeout(resolve, 20);
  });

test('a project of 1,000 variants opens with all of them, its first scored one as the baseline', async () => {
  const { open, studio } = await page(1000);
  open.open('p1');
  await settled();
  assert.deepEqual(
    [studio.status, open.status, open.variants.length, open.baseline?.id, open.datasets.length],
    ['ready', 'ready', 1000, 'v3', 1],
  );
  assert.deepEqual([open.look('v3').color, open.look('v1').color], ['var(--baseline)', 'var(--data-1)']);
});

test('a training of 844 steps ends as a new variant with a curve of 44 points, none twice', async () => {
  const { far, jobs, open, curves } = await page(2);
  open.open('p1');
  await settled();
  const job = await jobs.train({ variantId: 'v1', datasetId: 'd1', settings: TrainSettings.parse({}), name: 'first' });
  far.advance(200);
  await settled();
  curves.want(job.id);
  far.advance(200);
  await settled();
  assert.equal(jobs.get(job.id)?.progress?.step, 400);
  for (let step = 400; step < 844; step += 111) far.advance(111);
  await settled();
  const steps = curves.of(job.id).map(({ kind, step }) => `${kind} ${step}`);
  assert.deepEqual([jobs.get(job.id)?.state, jobs.live.length, open.variants.length, open.variants.at(-1)?.name], ['done', 0, 3, 'first']);
  assert.equal(new Set(steps).size, steps.length);
  assert.ok(steps.length >= 38 && steps.length <= 46, String(steps.length));
});

test('what happens while the line is down is there after it comes back', async () => {
  const { far, projects, open, studio, tellState } = await page(3);
  open.open('p1');
  await settled();
  tellState('reconnecting');
  assert.equal(studio.status, 'lost');
  const [near, other] = memoryPair();
  far.serve(other);
  await connect(procedures, events, near).client.projects.rename({ id: 'p1', name: 'renamed meanwhile' });
  tellState('connected');
  await settled();
  assert.deepEqual(
    [studio.status, projects.get('p1')?.name, open.project?.name, open.variants.length],
    ['ready', 'renamed meanwhile', 'renamed meanwhile', 3],
  );
});

test('a removed variant comes back by undo; a project that isn’t there says so', async () => {
  const { open } = await page(3);
  open.open('p1');
  await settled();
  await open.removeVariant('v3');
  assert.equal(open.variants.length, 2);
  await open.restoreVariant('v3');
  assert.equal(open.variants.length, 3);
  open.open('nowhere');
  await settled();
  assert.deepEqual([open.status, open.problem?.code], ['failed', 'not-found']);
});

test('a plain click selects one, with Ctrl it adds and takes away', () => {
  const selection = new Selection();
  const [plain, control] = [false, true].map((ctrlKey) => ({ ctrlKey, metaKey: false, shiftKey: false }));
  assert.ok(plain && control);
  selection.click('a', plain);
  selection.click('b', control);
  assert.deepEqual([...selection.ids], ['a', 'b']);
  selection.click('a', control);
  assert.deepEqual([...selection.ids], ['b']);
});
