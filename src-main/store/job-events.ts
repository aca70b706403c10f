// The points of a job's curves, appended as they come: their tail is the live feed.
import { MetricPoint } from '#contract/nouns.ts';
import { parseJson } from './table.ts';
import type { Connection } from './open-connection.ts';

export type JobEventRows = ReturnType<typeof jobEventRows>;

/**
 * Evenly thinned, ends included. With `total` = 9 and `wanted` = 3 the quotient (n−1)·2/8 rises at n = 5 and n = 9,
 * so points 1, 5 and 9 are kept. Epoch points always are. The cast is needed: every JavaScript number is bound as a REAL.
 */
const thinned = `
WITH numbered AS (
  SELECT id, kind, row_number() OVER (PARTITION BY kind ORDER BY step, id) AS n, count(*) OVER (PARTITION BY kind) AS total
  FROM jobEvents WHERE jobId = @jobId
), chosen AS (
  SELECT id FROM numbered, (SELECT CAST(@wanted AS INTEGER) - 1 AS gaps)
  WHERE kind = 'epoch' OR n = 1 OR (n - 1) * gaps / (total - 1) > (n - 2) * gaps / (total - 1)
)
SELECT point FROM jobEvents WHERE id IN chosen ORDER BY step, id`;

export function jobEventRows(db: Connection) {
  const insert = db.prepare('INSERT INTO jobEvents (jobId, kind, step, point) VALUES (?, ?, ?, ?)');
  const deleteAfter = db.prepare("DELETE FROM jobEvents WHERE jobId = ? AND kind IN ('step', 'epoch') AND step > ?");
  const series = db.prepare<{ jobId: string; wanted: number }, string>(thinned).pluck();

  return {
    append: (jobId: string, points: readonly MetricPoint[]): void => {
      for (const point of points) insert.run(jobId, point.kind, point.step, JSON.stringify(point));
    },
    deleteAfter: (jobId: string, step: number): number => deleteAfter.run(jobId, step).changes,
    series: (jobId: string, wanted: number): MetricPoint[] =>
      series.all({ jobId, wanted }).map((point) => MetricPoint.parse(parseJson(point))),
  };
}
