// What variants are laid side by side by: their score and what they cost.
import { accuracyKind } from '../../charts/axes.ts';
import type { ParallelAxis } from '../../charts/parallel-lines.ts';
import { scoreMeasures, scoreOf, type ScoreKind } from '../../format/scores.ts';
import { costOf, type CostId } from './costs.ts';
import type { VariantRow } from './variant-rows.ts';

const shown: readonly CostId[] = ['sparse', 'int8', 'nonzero', 'macs', 'activation', 'latency'];

/** The score first, then the costs; one that nobody knows has no axis. */
export function measuredAxes(rows: readonly VariantRow[], kind: ScoreKind): readonly ParallelAxis[] {
  const scores = rows.map(({ variant }) => scoreOf(variant.evaluation, kind));
  const { label, text } = scoreMeasures[kind];
  const costs = shown.map((id): ParallelAxis => {
    const cost = costOf(id);
    return { id, label: cost.label, text: cost.text, values: rows.map(({ variant }) => cost.of(variant)) };
  });
  return [{ id: 'score', label, text, values: scores, kind: accuracyKind(scores.filter((score) => score !== null)) }, ...costs].filter(
    ({ values }) => values.some((value) => value !== null),
  );
}
