// Starts engines and importers as Electron utility processes: the fuse that turns `fork` off stays off.
import { utilityProcess } from 'electron';
import { LogTail } from '#main/supervisor/log-tail.ts';
import { letTheStudioGoFirst, type ProcessEntry, type ProcessExit, type ProcessSpawner } from '#main/supervisor/spawn-process.ts';

export function utilitySpawner(entries: Readonly<Record<ProcessEntry, string>>): ProcessSpawner {
  return (entry, { env, memoryMb }) => {
    const child = utilityProcess.fork(entries[entry], [], {
      env: { ...process.env, ...env },
      execArgv: [`--max-old-space-size=${memoryMb}`],
      stdio: ['ignore', 'pipe', 'pipe'],
      serviceName: `Espalier ${entry}`,
    });
    const log = new LogTail();
    child.stdout?.on('data', (bytes: Buffer) => log.add(bytes));
    child.stderr?.on('data', (bytes: Buffer) => log.add(bytes));

    // Electron loses what is posted before the process runs.
    const early: unknown[] = [];
    let running = false;
    child.once('spawn', () => {
      running = true;
      letTheStudioGoFirst(child.pid);
      for (const message of early.splice(0)) child.postMessage(message);
    });

    const listeners = new Set<(exit: ProcessExit) => void>();
    let exited: ProcessExit | undefined;
    child.once('exit', (code) => {
      exited = { code, signal: null };
      for (const listener of listeners) listener(exited);
    });

    return {
      get pid() {
        return child.pid;
      },
      send(message) {
        if (exited !== undefined) return;
        if (running) child.postMessage(message);
        else early.push(message);
      },
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => {
        if (exited === undefined) listeners.add(listener);
        else listener(exited);
      },
      kill() {
        if (exited !== undefined) return;
        // SIGKILL also ends a process that is stopped; Electron's own kill is a polite one.
        try {
          if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
          else child.kill();
        } catch {
          /* it is gone already */
        }
      },
      lastLines: () => log.lines(),
    };
  };
}
