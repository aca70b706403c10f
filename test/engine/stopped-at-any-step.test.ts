// Every optimizer on every kind of layer, stopped at a step drawn at random and taken up again: weights, slots and curves are byte-equal.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EngineTask, FromEngine } from '#contract/engine-messages.ts';
import { Optimizer, TrainSettings } from '#contract/recipe.ts';
import { Interrupted, Interruption } from '#main/engine/interruption.ts';
import { runTask } from '#main/engine/run-task.ts';
import { newestCheckpoint } from '#main/engine/training/checkpoint-files.ts';
import { createRandom } from '#network/random.ts';
import { contextFor } from './in-process.ts';
import { scratchFolder, seriesOf } from './run-engine.ts';
import { writeSmallData } from './small-data.ts';
import { writeNetwork } from './small-networks.ts';

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const data = writeSmallData(folder, { train: 102, validation: 20, test: 20 });
/** 13 steps an epoch, the last one of 6 samples; 39 in all, and a point of the curve at 25. */
const BATCH = 8,
  EPOCHS = 3,
  STEPS = 39;
const random = createRandom(Number(process.env['ESPALIER_TEST_SEED'] ?? 1), 77);

/** Pauses at the n-th breath: before a step, or between the batches of a validation. */
class PauseAt extends Interruption {
  #left: number;
  constructor(breaths: number) {
    super();
    this.#left = breaths;
  }
  override async breathe(): Promise<void> {
    if (this.#left-- === 0) throw new Interrupted('pause');
    await super.breathe();
  }
}

async function outcome(task: EngineTask, place: string, pauseAt: number): Promise<object> {
  mkdirSync(place);
  const runs: FromEngine[][] = [];
  for (const pause of [pauseAt, Infinity]) {
    const said: FromEngine[] = [];
    runs.push(said);
    try {
      const result = await runTask(task, { ...contextFor(place, (message) => said.push(message)), interruption: new PauseAt(pause) });
      assert.ok(result.kind === 'train');
      const { file } = newestCheckpoint(place, assert.fail)!;
      const bits = file.tensors.map(({ name, data: values }) => [
        name,
        Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
      ]);
      return {
        bits,
        sha256: result.artifact.sha256,
        series: seriesOf(runs),
        epochs: result.epochs.map((epoch) => ({ ...epoch, seconds: 0 })),
      };
    } catch (thrown) {
      if (!(thrown instanceof Interrupted)) throw thrown;
    }
  }
  return assert.fail('it never ended');
}

for (const kind of ['dense', 'convolution', 'dropout', 'depthwise'] as const) {
  const model = writeNetwork(folder, kind);
  for (const optimizer of Optimizer.options) {
    const stop = 1 + random.below(STEPS - 1);
    test(`${kind}, ${optimizer}: stopped at the ${stop}th of the moments at which it can be`, async () => {
      const settings = TrainSettings.parse({
        epochs: EPOCHS,
        batch: BATCH,
        optimizer,
        rate: 0.003,
        clip: stop % 2,
        warmUp: 0.5,
        keepBest: stop % 3 === 0,
      });
      const task: EngineTask = { kind: 'train', model, data, exportTo: null, settings };
      const whole = await outcome(task, join(folder, `${kind}-${optimizer}-whole`), Infinity);
      assert.deepEqual(await outcome(task, join(folder, `${kind}-${optimizer}-stopped`), stop), whole);
    });
  }
}
