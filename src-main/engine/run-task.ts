// One task from its message to its result. TensorFlow is loaded here, once the message has been found right.
import type { EngineResult, EngineTask } from '#contract/engine-messages.ts';
import { describeEnvironment, loadTensorflow } from './runtime/load-tensorflow.ts';
import { kernelsFailure } from './runtime/native-kernels.ts';
import { verifyData } from './data/open-data.ts';
import { evaluateTask, exportTask, measureTask } from './evaluate-task.ts';
import { predictTask } from './predict-task.ts';
import { probe } from './probe-task.ts';
import { prune } from './prune-task.ts';
import { studySensitivity } from './sensitivity-task.ts';
import { train } from './train-task.ts';
import { tryTask } from './try-task.ts';
import { tell, type WorkContext } from './work-context.ts';

/** @throws StudioError for all that a user can mend; Interrupted where the host asked for it */
export async function runTask(task: EngineTask, given: Omit<WorkContext, 'tf' | 'environment'>): Promise<EngineResult> {
  const tf = loadTensorflow();
  await tf.ready();
  const context: WorkContext = { ...given, tf, environment: describeEnvironment(tf) };
  context.host.send({ kind: 'ready', environment: context.environment });
  const failure = kernelsFailure();
  if (failure !== null && (task.kind === 'train' || task.kind === 'prune')) {
    process.stderr.write(`Espalier's training kernels can't be loaded: ${failure}\n`);
    tell(context, {
      kind: 'note',
      text: `Espalier's own training kernels can't be loaded (${failure}), so that training takes longer. Delete that file and run "npm start": it compiles them anew.`,
    });
  }
  if ('data' in task && task.data !== null) await verifyData(task.data, given.interruption);
  switch (task.kind) {
    case 'train':
      return train(context, task);
    case 'prune':
      return prune(context, task);
    case 'evaluate':
      return evaluateTask(context, task);
    case 'sensitivity':
      return studySensitivity(context, task);
    case 'probe':
      return probe(context, task);
    case 'measure':
      return measureTask(context, task);
    case 'export':
      return exportTask(context, task);
    case 'try':
      return tryTask(context, task);
    case 'predict':
      return predictTask(context, task);
  }
}
