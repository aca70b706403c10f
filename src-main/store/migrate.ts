// Brings an older database to this version's format, one numbered step after the other, all in one transaction.
import { StudioError } from '#contract/errors.ts';
import { firstTables } from './migrations/0001-first-tables.ts';
import { answersAndRepeats } from './migrations/0002-answers-and-repeats.ts';
import type { Connection } from './open-connection.ts';

/** The n-th entry leads from format n to format n + 1. Entries are never changed, only added. */
export const migrations: readonly string[] = [firstTables, answersAndRepeats];

export function formatOf(db: Connection): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/** @throws StudioError unsupported where the database is from a newer version */
export function refuseNewerFormat(db: Connection, where: string, steps: readonly string[] = migrations): void {
  const format = formatOf(db);
  if (format <= steps.length) return;
  throw new StudioError(
    'unsupported',
    `This home was written by a newer Espalier (format ${format}; this one knows formats up to ${steps.length}).`,
    {
      where,
      whatToDo: 'Install the newer version again, or choose another home with --home. Nothing was changed.',
    },
  );
}

/** A crash inside leaves the old format, never one between. */
export function migrate(db: Connection, steps: readonly string[] = migrations): void {
  db.transaction(() => {
    for (const step of steps.slice(formatOf(db))) db.exec(step);
    db.pragma(`user_version = ${steps.length}`);
  }).immediate();
}
