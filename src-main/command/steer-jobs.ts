// `resume`, `jobs`, `cancel`: work that the home already holds.
import { commands } from '#contract/commands.ts';
import { StudioError } from '#contract/errors.ts';
import { Id, type Job } from '#contract/nouns.ts';
import type { Command } from './command.ts';
import { closestName } from './closest-name.ts';
import { followJob } from './follow-job.ts';
import { duration, percent } from './numbers-for-people.ts';
import type { StudioClient } from './parts.ts';
import { readOptions } from './read-options.ts';
import { inStudio, report, withStudio } from './record-work.ts';
import { shareDone } from './show-progress.ts';
import { printResult } from './terminal.ts';
import { textTable } from './text-table.ts';

export const resume: Command = ({ invocation, parts, terminal }) =>
  inStudio(parts, terminal, invocation.globals.home, async (studio) => {
    const job = await jobWithId(studio.client, invocation.positionals[0]!);
    // Already done: its result is printed again; running in another process: it is followed to its end.
    const begin =
      job.state === 'paused' || job.state === 'resumable'
        ? () => studio.client.jobs.resume({ id: job.id })
        : () => studio.client.jobs.get({ id: job.id });
    await report(terminal, await followJob(studio, terminal, job.name, begin));
  });

export const jobs: Command = ({ invocation, parts, terminal }) =>
  withStudio(parts, terminal, invocation.globals.home, async ({ client }) => {
    const { project: name } = readOptions(commands.jobs.options, invocation);
    const { projects } = await client.studio.snapshot({});
    const names = new Map(projects.map((project) => [project.id, project.name]));
    if (name !== undefined && ![...names.values()].includes(name)) {
      throw new StudioError('not-found', `There is no project "${name}".`, {
        whatToDo: `Projects are: ${[...new Set(names.values())].join(', ') || 'none yet'}.`,
      });
    }
    const all = (await client.jobs.list({}))
      .filter((job) => name === undefined || names.get(job.projectId) === name)
      .toSorted((a, b) => b.createdAt - a.createdAt);
    const document = all.map((job) => ({
      id: job.id,
      kind: job.kind,
      name: job.name,
      state: job.state,
      progress: shareOf(job),
      project: names.get(job.projectId) ?? null,
      seconds: job.seconds,
      secondsLeft: job.progress?.secondsLeft ?? null,
      createdAt: new Date(job.createdAt).toISOString(),
      variant: job.variantId,
      problem: job.problem,
    }));
    await printResult(terminal, { jobs: document }, () =>
      document.length === 0
        ? 'No jobs yet.'
        : textTable(
            ['job', 'kind', 'name', 'project', 'state', '>progress', '>worked'],
            document.map((job) => [
              job.id,
              job.kind,
              job.name,
              job.project ?? '—',
              job.state,
              percent(job.progress, 0),
              duration(job.seconds),
            ]),
          ),
    );
  });

export const cancel: Command = ({ invocation, parts, terminal }) =>
  withStudio(parts, terminal, invocation.globals.home, async ({ client }) => {
    const job = await jobWithId(client, invocation.positionals[0]!);
    const { id, kind, state } = job.state === 'cancelled' ? job : await client.jobs.cancel({ id: job.id });
    await printResult(terminal, { id, kind, state }, () => `${job.name}: ${state}`);
  });

/** The share of its steps that is done, 0 to 1. */
function shareOf(job: Job): number {
  if (job.state === 'done') return 1;
  return job.progress === null ? 0 : shareDone(job.progress);
}

/** @throws StudioError `not-found`, with the nearest id */
async function jobWithId(client: StudioClient, word: string): Promise<Job> {
  const known = await client.jobs.list({});
  const found = Id.safeParse(word).success ? known.find(({ id }) => id === word) : undefined;
  if (found !== undefined) return found;
  const near = closestName(
    word,
    known.map(({ id }) => id),
  );
  throw new StudioError('not-found', `There is no job "${word}".`, {
    whatToDo: `${near === undefined ? '' : `Did you mean ${near}? `}\`espalier jobs\` lists them all.`,
  });
}
