// One importer process for one question about untrusted bytes, within limits of time and memory; killed when it breaks them.
import { FromImporter, type ImporterAnswer, type ImporterResult, type ImporterTask } from '#contract/importer-messages.ts';
import { StudioError } from '#contract/errors.ts';
import type { ProcessSpawner } from './spawn-process.ts';
import { watchMemory } from './watch-memory.ts';

export interface ImporterLimits {
  /** Without an answer or any progress. */
  readonly seconds: number;
  /** Resident memory of the whole process. */
  readonly memoryMb: number;
}
export const importerLimits: ImporterLimits = { seconds: 300, memoryMb: 3072 };

export interface ImportWatch {
  /** Hears the share done, from 0 to 1. */
  readonly tell?: (share: number) => void;
  /** Ends the process when it aborts. */
  readonly signal?: AbortSignal;
}

/** The answer to this kind of question: a starter, too, comes back as a model. */
export type AnswerTo<T extends ImporterTask> = Extract<
  ImporterResult,
  { kind: T['kind'] extends 'model' | 'starter' ? 'model' : T['kind'] }
>;

/** @throws StudioError whatever the importer found wrong, over-limit, or internal where it broke */
export function runImporter<T extends ImporterTask>(
  spawn: ProcessSpawner,
  task: T,
  limits: ImporterLimits = importerLimits,
  { tell, signal }: ImportWatch = {},
): Promise<AnswerTo<T>> {
  const child = spawn('importer', { env: {}, memoryMb: limits.memoryMb });
  return new Promise((resolve, reject) => {
    let answer: ImporterAnswer | undefined;
    let breach: StudioError | undefined;
    const stop = (message: string): void => {
      breach ??= new StudioError('over-limit', message, { where: subjectOf(task), whatToDo: 'Choose a smaller file.' });
      child.kill();
    };
    let furthest = 0;
    const clock = setTimeout(() => stop(`Reading took longer than ${limits.seconds} seconds.`), limits.seconds * 1000);
    const abort = (): void => {
      breach ??= new StudioError('cancelled', 'The import was cancelled.', { where: subjectOf(task) });
      child.kill();
    };
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const memory = watchMemory(child.pid, limits.memoryMb, () => stop(`Reading needed more than ${limits.memoryMb} MB of memory.`));

    child.onMessage((message) => {
      const heard = FromImporter.safeParse(message);
      if (heard.success && heard.data.kind === 'progress') {
        if (heard.data.share > furthest) clock.refresh();
        furthest = Math.max(furthest, heard.data.share);
        tell?.(furthest);
        return;
      }
      answer ??= heard.success && heard.data.kind !== 'progress' ? heard.data : { kind: 'failed', problem: broken(task).toProblem() };
      child.kill();
    });
    child.onExit(() => {
      clearTimeout(clock);
      signal?.removeEventListener('abort', abort);
      memory.stop();
      if (answer?.kind === 'failed') return reject(StudioError.fromProblem(answer.problem));
      if (answer !== undefined && isAnswerTo(task, answer.result)) return resolve(answer.result);
      reject(breach ?? broken(task, child.lastLines()));
    });
    child.send(task);
  });
}

function isAnswerTo<T extends ImporterTask>(task: T, result: ImporterResult): result is AnswerTo<T> {
  return result.kind === (task.kind === 'starter' ? 'model' : task.kind);
}

function broken(task: ImporterTask, log: readonly string[] = []): StudioError {
  return new StudioError('internal', 'The process that reads files ended without an answer.', {
    where: subjectOf(task),
    whatToDo: 'Try again; if it happens again, the file may be damaged.',
    cause: log.join('\n'),
  });
}

function subjectOf(task: ImporterTask): string | undefined {
  switch (task.kind) {
    case 'model':
    case 'inspect':
      return task.path;
    case 'starter':
      return task.starter;
    case 'dataset':
    case 'survey':
      return task.source;
    case 'plan':
    case 'samples':
      return undefined;
  }
}
