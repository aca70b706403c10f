// The life of a job as a table: which state may follow which.
import { StudioError } from '#contract/errors.ts';
import type { Job, JobState } from '#contract/nouns.ts';

export const nextStates: Readonly<Record<JobState, readonly JobState[]>> = {
  // From queued to resumable: the studio ended, or the disk was full, before the job's turn came.
  queued: ['running', 'resumable', 'cancelled'],
  running: ['done', 'failed', 'cancelled', 'paused', 'resumable'],
  paused: ['queued', 'cancelled'],
  resumable: ['queued', 'cancelled'],
  done: [],
  failed: [],
  cancelled: [],
};

export const liveStates: readonly JobState[] = ['queued', 'running', 'paused', 'resumable'];

export function isLive({ state }: Job): boolean {
  return liveStates.includes(state);
}

const says: Readonly<Record<JobState, string>> = {
  queued: 'is waiting for its turn',
  running: 'is running',
  paused: 'is paused',
  resumable: 'was interrupted and can be resumed',
  done: 'is done',
  failed: 'has failed',
  cancelled: 'was cancelled',
};
const wishes: Readonly<Record<JobState, string>> = {
  queued: 'resumed',
  running: 'started',
  paused: 'paused',
  resumable: 'set aside',
  done: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** @throws StudioError conflict where the table does not have the step */
export function checkTransition(job: Job, to: JobState): void {
  if (nextStates[job.state].includes(to)) return;
  throw new StudioError('conflict', `"${job.name}" ${says[job.state]}, so it can't be ${wishes[to]}.`, { where: job.id });
}
