// Lets one set-up at a time work in the project: two commands started together build once, and the second waits.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Runs `work` while holding the lock file, which names the holder's process; a holder that has died is replaced. */
export async function whileLocked<T>(lockFile: string, onWaiting: () => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(lockFile), { recursive: true });
  for (let told = false; !take(lockFile);) {
    if (!told) onWaiting();
    told = true;
    await pause(200);
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function take(lockFile: string): boolean {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = holderOf(lockFile);
    if (holder !== undefined && !isAlive(holder)) removeLeftover(lockFile, holder);
    return false;
  }
}

/** Moved away first and looked at again: another waiter may have replaced the leftover with its own lock meanwhile. */
function removeLeftover(lockFile: string, holder: number): void {
  const aside = `${lockFile}.${process.pid}`;
  try {
    renameSync(lockFile, aside);
  } catch {
    return;
  }
  if (holderOf(aside) === holder) rmSync(aside, { force: true });
  else renameSync(aside, lockFile);
}

/** Undefined for a lock that is just being written. */
function holderOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
