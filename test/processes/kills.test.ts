// A run killed with SIGKILL at any moment and resumed ends with the same bytes and the same curve as one that was never stopped.
// ESPALIER_KILLS=200 makes a soak of it.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EngineTask, FromEngine } from '#contract/engine-messages.ts';
import { createRandom } from '#network/random.ts';
import { scratchFolder, seriesOf, startEngine } from '../engine/run-engine.ts';
import { writeSmallData, writeSmallModel } from '../engine/small-data.ts';

const KILLS = Number(process.env['ESPALIER_KILLS'] ?? 20);
const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const task: EngineTask = {
  kind: 'train', model: writeSmallModel(folder), data: writeSmallData(folder), exportTo: null,
  settings: { epochs: 30, batch: 32, optimizer: 'adam', rate: 0.01, decay: 'cosine', seed: 1 },
};
const STEPS = 30 * 11;

function workspace(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

/** Runs until the kill falls, then again, and so on, until a run comes to its end. */
async function runWithKills(place: string, kill: (run: number) => ((message: FromEngine) => number | null) | null): Promise<FromEngine[][]> {
  const runs: FromEngine[][] = [];
  for (;;) {
    const rule = kill(runs.length);
    const run = startEngine(task, place, (message, child) => {
      const delay = rule?.(message) ?? null;
      if (delay !== null) setTimeout(() => child.kill('SIGKILL'), delay);
    });
    const { signal } = await run.ended;
    runs.push(run.messages);
    if (signal === null) return runs;
  }
}

function outcome(runs: readonly (readonly FromEngine[])[]): { sha256: string; series: string } {
  const last = runs.at(-1)?.at(-1);
  assert.equal(last?.kind, 'done', JSON.stringify(last));
  assert.ok(last.kind === 'done' && last.result.kind === 'train');
  return { sha256: last.result.artifact.sha256, series: JSON.stringify(seriesOf(runs)) };
}

test(`${KILLS} kills at seeded moments of training: same weights, same curve`, async () => {
  const whole = outcome(await runWithKills(workspace('whole'), () => null));
  const random = createRandom(17, 1);
  let killed = 0;
  for (let round = 0; killed < KILLS; round++) {
    // Up to five kills a run, each some checkpoints and some milliseconds after the start: in steps, in validation, in a checkpoint's writing.
    const runs = await runWithKills(workspace(`round-${round}`), (run) => {
      if (run >= 5) return null;
      let left = 1 + random.below(4);
      const delay = random.below(40);
      return (message) => (message.kind === 'checkpoint' && --left === 0 ? delay : null);
    });
    killed += runs.length - 1;
    assert.deepEqual(outcome(runs), whole, `round ${round}`);
    for (const messages of runs.slice(1)) assert.deepEqual(messages.filter(({ kind }) => kind === 'resumed').map((message) => message.kind === 'resumed' && message.differs), [[]]);
  }
});

test('a kill while a checkpoint is being written leaves the one before, and the same end', async () => {
  const whole = outcome(await runWithKills(workspace('unhurt'), () => null));
  const place = workspace('in-writing');
  let caught = false;
  const watch = (run: number) => (run > 0 ? null : () => null);
  const first = startEngine(task, place);
  // The temporary name is there from the first byte to the rename.
  const looking = setInterval(() => {
    if (first.messages.some(({ kind }) => kind === 'checkpoint') && readdirSync(place).some((name) => name.endsWith('.part'))) {
      caught = true;
      clearInterval(looking);
      first.child.kill('SIGKILL');
    }
  }, 0);
  await first.ended;
  clearInterval(looking);
  const runs = [first.messages, ...(await runWithKills(place, watch))];
  assert.deepEqual(outcome(caught ? runs : runs.slice(0, 1)), whole);
});

test('a damaged newest checkpoint falls back to the one before, says so, and the end is the same', async () => {
  const place = workspace('damaged');
  const whole = outcome(await runWithKills(place, () => null));
  const [newest, before] = readdirSync(place).flatMap((name) => /^checkpoint-(\d+)\.ckpt$/.exec(name)?.[1] ?? []).map(Number).sort((a, b) => b - a);
  const path = join(place, `checkpoint-${newest}.ckpt`);
  const bytes = readFileSync(path);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  writeFileSync(path, bytes);
  const [messages] = await runWithKills(place, () => null);
  assert.equal(newest, STEPS);
  assert.deepEqual(messages?.find(({ kind }) => kind === 'resumed'), { kind: 'resumed', step: before, differs: [] });
  assert.ok(messages?.some((message) => message.kind === 'note' && message.text.includes(`step ${newest} is damaged`)));
  assert.equal(outcome([messages ?? []]).sha256, whole.sha256);
});
