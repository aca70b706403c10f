// Variants side by side, as `compare` prints them and the report draws them, and which of them no other one beats.
import { z } from 'zod';
import { Evaluation, Latency } from './measurement.ts';
import { NetworkSummary } from './network.ts';
import { PairedTest } from './paired-answers.ts';

export const ComparisonRow = z.object({
  name: z.string(),
  path: z.string(),
  summary: NetworkSummary,
  /** Null without data: accuracy is then unknown, not 0. */
  evaluation: Evaluation.nullable(),
  latency: Latency.nullable(),
  /** McNemar's test against the first row, on the same test samples; null for the first row and without data. */
  paired: PairedTest.nullable(),
});
export type ComparisonRow = z.infer<typeof ComparisonRow>;

export const Comparison = z.object({
  variants: z.array(ComparisonRow),
  /** Indices into `variants`, cheapest first: those that no other one beats in accuracy against sparse bytes. */
  pareto: z.array(z.int().min(0)),
});
export type Comparison = z.infer<typeof Comparison>;

/** What a variant costs (less is better) and what it scores (more is better); null is unknown. */
export type CostAndScore = { readonly cost: number | null; readonly score: number | null };

/**
 * Indices of the points that no other point dominates, cheapest first; a point dominates if it is no worse in both and better in one.
 * Twins (same cost, same score) don't dominate each other: both stay. Points with an unknown are never on the front. O(n log n).
 * Worked example: (1, 0.90) (2, 0.95) (2, 0.95) (3, 0.94) gives 0, 1, 2: the last costs more and scores less.
 */
export function paretoFront(points: readonly CostAndScore[]): number[] {
  const known = points.flatMap(({ cost, score }, index) =>
    cost === null || score === null || !Number.isFinite(cost) || !Number.isFinite(score) ? [] : [{ index, cost, score }],
  );
  known.sort((a, b) => a.cost - b.cost || b.score - a.score || a.index - b.index);
  const front: { index: number; cost: number; score: number }[] = [];
  for (const point of known) {
    const last = front.at(-1);
    if (last === undefined || point.score > last.score || (point.score === last.score && point.cost === last.cost)) front.push(point);
  }
  return front.map(({ index }) => index);
}
