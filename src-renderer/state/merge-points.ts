// Joins the points of a training curve as they come: live ones after stored ones, and back to a checkpoint.
import type { MetricPoint } from '#contract/nouns.ts';

/** Points beyond `afterStep` are void. 1 2 3 4 with `afterStep` 2 and new 3′ → 1 2 3′. */
export function appendPoints(
  known: readonly MetricPoint[],
  fresh: readonly MetricPoint[],
  afterStep: number | null,
): readonly MetricPoint[] {
  const kept = afterStep === null ? known : known.filter(({ step }) => step <= afterStep);
  return fresh.length === 0 && kept.length === known.length ? known : [...kept, ...fresh];
}

/** A stored series and the live points that arrived while it was fetched: what it holds already isn't told twice. */
export function joinSeries(stored: readonly MetricPoint[], live: readonly MetricPoint[]): readonly MetricPoint[] {
  const last = { step: -1, epoch: -1 };
  for (const { kind, step } of stored) last[kind] = Math.max(last[kind], step);
  return [...stored, ...live.filter(({ kind, step }) => step > last[kind])];
}
