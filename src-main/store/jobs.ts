// Jobs on disk. Only studio/jobs.ts changes a job's state.
import { Job, type JobOrder, type JobState } from '#contract/nouns.ts';
import type { Connection } from './open-connection.ts';
import { defineTable } from './table.ts';

export type JobRows = ReturnType<typeof jobRows>;
const shown = 'projectId IN (SELECT id FROM projects WHERE removedAt IS NULL)';

export function jobRows(db: Connection) {
  const table = defineTable(db, 'jobs', Job, ['order', 'progress', 'exported', 'result', 'problem', 'notes']);
  const sameStudy = db
    .prepare<[string, string, string], string>(
      `SELECT jobs.id FROM jobs
        JOIN variants ON variants.id = jobs."order" ->> 'variantId'
        JOIN datasets ON datasets.id = jobs."order" ->> 'datasetId'
        WHERE jobs.kind = 'sensitivity' AND jobs.state = 'done' AND jobs."order" -> 'settings' = json(?)
          AND variants.artifact = (SELECT artifact FROM variants WHERE id = ?)
          AND datasets.artifact = (SELECT artifact FROM datasets WHERE id = ?)
        ORDER BY jobs.endedAt DESC LIMIT 1`,
    )
    .pluck();
  return {
    insert: table.insert,
    update: table.update,
    find: (id: string): Job | undefined => table.row(`WHERE id = ? AND ${shown}`, id),
    list: (): Job[] => table.rows(`WHERE ${shown} ORDER BY createdAt DESC, rowid DESC`),
    ofProject: (projectId: string): Job[] => table.rows('WHERE projectId = ? ORDER BY createdAt DESC, rowid DESC', projectId),
    inStates: (states: readonly JobState[]): Job[] =>
      table.rows(`WHERE state IN (SELECT value FROM json_each(?)) AND ${shown} ORDER BY createdAt, rowid`, JSON.stringify(states)),
    /** The answer of a finished study of the very same weights and data (by content) with the same settings. */
    resultOfSameStudy(order: JobOrder): Job['result'] | undefined {
      if (order.kind !== 'sensitivity') return undefined;
      const id = sameStudy.get(JSON.stringify(order.settings), order.variantId, order.datasetId);
      return id === undefined ? undefined : (table.row('WHERE id = ?', id)?.result ?? undefined);
    },
    ids: (): string[] => db.prepare<[], string>('SELECT id FROM jobs').pluck().all(),
  };
}
