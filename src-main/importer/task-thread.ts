// The thread that reads untrusted files: takes one task, posts how far it is and one answer. Its parent may end it at any moment.
import { parentPort, workerData } from 'node:worker_threads';
import { StudioError } from '#contract/errors.ts';
import { ImporterTask, type FromImporter } from '#contract/importer-messages.ts';
import { runImporterTask } from './run-importer-task.ts';

async function answer(message: unknown): Promise<FromImporter> {
  try {
    const task = ImporterTask.safeParse(message);
    if (!task.success) throw new StudioError('bad-input', "The importer was given a task that it doesn't know.", { cause: task.error });
    return { kind: 'done', result: await runImporterTask(task.data, tellNow()) };
  } catch (thrown) {
    return { kind: 'failed', problem: StudioError.from(thrown).toProblem() };
  }
}

/** At most ten times a second. */
function tellNow(): (share: number) => void {
  let last = 0;
  return (share) => {
    const now = performance.now();
    if (now - last < 100) return;
    last = now;
    const said: FromImporter = { kind: 'progress', share: Math.min(1, share) };
    parentPort?.postMessage(said);
  };
}

parentPort?.postMessage(await answer(workerData));
