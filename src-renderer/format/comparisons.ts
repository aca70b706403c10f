// A number beside its baseline: how many times smaller, how many points more or less.
import { significant, thinSpace, unknown } from './numbers.ts';

type Maybe = number | null | undefined;

/** `times(412, 4862, 'smaller', 'larger')` → "11.8× smaller". Within half a percent it is "the same". */
export function times(value: Maybe, baseline: Maybe, less = 'smaller', more = 'larger'): string {
  if (value === null || value === undefined || baseline === null || baseline === undefined) return unknown;
  if (value === baseline || (value > 0 && baseline > 0 && Math.abs(Math.log(value / baseline)) < 0.005)) return 'the same';
  if (value <= 0 || baseline <= 0) return unknown;
  return value < baseline ? `${significant(baseline / value)}× ${less}` : `${significant(value / baseline)}× ${more}`;
}

/** The change of a share in percentage points, always signed: 0.9831 against 0.9843 → "−0.12 pp". */
export function points(share: Maybe, baseline: Maybe): string {
  if (share === null || share === undefined || baseline === null || baseline === undefined) return unknown;
  const text = (Math.abs(share - baseline) * 100).toFixed(2);
  const sign = Number(text) === 0 ? '±' : share > baseline ? '+' : '\u2212';
  return `${sign}${text}${thinSpace}pp`;
}
