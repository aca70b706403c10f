// The `espalier` command's entry: hands the parts of Espalier to the command, each loaded when it is first used, and exits with its code.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { EngineTask } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import type { EngineRun, Parts } from '#main/command/parts.ts';
import { espalierVersion } from '#network/espalier-version.ts';
import { runCommand } from '#main/command/run-command.ts';
import type { EngineEnd } from '#main/supervisor/run-engine.ts';

const atRoot = (path: string) => new URL(`../${path}`, import.meta.url);
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  });
}
// A reader that closes the pipe early (`espalier jobs | head -1`) has seen what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

const parts: Parts = {
  version: espalierVersion(),
  async runImporter(task, watch) {
    const { importerLimits, runImporter } = await import('#main/supervisor/run-importer.ts');
    return runImporter(await spawner(), task, importerLimits, watch);
  },
  runEngine: (task, workspace, hear) => startEngine(task, workspace, hear),
  openStudio: async (home) => (await import('#main/compose-studio.ts')).openStudio({ home, door: 'command' }),
  ensureEngine: async (report) => (await import('#main/setup/native-tensorflow.ts')).ensureNativeTensorflow(report),
  serve: async ({ home, port }) => (await import('#main/serve-headless.ts')).serveHeadless({ home, port }),
  async ensurePage(report) {
    const hasSources = existsSync(atRoot('src-renderer/vite.config.ts'));
    if (hasSources) await (await import('#main/setup/prepare.ts')).prepare(['page'], report);
  },
  async renderReport(input) {
    const built: unknown = await import(atRoot('dist/report/render-report.js').href).catch((cause: unknown) => {
      throw new StudioError('internal', "The report's page is not there.", {
        where: 'dist/report',
        whatToDo: 'Install Espalier again.',
        cause,
      });
    });
    if (!hasRenderReport(built))
      throw new StudioError('internal', "The report's page is of another version.", {
        where: 'dist/report',
        whatToDo: 'Install Espalier again.',
      });
    return built.renderReport(input);
  },
};

process.exitCode = await runCommand(process.argv.slice(2), parts, {
  out: process.stdout,
  err: process.stderr,
  screen: process.stderr.isTTY
    ? {
        get columns() {
          return process.stderr.columns;
        },
      }
    : null,
  interrupted: interruption.signal,
  folder: process.cwd(),
});
// Whatever a child or a socket still holds open, the command is over once its streams are written.
process.stderr.write('', () => process.exit());

async function spawner() {
  const { forkSpawner } = await import('#main/supervisor/spawn-process.ts');
  return forkSpawner({
    engine: fileURLToPath(new URL('engine/main.ts', import.meta.url)),
    importer: fileURLToPath(new URL('importer/main.ts', import.meta.url)),
  });
}

function startEngine(task: EngineTask, workspace: string, hear: Parameters<Parts['runEngine']>[2]): EngineRun {
  const threads = (task.kind === 'measure' ? task.settings.threads : undefined) ?? availableParallelism();
  let cancelled = false;
  const started = Promise.all([import('#main/supervisor/run-engine.ts'), spawner()]).then(([{ runEngine }, spawn]) =>
    runEngine(spawn, { task, workspace, threads, hear }),
  );
  return {
    result: started
      .then((run) => {
        if (cancelled) run.cancel();
        return run.ended;
      })
      .then(resultOf),
    cancel() {
      cancelled = true;
      void started.then((run) => run.cancel());
    },
  };
}

function resultOf(end: EngineEnd) {
  switch (end.kind) {
    case 'done':
      return end.result;
    case 'failed':
      throw StudioError.fromProblem(end.problem);
    // Nothing is kept of such a task, so there is nothing to resume.
    case 'died':
      throw new StudioError(end.problem.code, end.problem.message, { whatToDo: 'Run the command again.', cause: end.log.join('\n') });
    case 'paused':
    case 'cancelled':
      throw new StudioError('cancelled', 'The work was cancelled.');
  }
}

function hasRenderReport(
  module: unknown,
): module is { renderReport: (comparison: Parameters<Parts['renderReport']>[0]) => string | Promise<string> } {
  return typeof module === 'object' && module !== null && 'renderReport' in module && typeof module.renderReport === 'function';
}
