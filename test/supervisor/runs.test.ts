// Whoever starts a process is answered, whatever the process does.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Recipe } from '#contract/recipe.ts';
import { runEngine } from '#main/supervisor/run-engine.ts';
import { runImporter } from '#main/supervisor/run-importer.ts';
import { forkSpawner } from '#main/supervisor/spawn-process.ts';
import { farSpawner, freshHome } from '../studio/open-test-studio.ts';

const measure = { kind: 'measure', model: '/x', settings: { runtime: 'tensorflow', batch: 1, runs: 1 } } as const;

test('an engine is told its threads, says ready first, and its answer comes', async (t) => {
  const heard: string[] = [];
  const run = runEngine(farSpawner({ FAR_STEPS: '10' }), {
    task: measure,
    workspace: freshHome(t),
    threads: 3,
    hear: ({ kind }) => void heard.push(kind),
  });
  const end = await run.ended;
  assert.ok(end.kind === 'done' && end.result.kind === 'measure');
  assert.equal(end.result.threads, 3);
  assert.deepEqual([heard[0], heard.length], ['ready', 12]);
});

test('an engine that can not be started or ends at once is answered for as dead, with its last line', async (t) => {
  const home = freshHome(t);
  const script = join(home, 'broken.mjs');
  writeFileSync(script, 'console.error("no addon here"); process.exit(7);');
  const end = await runEngine(forkSpawner({ engine: script, importer: script }), {
    task: measure,
    workspace: home,
    threads: 1,
    hear: () => undefined,
  }).ended;
  assert.ok(end.kind === 'died');
  assert.match(end.problem.message, /exit code 7/);
  assert.deepEqual(end.log, ['no addon here']);
});

test('20 last words of 1 MB, each said right before the process ends, all arrive', async (t) => {
  const home = freshHome(t);
  const script = join(home, 'says-and-goes.mjs');
  writeFileSync(
    script,
    'process.on("message", () => process.send({ kind: "failed", problem: { code: "internal", message: "x".repeat(1e6) } }, () => process.exit(0)));',
  );
  const spawn = forkSpawner({ engine: script, importer: script });
  for (let round = 0; round < 20; round += 1) {
    const end = await runEngine(spawn, { task: measure, workspace: home, threads: 1, hear: () => undefined }).ended;
    assert.ok(end.kind === 'failed' && end.problem.message.length === 1e6, `${round}: ${end.kind}`);
  }
});

test('an importer answers, and one that dies, hangs or eats memory is answered for', async () => {
  const { plan } = await runImporter(farSpawner({}), {
    kind: 'plan',
    artifact: '/x',
    recipe: Recipe.parse({ sparsity: 0.5, epochs: 0 }),
  });
  assert.equal(plan.verdict, 'Half as large.');
  const inspect = { kind: 'inspect', path: '/x' } as const;
  await assert.rejects(runImporter(farSpawner({ FAR_MANNERS: 'dies' }), inspect), { code: 'internal' });
  await assert.rejects(runImporter(farSpawner({ FAR_MANNERS: 'hangs' }), inspect, { seconds: 1, memoryMb: 1000 }), {
    code: 'over-limit',
    where: '/x',
  });
  if (process.platform === 'linux') {
    await assert.rejects(
      runImporter(farSpawner({ FAR_MANNERS: 'eats' }), inspect, { seconds: 60, memoryMb: 400 }),
      (error: unknown) => error instanceof Error && /more than 400 MB/.test(error.message),
    );
  }
});
