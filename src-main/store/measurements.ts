// What was measured of a variant. Every measurement is kept; the newest of each kind is the variant's.
import { Evaluation, Latency } from '#contract/measurement.ts';
import { parseJson } from './table.ts';
import type { Connection } from './open-connection.ts';

export type MeasurementRows = ReturnType<typeof measurementRows>;

export function measurementRows(db: Connection) {
  const insert = db.prepare('INSERT INTO measurements (variantId, kind, measuredAt, value) VALUES (?, ?, ?, ?)');
  const newest = db.prepare('SELECT value FROM measurements WHERE variantId = ? AND kind = ? ORDER BY id DESC LIMIT 1').pluck();
  const newestLatencies = db
    .prepare<[string], string>(
      `SELECT value FROM measurements WHERE id IN
      (SELECT MAX(id) FROM measurements WHERE variantId = ? AND kind = 'latency' GROUP BY value ->> 'runtime') ORDER BY value ->> 'runtime' DESC`,
    )
    .pluck();
  const read = (variantId: string, kind: string): unknown => parseJson(newest.get(variantId, kind) ?? null);

  return {
    addEvaluation: (variantId: string, at: number, value: Evaluation): void =>
      void insert.run(variantId, 'evaluation', at, JSON.stringify(value)),
    addLatency: (variantId: string, at: number, value: Latency): void => void insert.run(variantId, 'latency', at, JSON.stringify(value)),
    evaluation: (variantId: string): Evaluation | null => Evaluation.nullable().parse(read(variantId, 'evaluation')),
    /** The newest of each runtime, TensorFlow's first. */
    latencies: (variantId: string): Latency[] => newestLatencies.all(variantId).map((value) => Latency.parse(parseJson(value))),
  };
}
