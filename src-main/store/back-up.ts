// Verified copies of the database, made while it is in use; the newest three are kept.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolderDurably, moveFileDurably } from '#main/files/durable-write.ts';
import { findDamage, openConnection, type Connection } from './open-connection.ts';

const kept = 3;

/** Returns the copy's path. A copy that fails its check is thrown away and refused. */
export async function backUp(db: Connection, home: string): Promise<string> {
  const folder = join(home, 'backups');
  makeFolderDurably(folder);
  const name = `studio-${new Date().toISOString().replaceAll(':', '-')}.db`;
  const unfinished = join(folder, `.${name}.tmp`);
  await db.backup(unfinished);
  const damage = damageOf(unfinished);
  if (damage !== null) {
    rmSync(unfinished, { force: true });
    throw new Error(`The backup failed its check: ${damage}`);
  }
  moveFileDurably(unfinished, join(folder, name));
  for (const old of backupsOf(home).slice(kept)) rmSync(old, { force: true });
  return join(folder, name);
}

/** Newest first. */
export function backupsOf(home: string): string[] {
  const folder = join(home, 'backups');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^studio-.*\.db$/.test(name))
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

/** Opens, checks and closes; leaves no -wal or -shm behind. */
export function damageOf(path: string): string | null {
  try {
    const db = openConnection(path);
    try {
      const damage = findDamage(db, 'quick');
      db.pragma('journal_mode = DELETE');
      return damage;
    } finally {
      db.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
