// Accuracy by class beside the baseline's, in the order of harm.
import type { Evaluation } from '#contract/measurement.ts';

export interface ClassRow {
  readonly label: string;
  /** Null where the class has no test samples. */
  readonly accuracy: number | null;
  readonly before: number | null;
  readonly samples: number;
}

/**
 * Those that lost most come first; without a baseline, those that are least right. Classes without samples come last.
 * Worked example: a 0.9 → 0.8, b 0.7 → 0.7 → a, b; alone a 0.8, b 0.7 → b, a.
 */
export function classRows({ perClass }: Pick<Evaluation, 'perClass'>, baseline: Pick<Evaluation, 'perClass'> | null): readonly ClassRow[] {
  const known = new Map(baseline?.perClass.map(({ label, accuracy }) => [label, accuracy]));
  const rows = perClass.map(({ label, accuracy, samples }) => ({ label, accuracy, before: known.get(label) ?? null, samples }));
  const key = ({ accuracy, before }: ClassRow): number =>
    accuracy === null ? Infinity : accuracy - (before ?? (baseline === null ? 0 : accuracy));
  return rows.sort((one, other) => order(key(one), key(other)));
}

/** Ascending, where the difference of two infinities is no number. */
function order(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
