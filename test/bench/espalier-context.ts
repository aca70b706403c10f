// What the engine's own folders need to run outside an engine process: TensorFlow, and a host line that only keeps what was noted.
import { Interruption } from '#main/engine/interruption.ts';
import { describeEnvironment, loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import type { WorkContext } from '#main/engine/work-context.ts';

export async function openContext(workspace: string): Promise<{ context: WorkContext; notes: readonly string[] }> {
  const notes: string[] = [];
  const tf = loadTensorflow();
  await tf.ready();
  const host = {
    send: (message: Parameters<WorkContext['host']['send']>[0]) => {
      if (message.kind === 'note') notes.push(message.text);
    },
    flushed: () => Promise.resolve(),
    onMessage: () => undefined,
    onClose: () => undefined,
  };
  return { context: { tf, environment: describeEnvironment(tf), host, interruption: new Interruption(), workspace }, notes };
}
