// Models on disk: where the networks of a project came from.
import { Model } from '#contract/nouns.ts';
import type { Connection } from './open-connection.ts';
import { defineTable } from './table.ts';

export type ModelRows = ReturnType<typeof modelRows>;

export function modelRows(db: Connection) {
  const table = defineTable(db, 'models', Model, []);
  return {
    insert: table.insert,
    find: (id: string): Model | undefined => table.row('WHERE id = ?', id),
    ofProject: (projectId: string): Model[] => table.rows('WHERE projectId = ? ORDER BY createdAt, rowid', projectId),
  };
}
