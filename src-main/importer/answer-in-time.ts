// One task in a thread that is ended when it takes too long or too much memory: damaged HDF5 can send the library in circles for ever.
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { StudioError } from '#contract/errors.ts';
import { FromImporter, type ImporterAnswer } from '#contract/importer-messages.ts';

/** Importing all of MNIST takes about a second. Longer work may take as long as it likes while its share grows at least this often. */
const secondsAllowed = 300;

/** Never rejects: what goes wrong is the answer. `tell` hears of progress before it. */
export function answerInTime(
  message: unknown,
  seconds = secondsAllowed,
  tell: (progress: FromImporter) => void = () => undefined,
): Promise<ImporterAnswer> {
  return new Promise((done) => {
    const megabytes = Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20);
    const worker = new Worker(new URL(import.meta.url.endsWith('.ts') ? './task-thread.ts' : './task-thread.js', import.meta.url), {
      workerData: message,
      resourceLimits: { maxOldGenerationSizeMb: megabytes },
    });
    const refuse = (code: 'over-limit' | 'damaged-file' | 'internal', text: string, whatToDo: string) =>
      done({ kind: 'failed', problem: new StudioError(code, text, { where: subject(message), whatToDo }).toProblem() });
    const watch = setTimeout(() => {
      refuse('over-limit', `It could not be read within ${seconds} seconds.`, 'The file is most likely damaged: save it again.');
      void worker.terminate();
    }, seconds * 1000);
    let furthest = 0;
    worker.on('message', (said) => {
      const answer = FromImporter.parse(said);
      if (answer.kind !== 'progress') return done(answer);
      if (answer.share > furthest) watch.refresh();
      furthest = Math.max(furthest, answer.share);
      tell(answer);
    });
    worker.once('error', (error) => {
      const memory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      if (memory) return refuse('over-limit', 'It needs more memory than the importer may use.', 'Make it smaller, or split it.');
      process.stderr.write(`${error.stack ?? String(error)}\n`); // for the host's log
      refuse('internal', 'The importer met an error of its own.', 'Please report it with this file.');
    });
    worker.once('exit', () => {
      clearTimeout(watch);
      refuse('internal', 'The importer ended without an answer.', 'Please report it with this file.');
    });
  });
}

function subject(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const found = Object.entries(message).find(([key]) => ['path', 'source', 'starter', 'artifact'].includes(key))?.[1];
  return typeof found === 'string' ? found : undefined;
}
