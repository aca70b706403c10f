// The importer tasks that read files of others: models and datasets in any format, each answered with at most one artifact in staging.
import { join } from 'node:path';
import { DataOptions } from '#contract/data-options.ts';
import { StudioError } from '#contract/errors.ts';
import type { ImporterResult, ImporterTask } from '#contract/importer-messages.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { assembleDataset } from '#formats/data/assemble-dataset.ts';
import { Opened } from '#formats/data/open-source.ts';
import { surveySource } from '#formats/data/survey-source.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { readModel, withWeightsOf, type ModelFormat } from '#formats/read-model.ts';
import { buildStarter, starters } from '#network/starters.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { datasetFrom, pathOf } from './dataset-source.ts';

/** What answers from Espalier's own artifacts isn't here: it needs no reader of any format. */
export type ReadingTask = Exclude<ImporterTask, { kind: 'plan' | 'samples' }>;

/** @throws StudioError */
export async function runReadingTask(task: ReadingTask, tell: (share: number) => void): Promise<ImporterResult> {
  switch (task.kind) {
    case 'model': {
      const { artifact, format } = await readModel(task.path);
      if (format === 'artifact')
        throw new StudioError('not-a-model', "This is one of Espalier's own artifacts, not a model to import.", {
          where: task.path,
          whatToDo: 'Export it as .keras first.',
        });
      return stored(await weighed(artifact, task.weights), format, task.staging);
    }
    case 'starter':
      return stored(await weighed(buildStarter(task.starter, task.seed), task.weights), 'starter', task.staging);
    case 'dataset': {
      const options = task.options ?? DataOptions.parse({});
      return withOpened(task.staging, async (opened) => {
        const source = await datasetFrom(opened, task.source, options, (share) => tell(share / 2));
        const path = join(task.staging, 'dataset.espalier');
        try {
          return { kind: 'dataset', ...assembleDataset(source, options, path, (share) => tell(0.5 + share / 2)) };
        } catch (thrown) {
          throw thrown instanceof StudioError ? thrown.ofFormat(source.format) : thrown;
        }
      });
    }
    case 'survey':
      return withOpened(task.staging, async (opened) => ({ kind: 'survey', survey: await surveySource(opened, pathOf(task.source)) }));
    case 'inspect':
      return { kind: 'inspect', summary: summariseNetwork(await weighed(await modelNamed(task.path), task.weights)) };
  }
}

async function withOpened<T>(folder: string, work: (opened: Opened) => Promise<T>): Promise<T> {
  const opened = new Opened(folder);
  try {
    return await work(opened);
  } finally {
    opened.close();
  }
}

function weighed(artifact: ModelArtifact, weights: string | undefined): ModelArtifact | Promise<ModelArtifact> {
  return weights === undefined ? artifact : withWeightsOf(artifact, weights);
}

/** Summarised before it is written: a model whose shapes don't fit together is never stored. */
function stored(artifact: ModelArtifact, format: Exclude<ModelFormat, 'artifact'> | 'starter', staging: string): ImporterResult {
  const summary = summariseNetwork(artifact);
  return { kind: 'model', format, summary, artifact: writeModelFile(join(staging, 'model.espalier'), artifact) };
}

async function modelNamed(path: string): Promise<ModelArtifact> {
  if (starters.some(({ name }) => name === path)) return buildStarter(path, 1);
  return (await readModel(path)).artifact;
}
