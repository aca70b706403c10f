// One engine process for one question of a command: progress on standard error, Ctrl-C ends it.
import type { EngineResult, EngineTask } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { freshFolder } from './load-inputs.ts';
import type { Parts } from './parts.ts';
import { progressLine } from './show-progress.ts';
import { say, whenInterrupted, type Terminal } from './terminal.ts';
import { Interrupted } from './usage-error.ts';

/** `label` names the model in the progress. @throws StudioError; Interrupted after Ctrl-C */
export async function runEngineTask<K extends EngineTask['kind']>(
  parts: Parts,
  terminal: Terminal,
  label: string,
  task: EngineTask & { readonly kind: K },
  folder: string,
): Promise<Extract<EngineResult, { kind: K }>> {
  await parts.ensureEngine((line) => say(terminal, line));
  const progress = progressLine(terminal, label);
  const run = parts.runEngine(task, freshFolder(folder), (message) => {
    if (message.kind === 'progress') progress.show(message.progress);
    if (message.kind === 'note') say(terminal, message.text);
  });
  const forget = whenInterrupted(terminal, () => run.cancel());
  try {
    const result = await run.result;
    if (answers(task.kind, result)) return result;
    throw new StudioError('internal', `The engine answered ${result.kind} to ${task.kind}.`);
  } catch (thrown) {
    if (terminal.interrupted.aborted) throw new Interrupted('Stopped.', { cause: thrown });
    throw thrown;
  } finally {
    forget();
    progress.clear();
  }
}

function answers<K extends EngineTask['kind']>(kind: K, result: EngineResult): result is Extract<EngineResult, { kind: K }> {
  return result.kind === kind;
}
