// Which engine works in a workspace. A studio that was killed may leave one behind; the next studio ends it before it starts another there.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTimeOf } from './process-stat.ts';

const nameOf = (workspace: string): string => join(workspace, 'engine.json');

export function takeLease(workspace: string, pid: number): void {
  writeFileSync(nameOf(workspace), JSON.stringify({ pid, startedAt: startTimeOf(pid) }), { mode: 0o600 });
}

export function dropLease(workspace: string): void {
  rmSync(nameOf(workspace), { force: true });
}

/** Kills the engine that the lease names if that very process still runs; a process that merely got the same number is left alone. */
export function endOrphan(workspace: string): boolean {
  const lease = readLease(workspace);
  dropLease(workspace);
  if (lease === undefined || lease.startedAt === null || startTimeOf(lease.pid) !== lease.startedAt) return false;
  try {
    process.kill(lease.pid, 'SIGKILL');
  } catch {
    return false;
  }
  return true;
}

function readLease(workspace: string): { pid: number; startedAt: string | null } | undefined {
  try {
    const lease: unknown = JSON.parse(readFileSync(nameOf(workspace), 'utf8'));
    if (typeof lease !== 'object' || lease === null || !('pid' in lease) || !('startedAt' in lease)) return undefined;
    return typeof lease.pid === 'number' && typeof lease.startedAt === 'string'
      ? { pid: lease.pid, startedAt: lease.startedAt }
      : undefined;
  } catch {
    return undefined;
  }
}
