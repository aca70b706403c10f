// An engine that is told to stop: a pause loses nothing wherever it falls, a cancel is answered within 2 s, and one that hears nothing is
// ended.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import type { EngineTask, FromEngine } from '#contract/engine-messages.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { runEngine, type EngineLimits } from '#main/supervisor/run-engine.ts';
import { forkSpawner } from '#main/supervisor/spawn-process.ts';
import { outcomeOf, runThroughKills, twoAtATime, type Lives } from '../engine/kill-and-resume.ts';
import { scratchFolder, startEngine } from '../engine/run-engine.ts';
import { writeSmallData } from '../engine/small-data.ts';
import { writeNetwork } from '../engine/small-networks.ts';

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const model = writeNetwork(folder, 'everything');
const settings = TrainSettings.parse({ epochs: 2, batch: 16, optimizer: 'adam', rate: 0.003, decay: 'cosine', seed: 1 });

function dataOf(counts: { train: number; validation: number; test: number }): string {
  const place = join(folder, `data-${counts.train}-${counts.validation}`);
  mkdirSync(place);
  return writeSmallData(place, counts);
}

const longEpochs = dataOf({ train: 4000, validation: 100, test: 100 });
/** One step an epoch, then much to score. */
const longScoring = dataOf({ train: 16, validation: 60_000, test: 12_000 });
const unhurt = new Map<string, Promise<Lives>>();

/** Pauses `delayMs` after the first message of which `when` is true, goes on, and holds the end against a run never paused. */
async function pauseAndGoOn(
  name: string,
  data: string,
  when: (message: FromEngine) => boolean,
  delayMs = 0,
): Promise<{ step: number; heard: FromEngine[] }> {
  const task: EngineTask = { kind: 'train', model, data, exportTo: null, settings };
  const whole = unhurt.get(data) ?? runThroughKills(task, `${data}-whole`);
  unhurt.set(data, whole);
  const place = join(folder, name);
  mkdirSync(place);
  let asked = false;
  const run = startEngine(task, place, {
    hear: (message, child) => {
      if (asked || !when(message)) return;
      asked = true;
      setTimeout(() => child.send({ kind: 'pause' }), delayMs);
    },
  });
  assert.deepEqual(await run.ended, { code: 0, signal: null });
  const last = run.messages.at(-1);
  assert.ok(last?.kind === 'paused', JSON.stringify(last));
  const { runs } = await runThroughKills(task, place);
  assert.deepEqual(
    runs[0]?.find(({ kind }) => kind === 'resumed'),
    { kind: 'resumed', step: last.step, differs: [] },
  );
  assert.deepEqual(outcomeOf({ place, left: [], runs: [run.messages, ...runs] }), outcomeOf(await whole));
  return { step: last.step, heard: run.messages };
}

test('a pause in the middle of an epoch of 250 steps: a checkpoint there and then, and the same end', async () => {
  const { step } = await pauseAndGoOn('in-epoch', longEpochs, (message) => message.kind === 'progress' && message.points.length > 0);
  assert.ok(step >= 25 && step % 250 !== 0, `paused at ${step}`);
});

test('a pause in the middle of validation: the epoch is scored after the pause, once, and the end is the same', async () => {
  // Where in the epoch a pause falls is up to the machine; one of these falls after its step and before its score.
  for (const delayMs of [20, 80, 200, 400]) {
    const { step, heard } = await pauseAndGoOn(`in-validation-${delayMs}`, longScoring, ({ kind }) => kind === 'checkpoint', delayMs);
    const scored = heard.flatMap((message) => (message.kind === 'progress' ? message.points : [])).filter(({ kind }) => kind === 'epoch');
    if (step === 2 && scored.length === 1) return;
  }
  assert.fail('no pause fell in a validation');
});

test('a pause in the middle of the last measuring: nothing is trained again, and the end is the same', async () => {
  const { step } = await pauseAndGoOn(
    'in-measuring',
    longScoring,
    (message) => message.kind === 'progress' && message.progress.phase === 'measuring',
  );
  assert.equal(step, 2);
});

const endless = { ...settings, epochs: 10_000 };
const train: EngineTask = { kind: 'train', model, data: longScoring, exportTo: null, settings: endless };
const short: EngineTask = { ...train, settings: { ...settings, epochs: 1 } };
const prune: EngineTask = {
  kind: 'prune',
  model,
  data: longScoring,
  exportTo: null,
  recipe: Recipe.parse({ granularity: 'filter', sparsity: 0.5, epochs: 10_000, batch: 16 }),
};
const phase = (name: string) => (message: FromEngine) => message.kind === 'progress' && message.progress.phase === name;

test('a cancel is answered within 2 s in each phase', async (t) => {
  const phases: readonly (readonly [string, EngineTask, (message: FromEngine) => boolean])[] = [
    ['starting', train, ({ kind }) => kind === 'ready'],
    ['training', train, phase('training')],
    ['validation', train, ({ kind }) => kind === 'checkpoint'],
    ['measuring', short, phase('measuring')],
    ['pruning', prune, phase('pruning')],
    ['fine-tuning', prune, phase('fine-tuning')],
    ['evaluating', { kind: 'evaluate', model, data: longScoring }, phase('evaluating')],
    ['measuring latency', { kind: 'measure', model, settings: { runtime: 'tensorflow', batch: 64, runs: 100_000 } }, phase('measuring')],
  ];
  await twoAtATime(phases, async ([name, task, when]) => {
    const place = join(folder, `cancel-${name}`);
    mkdirSync(place);
    let asked: number | undefined;
    const run = startEngine(task, place, {
      hear: (message, child) => {
        if (asked !== undefined || !when(message)) return;
        asked = performance.now();
        child.send({ kind: 'cancel' });
      },
    });
    assert.deepEqual(await run.ended, { code: 0, signal: null });
    const waited = performance.now() - asked!;
    t.diagnostic(`${name}: ${Math.round(waited)} ms`);
    assert.equal(run.messages.at(-1)?.kind, 'cancelled', name);
    assert.ok(waited < 2000, `${name}: ${waited} ms`);
  });
});

const main = resolve(import.meta.dirname, '../../src-main/engine/main.ts');

/** Stops the engine with SIGSTOP once it has written a checkpoint, then does `after`. */
async function stopped(
  name: string,
  task: EngineTask,
  after: (run: ReturnType<typeof runEngine>) => void,
  limits: Partial<EngineLimits> = {},
) {
  const place = join(folder, name);
  mkdirSync(place);
  let since = 0;
  const run = runEngine(forkSpawner({ engine: main, importer: main }), {
    task,
    workspace: place,
    threads: 1,
    limits,
    hear: ({ kind }) => {
      if (kind !== 'checkpoint' || since > 0) return;
      since = performance.now();
      process.kill(run.pid!, 'SIGSTOP');
      after(run);
    },
  });
  const { pid } = run;
  const end = await run.ended;
  assert.throws(() => process.kill(pid!, 0), { code: 'ESRCH' });
  return { end, place, waited: performance.now() - since };
}

const onWindows = process.platform === 'win32' ? 'Windows has no SIGSTOP' : false;

test('an engine that SIGSTOP holds is cancelled within 2 s, and its process is gone', { skip: onWindows }, async () => {
  const { end, waited, place } = await stopped('held', train, (run) => run.cancel());
  assert.deepEqual(end, { kind: 'cancelled' });
  assert.ok(waited < 2000, `${waited} ms`);
  assert.ok(!readdirSync(place).includes('engine.json'));
});

test(
  'an engine that SIGSTOP holds counts as dead after 3 silent seconds; the job resumes and ends as it would have',
  { skip: onWindows },
  async () => {
    const task: EngineTask = { ...short, settings: { ...settings, epochs: 3 } };
    const wholePlace = join(folder, 'stalled-whole');
    mkdirSync(wholePlace);
    const [{ end, place }, whole] = await Promise.all([
      stopped('stalled', task, () => undefined, { silentSeconds: 3 }),
      // With the environment that the supervisor pins.
      runEngine(forkSpawner({ engine: main, importer: main }), { task, workspace: wholePlace, threads: 1, hear: () => undefined }).ended,
    ]);
    assert.ok(end.kind === 'died' && /stopped answering/.test(end.problem.message), JSON.stringify(end));
    const resumed = await runEngine(forkSpawner({ engine: main, importer: main }), {
      task,
      workspace: place,
      threads: 1,
      hear: () => undefined,
    }).ended;
    assert.ok(resumed.kind === 'done' && resumed.result.kind === 'train' && whole.kind === 'done' && whole.result.kind === 'train');
    assert.equal(resumed.result.artifact.sha256, whole.result.artifact.sha256);
  },
);
