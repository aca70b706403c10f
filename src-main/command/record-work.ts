// `train` and `prune`: work that is recorded as a project in the home, so that the window shows it.
import { resolve } from 'node:path';
import { criterionNamed, dataFreeCriteria, dataNeeded } from '#criteria/all-criteria.ts';
import { commands } from '#contract/commands.ts';
import type { Job, Variant } from '#contract/nouns.ts';
import type { Repeat } from '#contract/repeats.ts';
import type { Command } from './command.ts';
import { dryRun } from './dry-run.ts';
import { followJob } from './follow-job.ts';
import { describeJob, jobDocument } from './job-results.ts';
import { readingFor } from './load-inputs.ts';
import { dataSource, modelSource } from './name-inputs.ts';
import { modelOutputPath } from './name-outputs.ts';
import { datasetOf, projectNamed, variantOf } from './open-project.ts';
import type { OpenStudio, Parts } from './parts.ts';
import { describeRepeats, repeatsDocument } from './print-repeats.ts';
import { readOptions } from './read-options.ts';
import { readRecipeFile } from './recipe-file.ts';
import { printResult, say, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export const train: Command = async ({ invocation, parts, terminal }) => {
  const { data, out, project: name, seeds } = readOptions(commands.train.options, invocation);
  const settings = readOptions(commands.train.settings, invocation);
  const word = invocation.positionals[0]!;
  const exportPath = modelOutputPath(out, terminal.folder);
  checkInputs(word, data, terminal.folder);
  await inStudio(parts, terminal, invocation.globals.home, async (studio) => {
    const project = await projectNamed(studio.client, name);
    const variant = await variantOf(parts, studio.client, terminal, project.id, word, settings.seed);
    const dataset = await datasetOf(studio, terminal, project.id, data, readingFor(invocation, variant.summary));
    if (seeds > 1) say(terminal, startOfSeeds(variant, settings.reinitialise));
    await followSeeds(studio, terminal, variant.name, () =>
      studio.client.jobs.train({ variantId: variant.id, datasetId: dataset.id, settings, seeds, exportPath }),
    );
  });
};

export const prune: Command = async ({ invocation, parts, terminal }) => {
  const { data, out, project: name, recipe: file, seeds, dryRun: dry } = readOptions(commands.prune.options, invocation);
  const lines = file === undefined ? {} : await readRecipeFile(file, terminal.folder);
  const recipe = readOptions(commands.prune.settings, invocation, data === undefined ? { epochs: 0, ...lines } : lines);
  if (dry) return dryRun(parts, terminal, invocation.positionals[0]!, recipe);
  if (out === undefined) throw new UsageError('espalier prune needs --out: file to write, or --dry-run to write nothing.');
  if (data === undefined && (recipe.epochs > 0 || recipe.schedule !== 'one-shot')) {
    throw new UsageError(
      'Without --data only one-shot pruning with no fine-tuning is possible. Add --data mnist or a path, or leave out --epochs and --schedule.',
    );
  }
  const needed = dataNeeded(criterionNamed(recipe.criterion));
  if (data === undefined && needed !== null) {
    throw new UsageError(
      `--criterion ${recipe.criterion} judges by ${needed}: add --data mnist or a path. Without data there are ${dataFreeCriteria.join(', ')}.`,
    );
  }
  const word = invocation.positionals[0]!;
  const exportPath = modelOutputPath(out, terminal.folder);
  checkInputs(word, data, terminal.folder);
  if (typeof recipe.distill === 'string') modelSource(recipe.distill, terminal.folder);
  await inStudio(parts, terminal, invocation.globals.home, async (studio) => {
    const project = await projectNamed(studio.client, name);
    const variant = await variantOf(parts, studio.client, terminal, project.id, word, recipe.seed);
    const teacher =
      typeof recipe.distill === 'string'
        ? await variantOf(parts, studio.client, terminal, project.id, recipe.distill, recipe.seed)
        : undefined;
    const dataset =
      data === undefined ? null : await datasetOf(studio, terminal, project.id, data, readingFor(invocation, variant.summary));
    if (seeds > 1) say(terminal, startOfSeeds(variant, recipe.reinitialise));
    await followSeeds(studio, terminal, variant.name, () =>
      studio.client.jobs.prune({
        variantId: variant.id,
        datasetId: dataset?.id ?? null,
        recipe,
        seeds,
        ...(teacher === undefined ? {} : { teacherId: teacher.id }),
        exportPath,
      }),
    );
  });
};

/** What several seeds have in common, and what not. */
function startOfSeeds({ kind, name }: Variant, reinitialise: boolean): string {
  return reinitialise || kind === 'untrained'
    ? 'Each seed starts from fresh weights of its own.'
    : `All seeds start from the weights of ${name} as they are and differ in the order of samples; --reinitialise draws fresh weights for each.`;
}

/** One run and its report; or all runs that were ordered with it, one after the other, and a report of them together. */
async function followSeeds(studio: OpenStudio, terminal: Terminal, label: string, begin: () => Promise<Job>): Promise<void> {
  const first = await followJob(studio, terminal, label, begin);
  const repeat = repeatOf(first);
  if (repeat === undefined) return report(terminal, first);
  const all = (await studio.client.jobs.list({ projectId: first.projectId })).filter((job) => repeatOf(job)?.id === repeat.id);
  const jobs = [first];
  for (const { id, name } of all
    .filter(({ id }) => id !== first.id)
    .toSorted((a, b) => (repeatOf(a)?.seed ?? 0) - (repeatOf(b)?.seed ?? 0)))
    jobs.push(await followJob(studio, terminal, name, () => studio.client.jobs.get({ id })));
  await printResult(terminal, repeatsDocument(jobs), () => describeRepeats(jobs));
}

function repeatOf({ order }: Job): Repeat | undefined {
  return 'repeat' in order ? order.repeat : undefined;
}

/** A missing file is told before anything is opened. @throws StudioError `not-found` */
function checkInputs(model: string, data: string | undefined, folder: string): void {
  modelSource(model, folder);
  if (data !== undefined) dataSource(data, folder);
}

/** Makes sure that engines can work, and opens the home. */
export async function inStudio(
  parts: Parts,
  terminal: Terminal,
  home: string | undefined,
  work: (studio: OpenStudio) => Promise<void>,
): Promise<void> {
  await parts.ensureEngine((line) => say(terminal, line));
  await withStudio(parts, terminal, home, async (studio) => {
    if (studio.mode === 'attached') say(terminal, 'Another Espalier has this home open; the work runs there.');
    await work(studio);
  });
}

/** Opens the home and closes it again. */
export async function withStudio(
  parts: Parts,
  terminal: Terminal,
  home: string | undefined,
  work: (studio: OpenStudio) => Promise<void>,
): Promise<void> {
  const studio = await parts.openStudio(home === undefined ? undefined : resolve(terminal.folder, home));
  try {
    await work(studio);
  } finally {
    await studio.close();
  }
}

export function report(terminal: Terminal, job: Job): Promise<void> {
  return printResult(terminal, jobDocument(job), () => describeJob(job));
}
