// Two hundred kills over optimizers, kinds of layer and kinds of pruning: each job ends with the bytes of one that was never stopped.
// ESPALIER_KILLS and ESPALIER_SEED choose how many, and which moments.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EngineTask } from '#contract/engine-messages.ts';
import { Optimizer, Recipe } from '#contract/recipe.ts';
import { TrainSettings } from '#contract/recipe.ts';
import { createRandom } from '#network/random.ts';
import { canInject, checkResumes, outcomeOf, randomKills, runThroughKills, twoAtATime, type Kill } from '../engine/kill-and-resume.ts';
import { scratchFolder } from '../engine/run-engine.ts';
import { writeSmallData } from '../engine/small-data.ts';
import { writeNetwork } from '../engine/small-networks.ts';

const KILLS = Number(process.env['ESPALIER_KILLS'] ?? 200);
const SEED = Number(process.env['ESPALIER_SEED'] ?? 1);
/** Kills of one life. */
const MOST = 4;
const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const data = writeSmallData(folder);

interface Job {
  readonly name: string;
  readonly task: EngineTask;
}

const trainings = (['dense', 'convolution', 'dropout', 'depthwise'] as const).flatMap((network) => {
  const model = writeNetwork(folder, network);
  return Optimizer.options.map((optimizer): Job => ({
    name: `train ${network} ${optimizer}`,
    task: {
      kind: 'train',
      model,
      data,
      exportTo: null,
      settings: TrainSettings.parse({ epochs: 8, batch: 32, optimizer, rate: 0.01, decay: 'cosine', seed: 1 }),
    },
  }));
});
const everything = writeNetwork(folder, 'everything');
const prunings = (['one-shot', 'iterative', 'polynomial', 'lottery-ticket'] as const).flatMap((schedule) =>
  (['weight', 'filter'] as const).map((granularity): Job => {
    const recipe = Recipe.parse({
      schedule,
      granularity,
      sparsity: 0.5,
      rounds: 3,
      rewindTo: 7,
      epochs: schedule === 'one-shot' ? 6 : schedule === 'polynomial' ? 3 : 2,
      batch: 32,
      rate: 0.01,
    });
    return { name: `prune ${schedule} ${granularity}`, task: { kind: 'prune', model: everything, data, exportTo: null, recipe } };
  }),
);
const jobs = [...trainings, ...prunings];

test(`${KILLS} kills over ${jobs.length} jobs, seed ${SEED}: each ends with the bytes and curves of its unhurt run`, async (t) => {
  const unhurt = await twoAtATime(jobs, ({ name, task }) => runThroughKills(task, join(folder, name)));
  const random = createRandom(SEED, 1);
  const byJob = new Map<string, number>();
  let killed = 0;
  let inWriting = 0;
  const lives = Array.from({ length: 4 * Math.ceil(KILLS / MOST) }, (_, life) => life);
  await twoAtATime(lives, async (life) => {
    if (killed >= KILLS) return;
    const { name, task } = jobs[life % jobs.length]!;
    const whole = unhurt[life % jobs.length]!;
    const place = join(folder, `${name} ${life}`);
    mkdirSync(place);
    const drawn = randomKills(random, MOST, whole.runs[0]!.length);
    // Every life begins within the writing of a checkpoint, one of its second to fourth, at another stage each time.
    const stage = (['write', 'fsync', 'rename'] as const)[life % 3]!;
    const first: Kill = { at: 'call', call: stage, nth: stage === 'write' ? 120 + random.below(60) : 2 + random.below(3) };
    const hurt = await runThroughKills(task, place, (run) => (run === 0 && canInject ? first : drawn(run)));
    const kills = checkResumes(hurt);
    assert.deepEqual(outcomeOf(hurt), outcomeOf(whole), `${name}, life ${life}`);
    killed += kills;
    inWriting += hurt.left.filter((names) => names.some((file) => file.endsWith('.part'))).length;
    byJob.set(name, (byJob.get(name) ?? 0) + kills);
    rmSync(place, { recursive: true });
  });
  for (const [name, kills] of byJob) t.diagnostic(`${name}: ${kills}`);
  t.diagnostic(`${killed} kills, ${inWriting} of them with a checkpoint half-written`);
  assert.ok(killed >= KILLS, `${killed} kills`);
  if (canInject) assert.ok(inWriting > 0);
});
