// What the report says of compared variants: their points, their curves, and the trade-off in a sentence.
import { type ComparisonRow, paretoFront } from '#contract/comparison.ts';
import type { EpochScore } from '#contract/measurement.ts';
import { baselineLook, lookOf, type Look } from '../charts/looks.ts';
import type { ParetoPoint } from '../charts/pareto-points.ts';
import type { TrainingRun } from '../charts/training-runs.ts';
import { times } from '../format/comparisons.ts';
import { bytes, percent } from '../format/numbers.ts';
import { kindOf, scoreOf } from '../format/scores.ts';
import { accuracyDifference, accuracyError } from '../screens/compare/accuracy-difference.ts';
import type { Cost } from '../screens/compare/costs.ts';

/** The baseline is grey and takes no colour from the others. */
export function reportLook(index: number, baselineIndex: number): Look {
  return index === baselineIndex ? baselineLook : lookOf(index - (index > baselineIndex ? 1 : 0));
}

/** Points are named by their index: two files may bear one name. */
export function pointsOf(variants: readonly ComparisonRow[], baselineIndex: number, cost: Cost): ParetoPoint[] {
  const kind = kindOf(variants.map(({ evaluation }) => evaluation));
  return variants.flatMap((variant, index) => {
    const x = cost.of(variant);
    const y = scoreOf(variant.evaluation, kind);
    if (x === null || y === null) return [];
    return [
      {
        id: String(index),
        name: variant.name,
        x,
        y,
        error: kind === 'accuracy' && variant.evaluation !== null ? accuracyError(variant.evaluation) : null,
        parentId: null,
        ...reportLook(index, baselineIndex),
      },
    ];
  });
}

export function curvesOf(
  variants: readonly ComparisonRow[],
  baselineIndex: number,
  epochs: readonly (readonly EpochScore[] | null)[],
): TrainingRun[] {
  return variants.flatMap((variant, index) => {
    const scores = epochs[index] ?? null;
    if (scores === null || scores.length === 0) return [];
    return [
      {
        id: String(index),
        name: variant.name,
        color: reportLook(index, baselineIndex).color,
        points: scores.map((score) => ({ kind: 'epoch' as const, step: score.epoch, ...score })),
      },
    ];
  });
}

/**
 * The smallest variant on the front that can't be told from the baseline in accuracy, in one sentence; without accuracies, the
 * smallest of all; without anything else to compare, the baseline alone.
 */
export function verdictOf(variants: readonly ComparisonRow[], baselineIndex: number): string {
  const baseline = variants[baselineIndex];
  if (baseline === undefined || variants.length < 2) return 'One network, nothing to compare it with.';
  const size = (row: ComparisonRow): string =>
    `${bytes(row.summary.bytes.sparse)} sparse, ${times(row.summary.bytes.sparse, baseline.summary.bytes.sparse)}`;
  if (baseline.evaluation?.accuracy == null) {
    const smallest = variants.reduce((best, row) => (row.summary.bytes.sparse < best.summary.bytes.sparse ? row : best));
    return `${variants.length} networks, ${baseline.evaluation === null ? 'compared without data: accuracy is unknown' : 'which answer with numbers: they have errors and no accuracy'}. The smallest is ${smallest.name} (${size(smallest)}).`;
  }
  const front = paretoFront(variants.map((row) => ({ cost: row.summary.bytes.sparse, score: row.evaluation?.accuracy ?? null })));
  const asGood = front
    .map((index) => variants[index]!)
    .find((row) => {
      const difference = accuracyDifference(row.evaluation, baseline.evaluation);
      return row !== baseline && difference !== null && (!difference.distinguishable || difference.change > 0);
    });
  const known = `${variants.length} networks; ${front.length} on the Pareto front of accuracy against sparse bytes.`;
  if (asGood === undefined)
    return `${known} None of them is as accurate as the baseline ${baseline.name} (${percent(baseline.evaluation.accuracy)}).`;
  return (
    `${known} The smallest that can't be told from ${baseline.name} in accuracy, or beats it, is ${asGood.name}: ` +
    `${percent(asGood.evaluation?.accuracy)} against ${percent(baseline.evaluation.accuracy)}, ${size(asGood)} than it.`.replace(
      'the same than it',
      'the same as it',
    )
  );
}
