// `sensitivity`: how much each layer can lose, as a table, and the plan for a loss of accuracy as a recipe file.
import { writeFileSync } from 'node:fs';
import { commands } from '#contract/commands.ts';
import { StudioError } from '#contract/errors.ts';
import type { Job } from '#contract/nouns.ts';
import { recipeOf, type PlanRecipe } from '#contract/sensitivity.ts';
import type { Command } from './command.ts';
import { followJob } from './follow-job.ts';
import { readingFor } from './load-inputs.ts';
import { dataSource, modelSource } from './name-inputs.ts';
import { outputPath } from './name-outputs.ts';
import { datasetOf, projectNamed, variantOf } from './open-project.ts';
import { readOptions } from './read-options.ts';
import { inStudio } from './record-work.ts';
import { describeSensitivity, sensitivityOf } from './print-sensitivity.ts';
import { printResult } from './terminal.ts';

export const sensitivity: Command = async ({ invocation, parts, terminal }) => {
  const { data, out, project: name } = readOptions(commands.sensitivity.options, invocation);
  const settings = readOptions(commands.sensitivity.settings, invocation);
  const word = invocation.positionals[0]!;
  const path = out === undefined ? undefined : outputPath(out, terminal.folder);
  modelSource(word, terminal.folder);
  dataSource(data, terminal.folder);
  await inStudio(parts, terminal, invocation.globals.home, async (studio) => {
    const project = await projectNamed(studio.client, name);
    const variant = await variantOf(parts, studio.client, terminal, project.id, word, settings.seed);
    const dataset = await datasetOf(studio, terminal, project.id, data, readingFor(invocation, variant.summary));
    const job = await followJob(studio, terminal, variant.name, () =>
      studio.client.jobs.sensitivity({ variantId: variant.id, datasetId: dataset.id, settings }),
    );
    const study = sensitivityOf(job);
    const [plan] = study.plans;
    if (path !== undefined && plan !== undefined) await writeRecipe(path, recipeOf(study, plan));
    await printResult(terminal, { ...study, recipe: path ?? null, ...kept(job) }, () =>
      [describeSensitivity(study), ...(path === undefined ? [] : [`Recipe: ${path}`])].join('\n'),
    );
  });
};

function kept(job: Job): Record<string, unknown> {
  return { job: job.id, project: job.projectId, notes: job.notes };
}

/** @throws StudioError `disk-error` */
async function writeRecipe(path: string, recipe: PlanRecipe): Promise<void> {
  const { stringify } = await import('yaml');
  try {
    writeFileSync(path, stringify(recipe));
  } catch (cause) {
    throw new StudioError('disk-error', "The recipe can't be written.", {
      where: path,
      whatToDo: 'Choose a path that you may write.',
      cause,
    });
  }
}
