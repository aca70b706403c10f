// Runs an engine's task to its end through kills, and says what came out of it, so that it can be held against an unhurt run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import type { EngineTask, FromEngine } from '#contract/engine-messages.ts';
import type { Random } from '#network/random.ts';
import { seriesOf, startEngine } from './run-engine.ts';

/** `message`, `checkpoint`: so many milliseconds after the n-th thing, or checkpoint, that it tells of. `call`: at the n-th such system call of a thread, instead of it. */
export type Kill =
  | { readonly at: 'message' | 'checkpoint'; readonly nth: number; readonly delayMs: number }
  | { readonly at: 'call'; readonly call: 'write' | 'fsync' | 'rename' | 'unlink'; readonly nth: number };

export interface Lives {
  readonly place: string;
  /** What each process of the job has said. */
  readonly runs: readonly (readonly FromEngine[])[];
  /** What lay in the workspace after each kill. */
  readonly left: readonly (readonly string[])[];
}

/** Whether strace is there and may inject; the tests that need exact moments say so where it isn't. */
export const canInject = spawnSync('strace', [...injecting('rename', 'error=EIO', 1).slice(1), 'true']).status === 0;

/** The start of a command line under which the `nth` call of this name fails (`error=ENOSPC`) or ends the process (`signal=SIGKILL`). */
export function injecting(call: string, what: string, nth: number): string[] {
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:${what}:when=${nth}`];
}

/** Starts the task again after each kill, until a process ends by itself. `killOf(run)`: how the run is ended, null to let it live. */
export async function runThroughKills(task: EngineTask, place: string, killOf: (run: number) => Kill | null = () => null): Promise<Lives> {
  mkdirSync(place, { recursive: true });
  const runs: FromEngine[][] = [];
  const left: string[][] = [];
  for (;;) {
    const kill = killOf(runs.length);
    let said = 0;
    const run = startEngine(task, place, {
      through: kill?.at === 'call' ? injecting(kill.call, 'signal=SIGKILL', kill.nth) : [],
      hear: ({ kind }, child) => {
        if (kind === 'alive' || kill === null || kill.at === 'call' || (kill.at === 'checkpoint' && kind !== 'checkpoint')) return;
        said++;
        if (said === kill.nth) setTimeout(() => child.kill('SIGKILL'), kill.delayMs);
      },
    });
    const { signal } = await run.ended;
    runs.push(run.messages);
    if (signal === null) return { place, runs, left };
    left.push(readdirSync(place).sort());
  }
}

/**
 * Up to `most` kills a job, each at a moment drawn from all of a run's life: loading, pruning, steps, validation, checkpoints, measuring.
 */
export function randomKills(random: Random, most: number, messages: number): (run: number) => Kill | null {
  return (run) =>
    run >= most ? null : { at: 'message', nth: 1 + random.below(Math.max(1, Math.floor(messages / 5))), delayMs: random.below(40) };
}

/** All that must not depend on kills: the weights' bytes, the curves, the scores, the certificate; and that nothing is left lying about. */
export function outcomeOf({ place, runs }: Lives): object {
  const last = runs.at(-1)?.at(-1);
  assert.ok(last?.kind === 'done' && (last.result.kind === 'train' || last.result.kind === 'prune'), JSON.stringify(last));
  assert.deepEqual(
    readdirSync(place).filter((name) => name.endsWith('.part')),
    [],
    'half-written files are left',
  );
  const { result } = last;
  const proof =
    result.kind === 'prune'
      ? { before: result.before, pruned: result.pruned, certificate: result.certificate, rounds: result.rounds, floor: result.floor }
      : {};
  return { sha256: result.artifact.sha256, evaluation: result.evaluation, series: seriesOf(runs), ...proof };
}

/**
 * A run that follows a kill goes on from the last checkpoint that was spoken of, or a later one, bit-identically. Returns how many were
 * killed.
 */
export function checkResumes({ runs }: Pick<Lives, 'runs'>): number {
  let spoken = 0;
  runs.forEach((messages, at) => {
    const resumed = messages.find((message) => message.kind === 'resumed');
    const began = messages.some((message) => message.kind === 'checkpoint' || message.kind === 'done');
    if (at > 0 && spoken > 0 && began)
      assert.ok(resumed !== undefined && resumed.step >= spoken, `resumed at ${resumed?.step}, after a checkpoint at ${spoken}`);
    if (resumed !== undefined) assert.deepEqual(resumed.differs, []);
    for (const message of messages) if (message.kind === 'checkpoint') spoken = Math.max(spoken, message.step);
  });
  return runs.length - 1;
}

/** Does `work` for each item, two at a time: as many as a small machine has cores. */
export async function twoAtATime<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}
