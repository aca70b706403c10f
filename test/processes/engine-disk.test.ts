// A disk that fills or fails while an engine trains: the problem says what is needed, the last checkpoint stays, and the job goes on
// afterwards.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EngineTask } from '#contract/engine-messages.ts';
import { TrainSettings } from '#contract/recipe.ts';
import { readTensorFile } from '#formats/tensor-file/read-tensor-file.ts';
import { canInject, checkResumes, injecting, outcomeOf, runThroughKills } from '../engine/kill-and-resume.ts';
import { scratchFolder, startEngine } from '../engine/run-engine.ts';
import { writeSmallData } from '../engine/small-data.ts';
import { writeNetwork } from '../engine/small-networks.ts';

const folder = scratchFolder();
const disk = join(folder, 'disk');
mkdirSync(disk);
const mounted = process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk]).status === 0;
after(() => {
  if (mounted) spawnSync('umount', [disk]);
  rmSync(folder, { recursive: true, force: true });
});
const task: EngineTask = {
  kind: 'train',
  model: writeNetwork(folder, 'everything'),
  data: writeSmallData(folder),
  exportTo: null,
  settings: TrainSettings.parse({ epochs: 6, batch: 32, optimizer: 'adam', rate: 0.01, decay: 'cosine', seed: 1 }),
};
const unhurt = runThroughKills(task, join(folder, 'unhurt'));

/** What is left in a workspace must be whole checkpoints only. */
function checkpointsIn(place: string): string[] {
  const names = readdirSync(place).sort();
  for (const name of names) assert.equal(readTensorFile(join(place, name)).kind, 'checkpoint');
  return names;
}

test(
  'a disk of 512 kB filled but for 116 kB: the third checkpoint is refused in numbers; after making room, the same end',
  { skip: mounted ? false : 'mounting a small disk needs root on Linux' },
  async () => {
    const filler = join(disk, 'filler');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(filler, new Uint8Array(bavail * bsize - 116 * 1024));
    const place = join(disk, 'job');
    mkdirSync(place);
    const run = startEngine(task, place);
    await run.ended;
    const last = run.messages.at(-1);
    assert.ok(last?.kind === 'failed' && last.problem.code === 'disk-full', JSON.stringify(last));
    const [, needed, free] = /room for a checkpoint: (\d+) bytes are needed, (\d+) are free/.exec(last.problem.message)!.map(Number);
    assert.ok(needed! > free! && free! < 116 * 1024);
    assert.equal(last.problem.where, place);
    assert.equal(
      last.problem.whatToDo,
      `Free at least ${needed! - free!} bytes and resume the job; its last checkpoint, at step 22, is kept.`,
    );
    assert.deepEqual(checkpointsIn(place), ['checkpoint-11.ckpt', 'checkpoint-22.ckpt']);
    rmSync(filler);
    const rest = await runThroughKills(task, place);
    const lives = { ...rest, runs: [run.messages, ...rest.runs] };
    assert.equal(checkResumes(lives), 1);
    assert.deepEqual(outcomeOf(lives), outcomeOf(await unhurt));
  },
);

for (const [error, call, nth, code, words] of [
  ['ENOSPC', 'fsync', 7, 'disk-full', /needs \d+ bytes, \d+ are free/],
  ['EIO', 'fsync', 7, 'disk-error', /the disk reported an error/],
] as const) {
  test(
    `${error} at the ${call} of the fourth checkpoint: told with its path, two are left whole, no litter, the same end`,
    { skip: canInject ? false : 'there is no strace that may inject' },
    async () => {
      const place = join(folder, `${error}-${call}`);
      mkdirSync(place);
      const run = startEngine(task, place, { through: injecting(call, `error=${error}`, nth) });
      await run.ended;
      const last = run.messages.at(-1);
      assert.ok(last?.kind === 'failed', JSON.stringify(last));
      assert.equal(last.problem.code, code);
      assert.match(last.problem.message, words);
      assert.equal(last.problem.where, join(place, 'checkpoint-44.ckpt'));
      assert.deepEqual(checkpointsIn(place), ['checkpoint-22.ckpt', 'checkpoint-33.ckpt']);
      const rest = await runThroughKills(task, place);
      const lives = { ...rest, runs: [run.messages, ...rest.runs] };
      assert.equal(checkResumes(lives), 1);
      assert.deepEqual(outcomeOf(lives), outcomeOf(await unhurt));
    },
  );
}
