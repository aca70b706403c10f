// `train`, `prune`, `jobs`, `resume`: a real studio in a fresh home, with far processes that count instead of training.
import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test, type TestContext } from 'node:test';
import type { Parts } from '#main/command/parts.ts';
import { runCommand } from '#main/command/run-command.ts';
import { openStudio } from '#main/compose-studio.ts';
import { runImporter } from '#main/supervisor/run-importer.ts';
import { farSpawner, type Manners } from '../studio/open-test-studio.ts';

function bench(t: TestContext) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'espalier-command-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const manners: Manners = {};
  const spawner = farSpawner(manners);
  const absent = () => Promise.reject(new Error('not part of this test'));
  const parts: Parts = {
    version: '1',
    runImporter: (task) => runImporter(spawner, task),
    openStudio: (home) => openStudio({ home: home ?? join(folder, 'home'), door: 'command', spawner }),
    ensureEngine: () => Promise.resolve(),
    ensurePage: () => Promise.resolve(),
    serve: absent,
    renderReport: absent,
    runEngine: () => ({ result: absent(), cancel: () => undefined }),
  };
  async function run(line: string, interruptAt?: RegExp) {
    const [out, err, interruption] = [new PassThrough(), new PassThrough(), new AbortController()];
    let [printed, said] = ['', ''];
    out.on('data', (bytes: Buffer) => {
      printed += bytes;
    });
    err.on('data', (bytes: Buffer) => {
      said += bytes;
      if (interruptAt?.test(said) === true) interruption.abort();
    });
    const code = await runCommand(line.split(' '), parts, { out, err, screen: null, interrupted: interruption.signal, folder });
    await new Promise((turn) => setImmediate(turn));
    return { code, out: printed, err: said };
  }
  return { run, manners };
}

test('two trainings of one starter are two jobs on one model, in one project', async (t) => {
  const { run } = bench(t);
  const first = await run('train lenet-300-100 --data mnist --epochs 1 --out x.keras --json');
  assert.equal(first.code, 0, first.err);
  const { test: score, job, variant, epochs, seconds } = JSON.parse(first.out);
  assert.deepEqual({ score, epochs, seconds }, { score: { loss: 0.1, accuracy: 0.98 }, epochs: [], seconds: 1 });
  assert.match(`${job} ${variant}`, /^job-\S+ variant-\S+$/);
  await run('train lenet-300-100 --data mnist --epochs 1 --out x.keras --json');
  const { jobs } = JSON.parse((await run('jobs --json')).out);
  for (const { name } of jobs) assert.match(name, /^lenet-300-100 · /); // a second model would be "lenet-300-100 2"
  assert.deepEqual(
    jobs.map((each: { state: string; progress: number; project: string }) => [each.state, each.progress, each.project]),
    [
      ['done', 1, 'Command line'],
      ['done', 1, 'Command line'],
    ],
  );
});

test('pruning without data is one-shot without fine-tuning', async (t) => {
  const { run } = bench(t);
  const { code, out, err } = await run('prune lenet-300-100 --sparsity 0.5 --project Mine --out p.keras --json');
  assert.equal(code, 0, err);
  const { recipe, before, pruned, after } = JSON.parse(out);
  assert.deepEqual(
    [recipe.epochs, recipe.sparsity, recipe.schedule, before.accuracy, pruned.accuracy, after.accuracy],
    [0, 0.5, 'one-shot', 0.9, 0.9, 0.9],
  );
  assert.equal((await run('prune lenet-300-100 --epochs 1 --out p.keras')).code, 2);
});

test('Ctrl-C pauses with a checkpoint, exit 130, and names the job; resume ends it', async (t) => {
  const { run, manners } = bench(t);
  Object.assign(manners, { FAR_STEPS: '200', FAR_STEP_MS: '10' });
  const stopped = await run('train lenet-300-100 --data mnist --epochs 1 --out x.keras --json', /training/);
  assert.deepEqual([stopped.code, stopped.out], [130, '']);
  const id = /Go on with: espalier resume (job-[a-z0-9]+)\n$/.exec(stopped.err)?.[1];
  assert.ok(id, stopped.err);
  manners.FAR_STEP_MS = '1';
  const resumed = await run(`resume ${id} --json`);
  assert.equal(resumed.code, 0, resumed.err);
  assert.equal(JSON.parse(resumed.out).job, id);
  assert.equal((await run(`cancel ${id}`)).code, 1);
});

test('a job that fails: exit 1, its reason on one line, nothing on standard output', async (t) => {
  const { run, manners } = bench(t);
  manners.FAR_MANNERS = 'diverges';
  const { code, out, err } = await run('train lenet-300-100 --data mnist --epochs 1 --out x.keras --json');
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /espalier: The loss became infinite\.\n$/);
});
