// A run killed with SIGKILL at any moment and resumed ends with the same bytes and the same curves as one that was never stopped.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EngineTask } from '#contract/engine-messages.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { readTensorFile } from '#formats/tensor-file/read-tensor-file.ts';
import { createRandom } from '#network/random.ts';
import {
  canInject,
  checkResumes,
  outcomeOf,
  randomKills,
  runThroughKills,
  twoAtATime,
  type Kill,
  type Lives,
} from '../engine/kill-and-resume.ts';
import { scratchFolder, startEngine } from '../engine/run-engine.ts';
import { writeSmallData } from '../engine/small-data.ts';
import { writeNetwork } from '../engine/small-networks.ts';

const KILLS = 20;
const EPOCHS = 12;
/** Steps of an epoch: 330 samples in batches of 32. */
const PER_EPOCH = 11;
const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const model = writeNetwork(folder, 'everything');
const data = writeSmallData(folder);
const settings = TrainSettings.parse({ epochs: EPOCHS, batch: 32, optimizer: 'adam', rate: 0.01, decay: 'cosine', seed: 1 });
const task: EngineTask = { kind: 'train', model, data, exportTo: null, settings };
const unhurt = runThroughKills(task, join(folder, 'unhurt'));

test(`${KILLS} kills at seeded moments of training, one within a checkpoint: same weights, same curves`, async (t) => {
  const whole = await unhurt;
  const random = createRandom(17, 1);
  const said = whole.runs[0]!.filter(({ kind }) => kind !== 'alive').length;
  let planned = 0;
  const kills: number[] = [];
  // Five kills a job; a process that ended before its kill fell leaves the rest to another job.
  const worker = async () => {
    while (planned < KILLS) {
      const [round, most] = [kills.push(0) - 1, Math.min(5, KILLS - planned)];
      planned += most;
      const drawn = randomKills(random, most, said);
      const exact: Kill = { at: 'call', call: 'rename', nth: 3 };
      const lives = await runThroughKills(task, join(folder, `round-${round}`), (run) =>
        round === 0 && run === 0 && canInject ? exact : drawn(run),
      );
      assert.deepEqual(outcomeOf(lives), outcomeOf(whole), `round ${round}`);
      kills[round] = checkResumes(lives);
      planned -= most - kills[round];
    }
  };
  await Promise.all([worker(), worker()]);
  t.diagnostic(`kills by job: ${kills.join(', ')}`);
  assert.equal(
    kills.reduce((sum, count) => sum + count, 0),
    KILLS,
  );
});

const stages: readonly (Extract<Kill, { at: 'call' }> & {
  readonly moment: string;
  readonly partial: boolean;
  readonly checkpoints: readonly number[];
})[] = [
  { moment: 'while its bytes are written', at: 'call', call: 'write', nth: 200, partial: true, checkpoints: [] },
  { moment: 'before its bytes are made durable', at: 'call', call: 'fsync', nth: 7, partial: true, checkpoints: [3, 2] },
  { moment: 'before it gets its name', at: 'call', call: 'rename', nth: 4, partial: true, checkpoints: [3, 2] },
  { moment: 'before its name is made durable', at: 'call', call: 'fsync', nth: 8, partial: false, checkpoints: [4, 3, 2] },
];

test(
  "a kill at each stage of a checkpoint's writing: the ones before are whole, and the end is the same",
  { skip: canInject ? false : 'there is no strace that may inject' },
  async () => {
    const whole = outcomeOf(await unhurt);
    await twoAtATime(stages, async ({ moment, partial, checkpoints, ...kill }) => {
      // A `write` may also be a message to the host: then it was another moment, and the next call is tried.
      for (let nth = kill.nth; ; nth += 3) {
        assert.ok(nth < kill.nth + 30, `never hit: ${moment}`);
        const place = join(folder, `${kill.call}-${nth}`);
        const lives = await runThroughKills(task, place, (run) => (run === 0 ? { ...kill, nth } : null));
        assert.equal(checkResumes(lives), 1);
        assert.deepEqual(outcomeOf(lives), whole, moment);
        const left = lives.left[0]!;
        if (left.some((name) => name.endsWith('.part')) !== partial) continue;
        if (checkpoints.length > 0)
          assert.deepEqual(
            stepsIn(left),
            checkpoints.map((epoch) => epoch * PER_EPOCH),
            moment,
          );
        return;
      }
    });
  },
);

test('stopped in the middle of a 21 MB checkpoint and killed: no name yet, the ones before whole, the same end', async (t) => {
  const wide = writeNetwork(folder, 'wide');
  const large: EngineTask = { ...task, model: wide, settings: { ...settings, epochs: 4, batch: 330, optimizer: 'momentum' } };
  const whole = await runThroughKills(large, join(folder, 'wide-unhurt'));
  const place = join(folder, 'wide-killed');
  mkdirSync(place);
  for (let attempt = 1; ; attempt++) {
    assert.ok(attempt <= 5, 'five runs went by and no checkpoint was caught in the writing');
    const run = startEngine(large, place);
    let caught: string | undefined;
    const watcher = watch(place, (_event, name) => {
      if (caught !== undefined || name === null || !/^\.checkpoint-[34]\.ckpt.*\.part$/.test(name)) return;
      // Stopped first: what is seen now is what the kill finds.
      run.child.kill('SIGSTOP');
      const step = Number(/\d+/.exec(name)![0]);
      if (readdirSync(place).includes(name) && !readdirSync(place).includes(`checkpoint-${step}.ckpt`)) {
        caught = name;
        run.child.kill('SIGKILL');
      } else run.child.kill('SIGCONT');
    });
    const { signal } = await run.ended;
    watcher.close();
    if (caught === undefined) {
      assert.equal(signal, null);
      rmSync(place, { recursive: true });
      mkdirSync(place);
      continue;
    }
    const whole21 = statSync(join(place, `checkpoint-${stepsIn(readdirSync(place))[0]}.ckpt`)).size;
    t.diagnostic(`${statSync(join(place, caught)).size} of ${whole21} bytes were written, in run ${attempt}`);
    for (const step of stepsIn(readdirSync(place))) readTensorFile(join(place, `checkpoint-${step}.ckpt`));
    const after: Lives = await runThroughKills(large, place);
    const lives = { ...after, runs: [run.messages, ...after.runs] };
    assert.equal(checkResumes(lives), 1);
    assert.deepEqual(outcomeOf(lives), outcomeOf(whole));
    return;
  }
});

const recipes = [
  { granularity: 'weight', schedule: 'polynomial', optimizer: 'adam', epochs: 3 },
  { granularity: 'filter', schedule: 'iterative', rounds: 3, optimizer: 'momentum', epochs: 6 },
  { granularity: 'neuron', schedule: 'one-shot', optimizer: 'sgd', epochs: 6 },
] as const;

test('three prune jobs killed twice each: same weights, same curves, same certificate', async () => {
  const random = createRandom(23, 1);
  const kills = await twoAtATime(recipes, async (given) => {
    const pruning: EngineTask = {
      kind: 'prune',
      model,
      data,
      exportTo: null,
      recipe: Recipe.parse({ sparsity: 0.5, batch: 32, rate: 0.01, ...given }),
    };
    const whole = await runThroughKills(pruning, join(folder, given.schedule));
    const lives = await runThroughKills(pruning, join(folder, `${given.schedule}-killed`), randomKills(random, 2, whole.runs[0]!.length));
    assert.deepEqual(outcomeOf(lives), outcomeOf(whole), given.schedule);
    return checkResumes(lives);
  });
  assert.ok(kills.reduce((sum, count) => sum + count, 0) >= 4, `${kills}`);
});

test('a damaged newest checkpoint falls back to the one before, says so, and the end is the same', async () => {
  const whole = await unhurt;
  const [newest, before] = stepsIn(readdirSync(whole.place));
  const path = join(whole.place, `checkpoint-${newest}.ckpt`);
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  writeFileSync(path, bytes);
  const {
    runs: [messages = []],
  } = await runThroughKills(task, whole.place);
  assert.deepEqual([newest, before], [EPOCHS * PER_EPOCH, (EPOCHS - 1) * PER_EPOCH]);
  assert.deepEqual(
    messages.find(({ kind }) => kind === 'resumed'),
    { kind: 'resumed', step: before, differs: [] },
  );
  assert.ok(messages.some((message) => message.kind === 'note' && message.text.includes(`step ${newest} is damaged`)));
  assert.deepEqual(outcomeOf({ ...whole, runs: [whole.runs[0]!, messages] }), outcomeOf(whole));
});

/** Newest first. */
function stepsIn(names: readonly string[]): number[] {
  return names
    .flatMap((name) => /^checkpoint-(\d+)\.ckpt$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}
