// The change of accuracy against a baseline with its standard error, so that noise isn't read as progress.
import { points } from '../../format/comparisons.ts';

export type Scored = { readonly accuracy: number | null; readonly samples: number };
export type Difference = {
  /** Share of 1: −0.0012 is 0.12 points worse. */
  readonly change: number;
  readonly standardError: number;
  /** |change| ≥ 1.96 standard errors: less than one chance in twenty, were both equally accurate. */
  readonly distinguishable: boolean;
};

/**
 * Unpaired: as if each network had answered images of its own. Both answer the same test images, whose difficulty they share, so
 * the true error is mostly smaller: what this calls distinguishable is, what it doesn't a paired test may still tell apart.
 * Null while either is unknown. Worked example: 0.9831 against 0.9843 on 10,000 images each: −0.0012 ± 0.0018, not distinguishable.
 */
export function accuracyDifference(variant: Scored | null, baseline: Scored | null): Difference | null {
  if (variant?.accuracy == null || baseline?.accuracy == null || variant.samples < 1 || baseline.samples < 1) return null;
  const change = variant.accuracy - baseline.accuracy;
  const standardError = Math.hypot(accuracyError(variant), accuracyError(baseline));
  return { change, standardError, distinguishable: Math.abs(change) >= 1.96 * standardError };
}

/**
 * Standard error of an accuracy: √(p(1 − p)/n), binomial, with one right and one wrong answer added (Agresti & Caffo 2000), so
 * that a perfect score on 20 images doesn't pass for certain.
 */
export function accuracyError({ accuracy, samples }: Scored): number {
  const share = ((accuracy ?? 0) * samples + 1) / (samples + 2);
  return Math.sqrt((share * (1 - share)) / (samples + 2));
}

/** "−0.12 ± 0.18 pp, not distinguishable". */
export function differenceText(difference: Difference | null): string {
  if (difference === null) return '—';
  const [number = '', unit = ''] = points(difference.change, 0).split('\u202f');
  return `${number} ± ${(difference.standardError * 100).toFixed(2)}\u202f${unit}${difference.distinguishable ? '' : ', not distinguishable'}`;
}
