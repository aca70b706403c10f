// Jobs on disk. Only studio/jobs.ts changes a job's state.
import { Job, type JobState } from '#contract/nouns.ts';
import type { Connection } from './open-connection.ts';
import { defineTable } from './table.ts';

export type JobRows = ReturnType<typeof jobRows>;
const shown = 'projectId IN (SELECT id FROM projects WHERE removedAt IS NULL)';

export function jobRows(db: Connection) {
  const table = defineTable(db, 'jobs', Job, ['order', 'progress', 'exported', 'result', 'problem', 'notes']);
  return {
    insert: table.insert,
    update: table.update,
    find: (id: string): Job | undefined => table.row(`WHERE id = ? AND ${shown}`, id),
    list: (): Job[] => table.rows(`WHERE ${shown} ORDER BY createdAt DESC, rowid DESC`),
    ofProject: (projectId: string): Job[] => table.rows('WHERE projectId = ? ORDER BY createdAt DESC, rowid DESC', projectId),
    inStates: (states: readonly JobState[]): Job[] =>
      table.rows(`WHERE state IN (SELECT value FROM json_each(?)) AND ${shown} ORDER BY createdAt, rowid`, JSON.stringify(states)),
    ids: (): string[] => db.prepare<[], string>('SELECT id FROM jobs').pluck().all(),
  };
}
