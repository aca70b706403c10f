// The engine process: it hears one task, does it, says how it ended, and goes. It exits with the host's line.
import { ToEngine, type FromEngine } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { openHostLine, type HostLine } from './host-line.ts';
import { Interrupted, Interruption } from './interruption.ts';
import { explainFailure } from './explain-failure.ts';

const line = openHostLine();
if (line === undefined) {
  process.stderr.write('This is the engine of Espalier; it is started by the studio and not by hand.\n');
  process.exitCode = 2;
} else {
  listen(line);
}

function listen(host: HostLine): void {
  const interruption = new Interruption();
  let started = false;
  setInterval(() => host.send({ kind: 'alive' }), 1000);
  host.onClose(() => process.exit(0));
  process.on('uncaughtException', (thrown) => void end(host, { kind: 'failed', problem: explainFailure(thrown) }));
  process.on('unhandledRejection', (thrown) => void end(host, { kind: 'failed', problem: explainFailure(thrown) }));
  host.onMessage((message) => {
    const heard = ToEngine.safeParse(message);
    if (!heard.success) {
      const where = heard.error.issues[0]?.path.join('.');
      void end(host, {
        kind: 'failed',
        problem: new StudioError('bad-input', heard.error.issues[0]?.message ?? 'The task is not of the agreed form.', {
          where,
        }).toProblem(),
      });
    } else if (heard.data.kind !== 'start') {
      interruption.ask(heard.data.kind);
      if (!started) void end(host, heard.data.kind === 'pause' ? { kind: 'paused', step: 0 } : { kind: 'cancelled' });
    } else if (!started) {
      started = true;
      void run(host, interruption, heard.data);
    }
  });
}

async function run(host: HostLine, interruption: Interruption, start: Extract<ToEngine, { kind: 'start' }>): Promise<void> {
  // Graphs reach TensorFlow by way of a file; a kill must leave none outside the job's own folder.
  process.env['TMPDIR'] = start.workspace;
  try {
    const { runTask } = await import('./run-task.ts');
    const result = await runTask(start.task, { host, interruption, workspace: start.workspace });
    await end(host, { kind: 'done', result });
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) return end(host, { kind: 'failed', problem: explainFailure(thrown) });
    const { lastCheckpointStep } = await import('./training/checkpoint-files.ts');
    await end(host, thrown.wish === 'cancel' ? { kind: 'cancelled' } : { kind: 'paused', step: lastCheckpointStep(start.workspace) });
  }
}

async function end(host: HostLine, message: FromEngine): Promise<void> {
  host.send(message);
  await host.flushed();
  process.exit(0);
}
