// Follows a job to its end: progress on standard error; the first Ctrl-C pauses it with a checkpoint.
import { StudioError } from '#contract/errors.ts';
import type { Job, JobState } from '#contract/nouns.ts';
import type { OpenStudio } from './parts.ts';
import { progressLine } from './show-progress.ts';
import { say, whenInterrupted, type Terminal } from './terminal.ts';
import { Interrupted } from './usage-error.ts';

const ended: readonly JobState[] = ['done', 'failed', 'cancelled', 'paused', 'resumable'];

/**
 * `begin` makes or resumes the job; listening starts before it, so no event is missed.
 * @throws StudioError where the job failed or was cancelled; Interrupted after Ctrl-C
 */
export async function followJob(
  { client, on }: Pick<OpenStudio, 'client' | 'on'>,
  terminal: Terminal,
  label: string,
  begin: () => Promise<Job>,
): Promise<Job> {
  const progress = progressLine(terminal, label);
  const seen = new Map<string, Job>();
  let followed: string | undefined;
  let notes = 0;
  const { promise: end, resolve } = Promise.withResolvers<Job>();

  const look = (job: Job) => {
    for (const note of job.notes.slice(notes)) say(terminal, note);
    notes = Math.max(notes, job.notes.length);
    if (ended.includes(job.state)) resolve(job);
  };
  const forgetJob = on('jobChanged', ({ job }) => {
    seen.set(job.id, job);
    if (job.id === followed) look(job);
  });
  const forgetProgress = on('jobProgress', (heard) => {
    if (heard.jobId === followed && heard.progress !== null) progress.show(heard.progress);
  });

  let forgetInterrupt = () => {};
  try {
    if (terminal.interrupted.aborted) throw new Interrupted('Stopped before the work began.');
    const begun = await begin();
    followed = begun.id;
    look(seen.get(begun.id) ?? begun);
    forgetInterrupt = whenInterrupted(terminal, () => {
      say(terminal, 'Pausing with a checkpoint; Ctrl-C again ends at once.');
      // What still waits in the queue can't be paused, only taken out; what has ended in this very moment, neither: then its end is what counts.
      client.jobs
        .pause({ id: begun.id })
        .catch(() => client.jobs.cancel({ id: begun.id }))
        .catch(() => undefined);
    });
    return conclude(await end, terminal);
  } finally {
    forgetInterrupt();
    forgetJob();
    forgetProgress();
    progress.clear();
  }
}

function conclude(job: Job, terminal: Terminal): Job {
  if (job.state === 'done') return job;
  if (job.state === 'failed')
    throw job.problem === null ? new StudioError('internal', `${job.name} failed.`) : StudioError.fromProblem(job.problem);
  if (job.state === 'cancelled') throw new StudioError('cancelled', `${job.name} was cancelled.`);
  const stopped = job.checkpointStep === null ? 'Stopped before its first checkpoint' : `Paused at step ${job.checkpointStep}`;
  if (terminal.interrupted.aborted || job.state === 'paused') throw new Interrupted(`${stopped}. Go on with: espalier resume ${job.id}`);
  throw job.problem === null
    ? new StudioError('engine-died', `${job.name} was stopped.`, { whatToDo: `Go on with: espalier resume ${job.id}` })
    : StudioError.fromProblem({ ...job.problem, whatToDo: `${job.problem.whatToDo ?? ''} Go on with: espalier resume ${job.id}`.trim() });
}
