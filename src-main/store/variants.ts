// Variants on disk, joined with their newest measurements. A removed one is only hidden until the next start.
import { Variant } from '#contract/nouns.ts';
import type { MeasurementRows } from './measurements.ts';
import type { Connection } from './open-connection.ts';
import { defineTable } from './table.ts';

export type VariantRows = ReturnType<typeof variantRows>;
const Row = Variant.omit({ evaluation: true, latency: true, latencies: true });

export function variantRows(db: Connection, measurements: MeasurementRows) {
  const table = defineTable(db, 'variants', Row, ['summary', 'made', 'prunedScore', 'certificate', 'repeat']);
  const seen = (row: ReturnType<typeof Row.parse>): Variant => {
    const latencies = measurements.latencies(row.id);
    const latency = latencies.find(({ runtime }) => runtime === 'tensorflow') ?? null;
    return { ...row, evaluation: measurements.evaluation(row.id), latency, latencies };
  };

  return {
    insert(variant: Variant): void {
      table.insert(variant);
      if (variant.evaluation !== null) measurements.addEvaluation(variant.id, variant.createdAt, variant.evaluation);
      // A description from before there were several runtimes has only the one.
      const latencies = variant.latencies.length === 0 && variant.latency !== null ? [variant.latency] : variant.latencies;
      for (const latency of latencies) measurements.addLatency(variant.id, variant.createdAt, latency);
    },
    find(id: string): Variant | undefined {
      const row = table.row('WHERE id = ? AND removedAt IS NULL AND projectId IN (SELECT id FROM projects WHERE removedAt IS NULL)', id);
      return row === undefined ? undefined : seen(row);
    },
    isHidden: (id: string): boolean => table.row('WHERE id = ? AND removedAt IS NOT NULL', id) !== undefined,
    /** True of a hidden variant too. */
    exists: (id: string): boolean => table.row('WHERE id = ?', id) !== undefined,
    ofProject: (projectId: string): Variant[] =>
      table.rows('WHERE projectId = ? AND removedAt IS NULL ORDER BY createdAt, rowid', projectId).map(seen),
    rename: (id: string, name: string): void => void db.prepare('UPDATE variants SET name = ? WHERE id = ?').run(name, id),
    hide: (id: string, at: number | null): void => void db.prepare('UPDATE variants SET removedAt = ? WHERE id = ?').run(at, id),
    purgeHidden: (): number => db.prepare('DELETE FROM variants WHERE removedAt IS NOT NULL').run().changes,
    ids: (): string[] => db.prepare<[], string>('SELECT id FROM variants').pluck().all(),
    artifacts: (): string[] => db.prepare<[], string>('SELECT DISTINCT artifact FROM variants').pluck().all(),
  };
}
