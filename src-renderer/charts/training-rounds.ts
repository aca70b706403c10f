// Where the rounds of a run begin, read off its curve: a new one takes weights away at once.
import type { MetricPoint } from '#contract/nouns.ts';
import type { TrainingX } from './training-runs.ts';

export interface RoundStart {
  readonly at: number;
  /** "dense" before anything is gone, then the number of the round. */
  readonly label: string;
}

/** Less is the rounding of a share. */
const RISE = 1e-4;

/**
 * Worked example: sparsity 0.5 0.5 0.75 at the epochs 0.5 1 1.5 → round 1 from 0, round 2 from 1. A lottery ticket begins with 0: "dense".
 * Of a single round there is nothing to tell apart, and none is answered.
 */
export function roundStarts(points: readonly MetricPoint[], x: TrainingX): readonly RoundStart[] {
  const steps = points.filter(({ kind }) => kind === 'step');
  const source = steps.length > 0 ? steps : points;
  const [first] = source;
  if (first === undefined) return [];
  const dense = first.sparsity < RISE;
  const starts = [{ at: 0, label: dense ? 'dense' : '1' }];
  source.forEach((point, index) => {
    const before = source[index - 1];
    if (before !== undefined && point.sparsity - before.sparsity > RISE)
      starts.push({ at: before[x], label: String(starts.length + (dense ? 0 : 1)) });
  });
  return starts.length > 1 ? starts : [];
}
