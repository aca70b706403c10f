// One engine at a time, in the order of asking: two that share the processor would make each other's latency figures wrong.
import { rm } from 'node:fs/promises';
import { StudioError } from '#contract/errors.ts';
import type { Job } from '#contract/nouns.ts';
import type { Jobs } from './jobs.ts';
import { checkTransition } from './job-states.ts';
import { runJob, workspaceOf, type JobRun } from './run-job.ts';
import type { StudioParts } from './studio-parts.ts';

export interface JobQueue {
  /** The job is in state queued; it starts at once if no other one runs. */
  add(jobId: string): void;
  /** Answers once the engine has written its checkpoint and is gone. @throws StudioError conflict */
  pause(jobId: string): Promise<Job>;
  /** Answers within 2 s, whatever the engine does. @throws StudioError conflict */
  cancel(jobId: string): Promise<Job>;
  /** Ends the running job at a checkpoint, or leaves it resumable after the grace time; starts nothing any more. */
  close(graceMs: number): Promise<void>;
}

export function createJobQueue(parts: StudioParts, jobs: Jobs): JobQueue {
  const waiting: string[] = [];
  let running: JobRun | undefined;
  const closing = new AbortController();

  function startNext(): void {
    if (running !== undefined || closing.signal.aborted) return;
    const jobId = waiting.shift();
    if (jobId === undefined) return;
    const run = runJob(parts, jobs, jobId, closing.signal);
    running = run;
    void run.over.finally(() => {
      running = undefined;
      startNext();
    });
  }

  return {
    add(jobId) {
      waiting.push(jobId);
      // In the next turn: whoever ordered it is answered with `queued` before the news that it runs.
      setImmediate(startNext);
    },
    async pause(jobId) {
      const job = jobs.get(jobId);
      if (job.state === 'queued')
        throw new StudioError('conflict', `"${job.name}" has not started, so there is nothing to pause.`, {
          where: jobId,
          whatToDo: 'Cancel it instead.',
        });
      checkTransition(job, 'paused');
      running?.pause();
      await running?.over;
      return jobs.get(jobId);
    },
    async cancel(jobId) {
      checkTransition(jobs.get(jobId), 'cancelled');
      if (running?.jobId === jobId) {
        running.cancel();
        await running.over;
        return jobs.get(jobId);
      }
      const place = waiting.indexOf(jobId);
      if (place >= 0) waiting.splice(place, 1);
      const cancelled = jobs.enter(jobId, 'cancelled');
      await rm(workspaceOf(parts, jobId), { recursive: true, force: true });
      return cancelled;
    },
    async close(graceMs) {
      closing.abort();
      running?.pause(graceMs);
      await running?.over;
    },
  };
}
