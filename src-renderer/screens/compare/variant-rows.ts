// Variants as rows: each with its look, its accuracy and its change against the baseline, worked out once for all views.
import type { Variant } from '#contract/nouns.ts';
import { baselineLook, lookOf, type Look } from '../../charts/looks.ts';
import type { Detail, ParetoPoint } from '../../charts/pareto-points.ts';
import { times } from '../../format/comparisons.ts';
import { count } from '../../format/numbers.ts';
import { scoreMeasures, scoreOf, scoreText, type ScoreKind } from '../../format/scores.ts';
import { accuracyDifference, accuracyError, differenceText, type Difference } from './accuracy-difference.ts';
import { latencyText, type Cost } from './costs.ts';

export type VariantRow = {
  readonly id: string;
  readonly variant: Variant;
  readonly look: Look;
  readonly isBaseline: boolean;
  readonly baseline: Variant | null;
  /** Against the baseline; null for the baseline itself and where either is unknown. */
  readonly difference: Difference | null;
};

/** Looks go by age, so a variant keeps its own whatever is added later; the baseline is grey wherever it stands. */
export function variantRows(variants: readonly Variant[], baselineId: string | null): VariantRow[] {
  const baseline = variants.find((variant) => variant.id === baselineId) ?? null;
  const byAge = [...variants].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  const looks = new Map(byAge.map((variant, index) => [variant.id, lookOf(index)]));
  return variants.map((variant) => {
    const isBaseline = variant.id === baselineId;
    return {
      id: variant.id,
      variant,
      isBaseline,
      baseline,
      look: isBaseline ? baselineLook : (looks.get(variant.id) ?? baselineLook),
      difference: isBaseline ? null : accuracyDifference(variant.evaluation, baseline?.evaluation ?? null),
    };
  });
}

/** Those whose cost and score are both known. */
export function paretoPoints(rows: readonly VariantRow[], cost: Cost, kind: ScoreKind): ParetoPoint[] {
  return rows.flatMap(({ id, variant, look }) => {
    const x = cost.of(variant);
    const y = scoreOf(variant.evaluation, kind);
    if (x === null || y === null) return [];
    return [
      {
        id,
        name: variant.name,
        x,
        y,
        error: kind === 'accuracy' && variant.evaluation !== null ? accuracyError(variant.evaluation) : null,
        parentId: variant.parentId,
        ...look,
      },
    ];
  });
}

/** The words beside a pointed-at variant. */
export function detailsOf({ variant, baseline, isBaseline, difference }: VariantRow, cost: Cost, kind: ScoreKind): Detail[] {
  const value = cost.of(variant);
  return [
    { label: scoreMeasures[kind].word, value: scoreText(scoreOf(variant.evaluation, kind), kind) },
    ...(isBaseline
      ? [{ label: 'against the baseline', value: 'this is it' }]
      : kind === 'accuracy'
        ? [{ label: 'Δ ± SE, unpaired', value: differenceText(difference) }]
        : []),
    { label: cost.label, value: cost.id === 'latency' ? latencyText(variant.latency) : value === null ? '—' : cost.text(value) },
    ...(isBaseline || baseline === null
      ? []
      : [{ label: 'against the baseline', value: times(value, cost.of(baseline), cost.less, cost.more) }]),
    { label: 'non-zero of parameters', value: `${count(variant.summary.nonzero)} of ${count(variant.summary.parameters)}` },
  ];
}
