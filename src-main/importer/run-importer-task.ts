// Does one importer task in this process: reads what is asked, writes at most one artifact into staging, answers.
import { StudioError } from '#contract/errors.ts';
import type { ImporterResult, ImporterTask } from '#contract/importer-messages.ts';
import { readModelFile } from '#formats/model-file.ts';

/** `tell` hears the share of long work that is done. @throws StudioError, nothing else; a fault of ours is `internal`, its cause kept for logs. */
export async function runImporterTask(task: ImporterTask, tell: (share: number) => void = () => undefined): Promise<ImporterResult> {
  try {
    return await run(task, tell);
  } catch (thrown) {
    if (thrown instanceof StudioError) throw thrown;
    throw new StudioError('internal', 'The importer met an error of its own.', {
      where: subject(task),
      whatToDo: 'Please report it with this file.',
      cause: thrown,
    });
  }
}

/** Plans are asked for at every key that is typed: they wait for no reader of foreign files to be loaded. */
async function run(task: ImporterTask, tell: (share: number) => void): Promise<ImporterResult> {
  if (task.kind === 'plan') {
    const { planPruning } = await import('#pruning/plan.ts');
    return { kind: 'plan', plan: planPruning(readModelFile(task.artifact), task.recipe) };
  }
  if (task.kind === 'samples') {
    const { displaySamples } = await import('./display-samples.ts');
    return { kind: 'samples', samples: displaySamples(task.artifact, task.count) };
  }
  const { runReadingTask } = await import('./run-reading-task.ts');
  return runReadingTask(task, tell);
}

function subject(task: ImporterTask): string {
  return task.kind === 'model' || task.kind === 'inspect'
    ? task.path
    : task.kind === 'dataset' || task.kind === 'survey'
      ? task.source
      : task.kind === 'starter'
        ? task.starter
        : task.artifact;
}
