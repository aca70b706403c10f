// One way to start a child process, so that plain Node and Electron can each bring their own.
import { fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { LogTail } from './log-tail.ts';

export type ProcessEntry = 'engine' | 'importer';

export interface SpawnOptions {
  /** Added to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Limit of the JavaScript heap. */
  readonly memoryMb: number;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface ChildProcessHandle {
  /** Undefined until the system has made the process, and for good if it could not. */
  readonly pid: number | undefined;
  /** Never throws: a process that is gone answers through `onExit`. */
  send(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, also when the process could not be started. */
  onExit(listener: (exit: ProcessExit) => void): void;
  /** Ends it at once and what it started, stopped or not (SIGKILL). */
  kill(): void;
  /** The last lines it wrote to its standard output and error. */
  lastLines(): readonly string[];
}

export type ProcessSpawner = (entry: ProcessEntry, options: SpawnOptions) => ChildProcessHandle;

/** Processes as Node's `fork` makes them. `entries` are the files to run; each hears the host through `process.on('message')`. */
export function forkSpawner(entries: Readonly<Record<ProcessEntry, string>>): ProcessSpawner {
  return (entry, { env, memoryMb }) => {
    const child = fork(entries[entry], [], {
      execArgv: [`--max-old-space-size=${memoryMb}`],
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C in the terminal reaches the host, which then stops its children in order.
      detached: process.platform !== 'win32',
    });
    const log = new LogTail();
    child.stdout?.on('data', (bytes: Buffer) => log.add(bytes));
    child.stderr?.on('data', (bytes: Buffer) => log.add(bytes));
    letTheStudioGoFirst(child.pid);

    const listeners = new Set<(exit: ProcessExit) => void>();
    let exited: ProcessExit | undefined;
    let streamsClosed: ProcessExit | undefined;
    const end = (exit: ProcessExit): void => {
      if (exited !== undefined) return;
      exited = exit;
      for (const listener of listeners) listener(exit);
    };
    // The last message may still be on its way when the process is gone: it counts as gone once streams and channel are read to the end.
    child.on('close', (code, signal) => {
      streamsClosed = { code, signal };
      if (!child.connected) end(streamsClosed);
    });
    child.on('disconnect', () => {
      if (streamsClosed !== undefined) end(streamsClosed);
    });
    child.on('error', (error) => {
      log.add(Buffer.from(`${error.message}\n`));
      if (child.pid === undefined) end({ code: null, signal: null });
    });

    return {
      get pid() {
        return child.pid;
      },
      send: (message) => {
        if (child.connected) child.send(message, () => undefined);
      },
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => {
        if (exited === undefined) listeners.add(listener);
        else listener(exited);
      },
      kill: () => {
        if (exited === undefined) killGroup(child.pid);
      },
      lastLines: () => log.lines(),
    };
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    /* it is gone already */
  }
}

/** The window answers while engines work: they have a lower priority, and on Linux the kernel, out of memory, ends them and not the studio. */
export function letTheStudioGoFirst(pid: number | undefined): void {
  if (pid === undefined) return;
  // Threads that the child starts later inherit it; it has none of its own yet.
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    /* it is gone already */
  }
  if (process.platform === 'linux') writeFile(`/proc/${pid}/oom_score_adj`, '800').catch(() => undefined);
}
