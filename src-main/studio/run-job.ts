// One job from its turn to its end: start the engine, write down what it says, act on how it ended.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineTask } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { runEngine, type EngineEnd, type EngineRun } from '#main/supervisor/run-engine.ts';
import { checkFreeSpace } from './check-free-space.ts';
import { engineTaskOf, variantOf } from './engine-task.ts';
import { finishJob } from './finish-job.ts';
import { keepDiary } from './keep-diary.ts';
import type { Jobs } from './jobs.ts';
import type { StudioParts } from './studio-parts.ts';

export interface JobRun {
  readonly jobId: string;
  pause(graceMs?: number): void;
  cancel(): void;
  /** Resolves when the job has left `running`. */
  readonly over: Promise<void>;
}

/** `closing` ends the waiting for a disk that refuses to write; the row then says `running` until the next start puts it right. */
export function runJob(parts: StudioParts, jobs: Jobs, jobId: string, closing: AbortSignal): JobRun {
  const workspace = workspaceOf(parts, jobId);
  const begun = performance.now();
  const before = jobs.get(jobId).seconds;
  const seconds = (): number => before + (performance.now() - begun) / 1000;
  let engine: EngineRun | undefined;
  let wish: { kind: 'pause'; graceMs: number | undefined } | { kind: 'cancel' } | undefined;
  const over = work().catch((thrown: unknown) => setAside(StudioError.from(thrown)));

  async function work(): Promise<void> {
    const { order } = jobs.enter(jobId, 'running', { problem: null });
    const task = engineTaskOf(parts.store, order);
    const known = parts.store.jobs.resultOfSameStudy(order);
    if (known !== undefined)
      return void jobs.enter(jobId, 'done', {
        result: known,
        notes: ['This study was made before, of the same weights and data: its answer is kept.'],
      });
    await checkFreeSpace(parts.store.home, variantOf(parts.store, order.variantId).artifactBytes);
    await mkdir(workspace, { recursive: true, mode: 0o700 });
    if (wish?.kind === 'cancel') return conclude({ kind: 'cancelled' });
    const diary = keepDiary(parts, jobs, jobId, seconds, () => engine?.cancel());
    engine = runEngine(parts.spawn, { task, workspace, threads: threadsFor(parts, task), limits: parts.engineLimits, hear: diary.hear });
    if (wish?.kind === 'pause') engine.pause(wish.graceMs);
    const end = await engine.ended;
    diary.close();
    await conclude(end);
  }

  async function conclude(end: EngineEnd): Promise<void> {
    switch (end.kind) {
      case 'done':
        finishJob(parts, jobs, jobs.get(jobId), end.result, workspace, seconds());
        break;
      case 'cancelled':
        jobs.enter(jobId, 'cancelled', { seconds: seconds() });
        break;
      case 'paused':
        jobs.enter(jobId, 'paused', { seconds: seconds(), ...(end.step > 0 ? { checkpointStep: end.step } : {}) });
        return;
      case 'died':
        for (const line of end.log) parts.log(`engine of ${jobId}: ${line}`);
        jobs.enter(jobId, 'resumable', { seconds: seconds(), problem: end.problem });
        return;
      case 'failed':
        if (end.problem.code === 'engine-unavailable')
          parts.facts.setEngine({ state: 'unavailable', tensorflow: null, why: end.problem.message });
        return setAside(StudioError.fromProblem(end.problem));
    }
    await rm(workspace, { recursive: true, force: true });
  }

  /** What may pass (a full disk, no TensorFlow yet) is no failure of the job: its checkpoint stays and it goes on when asked. */
  async function setAside(error: StudioError): Promise<void> {
    parts.log(`${jobId}: ${error.code} ${error.message}${error.cause === undefined ? '' : ` (${String(error.cause)})`}`);
    const mayPass = error.code === 'disk-full' || error.code === 'disk-error' || error.code === 'engine-unavailable';
    for (;;) {
      try {
        const { state } = jobs.get(jobId);
        if (state === 'running' || state === 'queued')
          jobs.enter(jobId, mayPass || state === 'queued' ? 'resumable' : 'failed', { seconds: seconds(), problem: error.toProblem() });
        if (!mayPass) await rm(workspace, { recursive: true, force: true });
        return;
      } catch (again) {
        parts.log(`${jobId}: its end could not be written (${String(again)})`);
        if (closing.aborted) return;
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
    }
  }

  return {
    jobId,
    over,
    pause(graceMs) {
      wish ??= { kind: 'pause', graceMs };
      engine?.pause(graceMs);
    },
    cancel() {
      wish = { kind: 'cancel' };
      engine?.cancel();
    },
  };
}

export function workspaceOf({ store }: StudioParts, jobId: string): string {
  return join(store.home, 'jobs', jobId);
}

/** A measurement may ask for its own number of threads. */
function threadsFor({ threads }: StudioParts, task: EngineTask): number {
  return task.kind === 'measure' ? (task.settings.threads ?? threads) : threads;
}
