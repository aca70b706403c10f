// The only place that changes a job: each step of its life is one transaction, told right after it is on disk.
import { StudioError, type Problem } from '#contract/errors.ts';
import type { Job, JobOrder, JobState, MetricPoint, Progress } from '#contract/nouns.ts';
import { newId } from './ids.ts';
import { checkTransition } from './job-states.ts';
import type { StudioParts } from './studio-parts.ts';

/** What may be set together with a new state. */
export type JobChanges = Partial<Pick<Job, 'seconds' | 'checkpointStep' | 'variantId' | 'exported' | 'result' | 'progress' | 'notes'>> & {
  problem?: Problem | null;
};

export interface Jobs {
  /** @throws StudioError not-found */
  get(id: string): Job;
  order(projectId: string, name: string, order: JobOrder, id?: string): Job;
  /** `also` runs in the same transaction. @throws StudioError conflict where the table of states does not have the step */
  enter(id: string, state: JobState, changes?: JobChanges, also?: (job: Job) => void): Job;
  /** Facts about a running job that are no new state. */
  note(id: string, changes: JobChanges): Job;
  /** A batch of curve points, how far it is and its seconds so far, in one transaction. */
  advance(id: string, progress: Progress | null, points: readonly MetricPoint[], seconds: number): void;
  /** The job went back to this step: points beyond it are deleted and declared void. */
  rewind(id: string, step: number): void;
}

export function createJobs({ store, feed, now }: StudioParts): Jobs {
  function get(id: string): Job {
    const job = store.jobs.find(id);
    if (job === undefined)
      throw new StudioError('not-found', `There is no job ${id}.`, { where: id, whatToDo: 'List the jobs to see their ids.' });
    return job;
  }

  function save(id: string, change: (job: Job) => Job, also: (job: Job) => void = () => undefined): Job {
    const saved = store.transact(() => {
      const job = change(get(id));
      store.jobs.update(job);
      also(job);
      return job;
    });
    feed.tell('jobChanged', { job: saved });
    return saved;
  }

  return {
    get,
    order(projectId, name, order, id = newId('job')) {
      const job: Job = {
        id,
        projectId,
        kind: order.kind,
        name,
        state: 'queued',
        order,
        progress: null,
        createdAt: now(),
        startedAt: null,
        endedAt: null,
        seconds: 0,
        checkpointStep: null,
        variantId: null,
        exported: null,
        result: null,
        problem: null,
        notes: [],
      };
      store.transact(() => store.jobs.insert(job));
      feed.tell('jobChanged', { job });
      return job;
    },
    enter: (id, state, changes = {}, also) =>
      save(
        id,
        (job) => {
          checkTransition(job, state);
          const ended = state === 'done' || state === 'failed' || state === 'cancelled';
          return {
            ...job,
            ...changes,
            state,
            startedAt: state === 'running' ? (job.startedAt ?? now()) : job.startedAt,
            endedAt: ended ? now() : null,
          };
        },
        also,
      ),
    note: (id, changes) => save(id, (job) => ({ ...job, ...changes })),
    advance(id, progress, points, seconds) {
      const job = store.transact(() => {
        const known = get(id);
        const moved = { ...known, progress: progress ?? known.progress, seconds };
        store.jobs.update(moved);
        store.jobEvents.append(id, points);
        return moved;
      });
      feed.tell('jobProgress', { jobId: id, projectId: job.projectId, progress, points: [...points], afterStep: null });
    },
    rewind(id, step) {
      const job = get(id);
      store.transact(() => store.jobEvents.deleteAfter(id, step));
      feed.tell('jobProgress', { jobId: id, projectId: job.projectId, progress: null, points: [], afterStep: step });
    },
  };
}
