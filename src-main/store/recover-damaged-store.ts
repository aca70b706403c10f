// A database that fails its check is put aside, never deleted; the newest good backup takes its place.
import { copyFileSync, existsSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { backupsOf, damageOf } from './back-up.ts';
import { makeFolderDurably, syncFolder } from '#main/files/durable-write.ts';

/** Sentences for the user; the caller re-reads manifests afterwards for what is newer than the backup. */
export function recoverDamagedStore(home: string, damage: string): string[] {
  const aside = join(home, 'damaged', new Date().toISOString().replaceAll(':', '-'));
  makeFolderDurably(aside);
  // All three go together: a database without its -wal is an older database.
  for (const name of ['studio.db', 'studio.db-wal', 'studio.db-shm']) {
    if (existsSync(join(home, name))) renameSync(join(home, name), join(aside, name));
  }
  const said = [`The project database was damaged (${damage}). The damaged file is kept in ${aside}.`];
  const good = backupsOf(home).find((path) => damageOf(path) === null);
  if (good === undefined) said.push('There was no backup to restore, so the projects were built again from their files.');
  else {
    copyFileSync(good, join(home, 'studio.db'));
    said.push(`The backup ${basename(good)} was restored.`);
  }
  syncFolder(home);
  return said;
}
