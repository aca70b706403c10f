// Does one importer task in this process: reads what is asked, writes at most one artifact into staging, answers.
import { join } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import type { ImporterResult, ImporterTask } from '#contract/importer-messages.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { writeDatasetFile } from '#formats/dataset-file.ts';
import { readModelFile, writeModelFile } from '#formats/model-file.ts';
import { readModel, type ModelFormat } from '#formats/read-model.ts';
import { buildStarter, starters } from '#network/starters.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { planPruning } from '#pruning/plan.ts';
import { datasetFrom } from './dataset-source.ts';
import { displaySamples } from './display-samples.ts';

/** @throws StudioError, nothing else; a fault of ours is `internal`, its cause kept for logs. */
export async function runImporterTask(task: ImporterTask): Promise<ImporterResult> {
  try {
    return await run(task);
  } catch (thrown) {
    if (thrown instanceof StudioError) throw thrown;
    throw new StudioError('internal', 'The importer met an error of its own.', {
      where: subject(task),
      whatToDo: 'Please report it with this file.',
      cause: thrown,
    });
  }
}

async function run(task: ImporterTask): Promise<ImporterResult> {
  switch (task.kind) {
    case 'model': {
      const { artifact, format } = await readModel(task.path);
      if (format === 'artifact')
        throw new StudioError('not-a-model', "This is one of Espalier's own artifacts, not a model to import.", {
          where: task.path,
          whatToDo: 'Export it as .keras first.',
        });
      return stored(artifact, format, task.staging);
    }
    case 'starter':
      return stored(buildStarter(task.starter, task.seed), 'starter', task.staging);
    case 'dataset': {
      const dataset = await datasetFrom(task.source);
      return { kind: 'dataset', summary: dataset.summary, artifact: writeDatasetFile(join(task.staging, 'dataset.espalier'), dataset) };
    }
    case 'inspect':
      return { kind: 'inspect', summary: summariseNetwork(await modelNamed(task.path)) };
    case 'plan':
      return { kind: 'plan', plan: planPruning(readModelFile(task.artifact), task.recipe) };
    case 'samples':
      return { kind: 'samples', samples: displaySamples(task.artifact, task.count) };
  }
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

function subject(task: ImporterTask): string {
  return task.kind === 'model' || task.kind === 'inspect'
    ? task.path
    : task.kind === 'dataset'
      ? task.source
      : task.kind === 'starter'
        ? task.starter
        : task.artifact;
}
