// Forks a real engine, gives it one task, and gathers what it says.
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FromEngine, type EngineResult, type EngineTask } from '#contract/engine-messages.ts';
import type { MetricPoint } from '#contract/nouns.ts';

const main = resolve(import.meta.dirname, '../../src-main/engine/main.ts');

export interface EngineRun {
  readonly messages: FromEngine[];
  readonly child: ChildProcess;
  /** Resolves when the process has ended, whatever way. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

export interface EngineOptions {
  readonly hear?: (message: FromEngine, child: ChildProcess) => void;
  /** A command that starts the engine, as `strace` with its options. */
  readonly through?: readonly string[];
}

export function startEngine(task: EngineTask, workspace: string, { hear = () => undefined, through = [] }: EngineOptions = {}): EngineRun {
  const [execPath = process.execPath, ...execArgv] = [...through, process.execPath];
  const threads = process.env['ESPALIER_TEST_THREADS'] ?? '1';
  const child = fork(main, [], {
    execPath,
    execArgv,
    env: { ...process.env, TF_NUM_INTRAOP_THREADS: threads, TF_NUM_INTEROP_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '2' },
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  });
  const messages: FromEngine[] = [];
  child.on('message', (message) => {
    const heard = FromEngine.parse(message);
    messages.push(heard);
    hear(heard, child);
  });
  // Both: the process may be gone before its last words are read.
  const gone = new Promise<{ code: number | null; signal: string | null }>((done) =>
    child.on('exit', (code, signal) => done({ code, signal })),
  );
  const ended = Promise.all([gone, new Promise((done) => child.on('disconnect', done))]).then(([how]) => how);
  child.send({ kind: 'start', task, workspace });
  return { messages, child, ended };
}

export async function resultOf(task: EngineTask, workspace: string): Promise<{ result: EngineResult; messages: FromEngine[] }> {
  const run = startEngine(task, workspace);
  await run.ended;
  const last = run.messages.at(-1);
  if (last?.kind !== 'done') throw new Error(`the engine ended with ${JSON.stringify(last)}`);
  return { result: last.result, messages: run.messages };
}

export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'espalier-engine-'));
}

/** The points that a host keeps: those of a new run void what was said of the same steps before. Times are left out: they never repeat. */
export function seriesOf(runs: readonly (readonly FromEngine[])[]): MetricPoint[] {
  let points: MetricPoint[] = [];
  for (const messages of runs) {
    const resumed = messages.find((message) => message.kind === 'resumed');
    const said = messages.flatMap((message) => (message.kind === 'progress' ? message.points : []));
    // A run that was killed while it loaded has said nothing, and voids nothing.
    const from = resumed?.step ?? (said.length === 0 ? Infinity : 0);
    points = [...points.filter(({ step }) => step <= from), ...said];
  }
  return points.map((point) => (point.kind === 'epoch' ? { ...point, seconds: 0 } : point));
}
