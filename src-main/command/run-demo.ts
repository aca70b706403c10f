// `demo`: the whole journey on MNIST in a project "Demo" — train, prune weights, prune filters, compare.
import { commands } from '#contract/commands.ts';
import type { Comparison, ComparisonRow } from '#contract/comparison.ts';
import { StudioError } from '#contract/errors.ts';
import type { Job, Variant } from '#contract/nouns.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import type { Command } from './command.ts';
import { comparisonOf, printComparison, writeReport } from './compare-models.ts';
import { followJob } from './follow-job.ts';
import { outputPath } from './name-outputs.ts';
import { datasetOf, projectNamed, variantOf } from './open-project.ts';
import type { OpenStudio } from './parts.ts';
import { readOptions } from './read-options.ts';
import { inStudio } from './record-work.ts';
import { say, type Terminal } from './terminal.ts';

/** Han et al. 2015, "Learning both weights and connections": LeNet-300-100 with a twelfth of its weights, 1.64 % test error before and 1.59 % after. */
const denseTraining = TrainSettings.parse({ epochs: 10, batch: 128, optimizer: 'adam', rate: 0.001, decay: 'cosine', seed: 1 });
const weightRecipe = Recipe.parse({
  granularity: 'weight',
  scope: 'global',
  sparsity: 0.917,
  schedule: 'polynomial',
  epochs: 6,
  rate: 0.001,
  batch: 128,
  seed: 1,
});
const convTraining = TrainSettings.parse({ epochs: 2, batch: 128, optimizer: 'adam', rate: 0.001, decay: 'cosine', seed: 1 });
const filterRecipe = Recipe.parse({
  granularity: 'filter',
  scope: 'layer',
  sparsity: 0.5,
  schedule: 'one-shot',
  epochs: 1,
  rate: 0.001,
  batch: 128,
  seed: 1,
});

export const demo: Command = async ({ invocation, parts, terminal }) => {
  const { html } = readOptions(commands.demo.options, invocation);
  const page = html === undefined ? undefined : outputPath(html, terminal.folder);
  await inStudio(parts, terminal, invocation.globals.home, async (studio) => {
    const { client } = studio;
    const project = await projectNamed(client, 'Demo');
    step(terminal, 1, 'Reading MNIST');
    const dataset = await datasetOf(studio, terminal, project.id, 'mnist');

    const train = async (starter: string, settings: TrainSettings) => {
      const root = await variantOf(parts, client, terminal, project.id, starter, settings.seed);
      return made(
        studio,
        await followJob(studio, terminal, starter, () => client.jobs.train({ variantId: root.id, datasetId: dataset.id, settings })),
      );
    };
    const prune = async (parent: Variant, recipe: Recipe) =>
      made(
        studio,
        await followJob(studio, terminal, parent.name, () => client.jobs.prune({ variantId: parent.id, datasetId: dataset.id, recipe })),
      );

    step(terminal, 2, `Training LeNet-300-100, ${denseTraining.epochs} epochs`);
    const dense = await train('lenet-300-100', denseTraining);
    step(terminal, 3, 'Pruning 91.7 % of its weights, then fine-tuning');
    const sparse = await prune(dense, weightRecipe);
    step(terminal, 4, `Training a small CNN, ${convTraining.epochs} epochs`);
    const conv = await train('cnn-small', convTraining);
    step(terminal, 5, 'Pruning half of its filters, fine-tuning and compacting');
    const compact = await prune(conv, filterRecipe);

    const rows = [dense, sparse, conv, compact].map(async (variant) =>
      rowOf(variant, variant.id === dense.id ? null : await client.variants.pair({ id: variant.id, withId: dense.id })),
    );
    const comparison = comparisonOf(await Promise.all(rows));
    if (page !== undefined) await writeReport(parts, terminal, 'Espalier demo on MNIST', comparison, page);
    await printComparison(terminal, comparison, page, {
      project: project.id,
      certificate: compact.certificate,
      targets: targetsOf(comparison, compact),
    });
  });
};

function step(terminal: Terminal, number: number, text: string): void {
  say(terminal, `[${number}/5] ${text}`);
}

/** The variant that a job has made. @throws StudioError */
async function made({ client }: OpenStudio, job: Job): Promise<Variant> {
  if (job.variantId === null) throw new StudioError('internal', `${job.name} ended without a variant.`);
  return client.variants.get({ id: job.variantId });
}

function rowOf(variant: Variant, paired: ComparisonRow['paired']): ComparisonRow {
  return {
    name: variant.name,
    path: `variant:${variant.id}`,
    summary: variant.summary,
    evaluation: variant.evaluation,
    latency: variant.latency,
    paired,
  };
}

/** What the demo sets out to show, each with the figure reached. */
function targetsOf({ variants }: Comparison, compact: Variant): { claim: string; value: number | null; met: boolean }[] {
  const [dense, sparse, conv, small] = variants.map(({ evaluation }) => evaluation?.accuracy ?? null);
  const loss = dense == null || sparse == null ? null : dense - sparse;
  const kept = compact.summary.parameters / (variants[2]?.summary.parameters ?? Infinity);
  return [
    { claim: 'LeNet-300-100 reaches 98.0 % on the test split', value: dense ?? null, met: dense != null && dense >= 0.98 },
    { claim: 'without 91.7 % of its weights it is at most 0.3 points below', value: loss, met: loss !== null && loss <= 0.003 },
    {
      claim: 'the compacted CNN answers as the masked one',
      value: compact.certificate?.maxDifference ?? null,
      met: compact.certificate?.verdict === 'equal',
    },
    { claim: 'and is smaller than the CNN it came from', value: conv == null || small == null ? null : kept, met: kept < 1 },
  ];
}
