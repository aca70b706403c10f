// The thread that reads untrusted files: takes one task, posts one answer. Its parent may end it at any moment.
import { parentPort, workerData } from 'node:worker_threads';
import { StudioError } from '#contract/errors.ts';
import { ImporterTask, type FromImporter } from '#contract/importer-messages.ts';
import { runImporterTask } from './run-importer-task.ts';

async function answer(message: unknown): Promise<FromImporter> {
  try {
    const task = ImporterTask.safeParse(message);
    if (!task.success) throw new StudioError('bad-input', "The importer was given a task that it doesn't know.", { cause: task.error });
    return { kind: 'done', result: await runImporterTask(task.data) };
  } catch (thrown) {
    return { kind: 'failed', problem: StudioError.from(thrown).toProblem() };
  }
}

parentPort?.postMessage(await answer(workerData));
