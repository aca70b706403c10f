// One engine process for one task: start it, hear it, stop it, and always come back with an answer.
import { FromEngine, type EngineResult, type EngineTask, type ToEngine } from '#contract/engine-messages.ts';
import { StudioError, type Problem } from '#contract/errors.ts';
import { dropLease, takeLease } from './engine-lease.ts';
import { engineEnvironment } from './engine-environment.ts';
import type { ChildProcessHandle, ProcessExit, ProcessSpawner } from './spawn-process.ts';
import { cpuTicksOf } from './process-stat.ts';
import { watchPulse, type PulseLimits } from './watch-pulse.ts';

/** How an engine's work ended. `died`: it ended without saying so; the workspace is as its last checkpoint left it. */
export type EngineEnd =
  | { readonly kind: 'done'; readonly result: EngineResult }
  | { readonly kind: 'paused'; readonly step: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'died'; readonly problem: Problem; readonly log: readonly string[] };

/** What is said on the way, in order: everything but the proof of life and the last word. */
export type EngineNews = Exclude<FromEngine, { kind: 'alive' | 'done' | 'paused' | 'cancelled' | 'failed' }>;

export interface EngineRun {
  readonly pid: number | undefined;
  /** Asks for a checkpoint and an end; killed if that takes longer than `graceMs`. */
  pause(graceMs?: number): void;
  /** Asks for an end; killed after 1.5 s, so that the answer is there within 2 s. */
  cancel(): void;
  /** Resolves once the process is gone; never rejects. */
  readonly ended: Promise<EngineEnd>;
}

export interface EngineOptions {
  readonly task: EngineTask;
  /** The job's own folder; it exists. */
  readonly workspace: string;
  readonly threads: number;
  readonly memoryMb?: number;
  readonly hear: (news: EngineNews) => void;
  readonly limits?: Partial<EngineLimits>;
}

export interface EngineLimits extends PulseLimits {
  readonly cancelGraceMs: number;
  readonly pauseGraceMs: number;
}
export const engineLimits: EngineLimits = {
  cancelGraceMs: 1500,
  pauseGraceMs: 60_000,
  silentSeconds: 10,
  silentSecondsAtStart: 60,
  busySeconds: 180,
};

export function runEngine(spawn: ProcessSpawner, options: EngineOptions): EngineRun {
  const limits = { ...engineLimits, ...options.limits };
  const child = spawn('engine', { env: engineEnvironment(options.threads), memoryMb: options.memoryMb ?? 4096 });
  const { promise: ended, resolve } = Promise.withResolvers<EngineEnd>();
  let lastWord: EngineEnd | undefined;
  let wish: 'pause' | 'cancel' | undefined;
  let over = false;
  const timers = new Set<NodeJS.Timeout>();
  const killAfter = (ms: number): void => void timers.add(setTimeout(() => child.kill(), ms));

  const ticks = () => (child.pid === undefined ? null : cpuTicksOf(child.pid));
  const pulse = watchPulse(limits, ticks, () => {
    lastWord ??= died(child, 'The engine has stopped answering and was ended.');
    child.kill();
  });

  child.onMessage((message) => {
    if (lastWord !== undefined) return;
    pulse.beat();
    const heard = FromEngine.safeParse(message);
    if (!heard.success) {
      lastWord = died(child, 'The engine said something that the studio does not understand.');
      return child.kill();
    }
    const word = heard.data;
    if (word.kind === 'alive') return;
    if (word.kind === 'done' || word.kind === 'paused' || word.kind === 'cancelled' || word.kind === 'failed') {
      lastWord = word;
      // It goes by itself after its last word; this is for one that does not.
      killAfter(500);
    } else options.hear(word);
  });

  child.onExit((exit) => {
    over = true;
    pulse.stop();
    for (const timer of timers) clearTimeout(timer);
    dropLease(options.workspace);
    const end = lastWord ?? died(child, howItEnded(exit));
    // Whoever asked for an end got one, however the engine took it; only finished work is not thrown away.
    resolve(wish === 'cancel' && end.kind !== 'done' ? { kind: 'cancelled' } : end);
  });

  if (child.pid !== undefined) takeLease(options.workspace, child.pid);
  say({ kind: 'start', task: options.task, workspace: options.workspace });

  function say(message: ToEngine): void {
    child.send(message);
  }

  return {
    get pid() {
      return child.pid;
    },
    pause(graceMs = limits.pauseGraceMs) {
      if (over) return;
      if (wish === undefined) say({ kind: 'pause' });
      wish ??= 'pause';
      killAfter(graceMs);
    },
    cancel() {
      if (over || wish === 'cancel') return;
      wish = 'cancel';
      say({ kind: 'cancel' });
      killAfter(limits.cancelGraceMs);
    },
    ended,
  };
}

function died(child: ChildProcessHandle, message: string): EngineEnd {
  const problem = new StudioError('engine-died', message, { whatToDo: 'Resume the job; it goes on from its last checkpoint.' }).toProblem();
  return { kind: 'died', problem, log: child.lastLines() };
}

function howItEnded({ code, signal }: ProcessExit): string {
  if (signal === 'SIGKILL') return 'The engine was ended by the system, perhaps because memory ran out.';
  if (signal !== null) return `The engine crashed (${signal}).`;
  return code === null ? 'The engine could not be started.' : `The engine ended without an answer (exit code ${code}).`;
}
