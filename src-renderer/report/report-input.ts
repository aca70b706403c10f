// What a report is made of.
import type { ComparisonRow } from '#contract/comparison.ts';
import type { EpochScore } from '#contract/measurement.ts';

export type ReportInput = {
  readonly title: string;
  readonly variants: readonly ComparisonRow[];
  /** Which of them the others are compared with. */
  readonly baselineIndex: number;
  /** The epochs of each variant, in the order of `variants`; null where they aren't known. */
  readonly epochs?: readonly (readonly EpochScore[] | null)[];
};
