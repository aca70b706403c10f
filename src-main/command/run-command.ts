// One call of `espalier`: parse, run, and turn every ending into an exit code and at most one line on standard error.
import { describeProblem, StudioError } from '#contract/errors.ts';
import type { CommandName } from '#contract/commands.ts';
import type { Command } from './command.ts';
import { helpOf, helpOverview } from './help-text.ts';
import { parseArguments, type Invocation } from './parse-arguments.ts';
import type { Parts } from './parts.ts';
import { plain, say, type Terminal } from './terminal.ts';
import { Interrupted, UsageError } from './usage-error.ts';

export type ExitCode = 0 | 1 | 2 | 130;

/** Each command's file is loaded when it is called. */
const load: Readonly<Record<CommandName, () => Promise<Command>>> = {
  inspect: async () => (await import('./ask-once.ts')).inspect,
  evaluate: async () => (await import('./ask-once.ts')).evaluate,
  predict: async () => (await import('./ask-once.ts')).predict,
  measure: async () => (await import('./ask-once.ts')).measure,
  export: async () => (await import('./ask-once.ts')).exportModel,
  train: async () => (await import('./record-work.ts')).train,
  prune: async () => (await import('./record-work.ts')).prune,
  sensitivity: async () => (await import('./study-sensitivity.ts')).sensitivity,
  compare: async () => (await import('./compare-models.ts')).compare,
  resume: async () => (await import('./steer-jobs.ts')).resume,
  jobs: async () => (await import('./steer-jobs.ts')).jobs,
  cancel: async () => (await import('./steer-jobs.ts')).cancel,
  serve: async () => (await import('./serve-studio.ts')).serve,
  demo: async () => (await import('./run-demo.ts')).demo,
};

export async function runCommand(argv: readonly string[], parts: Parts, console: Omit<Terminal, 'json'>): Promise<ExitCode> {
  let verbose = argv.includes('--verbose');
  try {
    const invocation = parseArguments(argv);
    verbose = invocation.globals.verbose;
    if (invocation.help || invocation.command === null) return await printHelp(invocation, argv, parts, console);
    const run = await load[invocation.command]();
    await run({ invocation, parts, terminal: { ...console, json: invocation.globals.json } });
    return 0; // also where Ctrl-C came too late to stop anything
  } catch (thrown) {
    return conclude(thrown, verbose, { ...console, json: false });
  }
}

async function printHelp(
  { command }: Invocation,
  argv: readonly string[],
  { version }: Parts,
  console: Omit<Terminal, 'json'>,
): Promise<ExitCode> {
  const text = command === null ? helpOverview(version) : helpOf(command);
  const asked = argv.length > 0;
  await new Promise((done) => (asked ? console.out : console.err).write(`${text}\n`, done));
  return asked ? 0 : 2;
}

function conclude(thrown: unknown, verbose: boolean, terminal: Terminal): ExitCode {
  if (thrown instanceof Interrupted || (terminal.interrupted.aborted && StudioError.from(thrown).code === 'cancelled')) {
    say(terminal, thrown instanceof Interrupted ? thrown.message : 'Stopped.');
    return 130;
  }
  const error = thrown instanceof UsageError ? thrown : StudioError.from(thrown);
  const line = error instanceof UsageError ? error.message : describeProblem(error.toProblem());
  say(terminal, `espalier: ${plain(line).replace(/\s*[\r\n]+\s*/g, ' ')}`);
  if (verbose) {
    terminal.err.write(`${plain(error.stack ?? '')}\n`);
    for (let cause = error.cause; cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined) {
      terminal.err.write(`Caused by: ${plain(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))}\n`);
    }
  }
  return error instanceof UsageError ? 2 : 1;
}
