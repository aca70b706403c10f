// An engine's surroundings within the test's own process, for what can't be seen from outside: tensors in memory, certificates of planted
// faults.
import type { FromEngine } from '#contract/engine-messages.ts';
import { Interruption } from '#main/engine/interruption.ts';
import { describeEnvironment, loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import type { WorkContext } from '#main/engine/work-context.ts';

/** A context whose host hears everything at once. */
export function contextFor(workspace: string, hear: (message: FromEngine) => void): WorkContext {
  const tf = loadTensorflow();
  const host = { send: hear, flushed: () => Promise.resolve(), onMessage: () => undefined, onClose: () => undefined };
  return { tf, environment: describeEnvironment(tf), host, interruption: new Interruption(), workspace };
}
