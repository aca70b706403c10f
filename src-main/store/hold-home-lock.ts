// One studio a home: an exclusive SQLite transaction that the operating system ends when its holder dies, so no lock is ever stale.
import Database from 'better-sqlite3';
import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { StudioError } from '#contract/errors.ts';

const Holder = z.object({ pid: z.int(), host: z.string(), since: z.string() });

export interface HomeLock {
  release(): void;
}

/** @throws StudioError home-in-use, at once, naming the holder */
export function holdHomeLock(home: string): HomeLock {
  const folder = realpathSync(home);
  const holderFile = join(folder, 'lock.json');
  const db = new Database(join(folder, 'lock.db'), { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    throw inUse(folder, holderFile);
  }
  // Only for the message below; the lock itself is the transaction.
  writeFileSync(holderFile, JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() }), { mode: 0o600 });
  return {
    release() {
      if (!db.open) return;
      rmSync(holderFile, { force: true });
      db.exec('ROLLBACK');
      db.close();
    },
  };
}

function inUse(folder: string, holderFile: string): StudioError {
  const holder = readHolder(holderFile);
  const who =
    holder === undefined ? 'Another Espalier' : `Another Espalier (process ${holder.pid} on ${holder.host}, since ${holder.since})`;
  return new StudioError('home-in-use', `${who} is using the home ${folder}.`, {
    where: folder,
    whatToDo: 'Use its window or browser tab, close it first, or choose another home with --home.',
  });
}

function readHolder(file: string): z.infer<typeof Holder> | undefined {
  try {
    return Holder.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
