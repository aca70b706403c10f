// The importer process: takes one task from its host, answers once, ends.
import { StudioError } from '#contract/errors.ts';
import { ImporterTask, type FromImporter } from '#contract/importer-messages.ts';
import { runImporterTask } from './run-importer-task.ts';

/** Electron's utilityProcess gives its child a port on `process`; Node's fork gives it messages. */
interface ParentPort {
  once(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  postMessage(message: unknown): void;
}

function isParentPort(value: unknown): value is ParentPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'once' in value;
}

async function answer(message: unknown): Promise<FromImporter> {
  try {
    const task = ImporterTask.safeParse(message);
    if (!task.success) throw new StudioError('bad-input', 'The importer was given a task that it doesn\'t know.', { cause: task.error });
    return { kind: 'done', result: await runImporterTask(task.data) };
  } catch (thrown) {
    return { kind: 'failed', problem: StudioError.from(thrown).toProblem() };
  }
}

const port: unknown = 'parentPort' in process ? process.parentPort : undefined;
if (isParentPort(port)) {
  port.once('message', ({ data }) => void answer(data).then((said) => {
    port.postMessage(said);
    // The port has no "sent" event; the host ends this process when it has the answer, and this is for a host that died.
    setTimeout(() => process.exit(0), 2000);
  }));
} else {
  process.once('disconnect', () => process.exit(0));
  process.once('message', (message) => void answer(message).then((said) => process.send?.(said, () => process.disconnect())));
}
