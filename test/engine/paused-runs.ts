// Runs a task within the test's own process, paused and taken up again as often as asked, and says what came out.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { EngineResult, EngineTask, FromEngine } from '#contract/engine-messages.ts';
import { Interrupted } from '#main/engine/interruption.ts';
import { runTask } from '#main/engine/run-task.ts';
import { contextFor } from './in-process.ts';

export type Trained = Extract<EngineResult, { kind: 'train' | 'prune' }>;

/** `pauseAt`: each run is paused after it has told so often of steps taken, until one comes to its end before that; phases without steps don't count. */
export async function runToTheEnd(
  task: EngineTask,
  place: string,
  pauseAt = Infinity,
): Promise<{ result: Trained; notes: string[]; runs: number }> {
  mkdirSync(place);
  const notes: string[] = [];
  for (let runs = 1; ; runs++) {
    let said = 0;
    const context = contextFor(place, (message: FromEngine) => {
      if (message.kind === 'note') notes.push(message.text);
      if (message.kind === 'progress' && message.progress.steps > 0 && ++said === pauseAt) context.interruption.ask('pause');
    });
    try {
      const result = await runTask(task, context);
      assert.ok(result.kind === 'train' || result.kind === 'prune');
      return { result, notes, runs };
    } catch (thrown) {
      if (!(thrown instanceof Interrupted)) throw thrown;
    }
  }
}
