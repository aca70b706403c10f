// The one way to open an SQLite file here: every safety setting is set, none is trusted to be the default.
import Database from 'better-sqlite3';

export type Connection = Database.Database;

/**
 * `synchronous` is set explicitly after WAL: this build runs WAL as NORMAL unless told, and answers FULL when asked,
 * so that a power cut would lose acknowledged commits. Only counting fsync calls shows the difference (test/store does).
 */
export function openConnection(path: string): Connection {
  const db = new Database(path);
  db.pragma('busy_timeout = 2000');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('wal_autocheckpoint = 1000');
  if (process.platform === 'darwin') {
    db.pragma('fullfsync = ON');
    db.pragma('checkpoint_fullfsync = ON');
  }
  return db;
}

/** `quick` checks structure (about 10 ms for 10 MB), `full` compares every index too. Null if all is well, else SQLite's own words. */
export function findDamage(db: Connection, depth: 'quick' | 'full'): string | null {
  try {
    const answer: unknown = db.pragma(depth === 'quick' ? 'quick_check(1)' : 'integrity_check(1)', { simple: true });
    if (answer !== 'ok') return String(answer);
    return db.prepare('PRAGMA foreign_key_check').get() === undefined ? null : 'a row points to a row that is not there';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
