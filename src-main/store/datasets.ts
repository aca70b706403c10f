// Datasets on disk; the samples themselves are an artifact.
import { Dataset } from '#contract/nouns.ts';
import type { Connection } from './open-connection.ts';
import { defineTable } from './table.ts';

export type DatasetRows = ReturnType<typeof datasetRows>;

export function datasetRows(db: Connection) {
  const table = defineTable(db, 'datasets', Dataset, ['summary']);
  return {
    insert: table.insert,
    find: (id: string): Dataset | undefined =>
      table.row('WHERE id = ? AND projectId IN (SELECT id FROM projects WHERE removedAt IS NULL)', id),
    ofProject: (projectId: string): Dataset[] => table.rows('WHERE projectId = ? ORDER BY createdAt, rowid', projectId),
    ids: (): string[] => db.prepare<[], string>('SELECT id FROM datasets').pluck().all(),
    artifacts: (): string[] => db.prepare<[], string>('SELECT DISTINCT artifact FROM datasets').pluck().all(),
  };
}
