// What is counted of a column while its fields go by.
import type { CsvRecord } from '../containers/csv.ts';
import type { Column } from './survey-table.ts';

/** Values counted up to here, kept as classes or categories; a column with more is no class. */
export const maxDistinct = 1000;

export interface Tally {
  missing: number;
  infinite: number;
  /** Numbers that aren't whole. */
  fractions: number;
  /** Numbers only if a comma stands before fractions, and those of them that aren't whole. */
  commas: number;
  commaFractions: number;
  odd: number;
  firstOdd: string;
  low: number;
  high: number;
  sum: number;
  values: Set<string>;
  /** Whole numbers below 256 that are among the values, so that no string is made for each pixel. */
  readonly small: Uint8Array;
}

export function newTally(): Tally {
  const none = { missing: 0, infinite: 0, fractions: 0, commas: 0, commaFractions: 0, odd: 0, firstOdd: '' };
  return { ...none, low: Infinity, high: -Infinity, sum: 0, values: new Set(), small: new Uint8Array(256) };
}

const missingWords = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?', '-', 'nil', 'missing']);

export function isMissing(text: string, orInfinite = false): boolean {
  if (text.length > 9) return false;
  const word = text.trim().toLowerCase();
  return missingWords.has(word) || (orInfinite && /^[+-]?inf(inity)?$/.test(word));
}

/** `commas`: whether a comma may stand before fractions, as it may where it separates no fields. */
export function tallyField(tally: Tally, record: CsvRecord, field: number, commas: boolean): void {
  let value = record.number(field);
  if (value !== value) {
    const text = record.text(field);
    if (isMissing(text)) {
      tally.missing++;
      return;
    }
    value = commas ? record.number(field, ',') : NaN;
    if (value !== value) {
      if (tally.odd++ === 0) tally.firstOdd = text.trim().slice(0, 40);
    } else {
      tally.commas++;
      if (!Number.isInteger(value)) tally.commaFractions++;
    }
    if (tally.values.size <= maxDistinct) tally.values.add(text.trim());
    if (value !== value) return;
  } else if (value - value !== 0) {
    tally.missing++;
    tally.infinite++;
    return;
  } else if (!Number.isInteger(value)) tally.fractions++;
  if (value < tally.low) tally.low = value;
  if (value > tally.high) tally.high = value;
  tally.sum += value;
  if (tally.values.size > maxDistinct) return;
  const { small } = tally;
  if (value >= 0 && value < 256 && small[value] === 1 && record.bytesOf(field) === digitsOf(value)) return;
  const text = record.text(field).trim();
  tally.values.add(text);
  if (Number.isInteger(value) && value >= 0 && value < 256 && text.length === digitsOf(value)) small[value] = 1;
}

/** A field of as many bytes as its whole number has digits is written as that number is. */
function digitsOf(value: number): number {
  return value < 10 ? 1 : value < 100 ? 2 : 3;
}

export function describeColumn(tally: Tally, rows: number, named: Pick<Column, 'name' | 'unnamed'>): Column {
  const { missing, infinite, low, high, sum, odd, firstOdd, values } = tally;
  const filled = rows - missing;
  // 1.5 beside 1,5: neither is then sure to be what it looks like.
  const mixed = tally.commas > 0 && tally.fractions > 0;
  const numeric = odd === 0 && filled > 0 && !mixed;
  return {
    ...named,
    numeric,
    whole: numeric && tally.fractions === 0 && tally.commaFractions === 0,
    decimal: tally.commas > 0 && !mixed ? ',' : '.',
    missing,
    infinite,
    low,
    high,
    mean: filled > 0 ? sum / filled : 0,
    odd: mixed ? odd + tally.commas : odd,
    firstOdd: mixed && odd === 0 ? 'a comma before fractions beside points' : firstOdd,
    values: [...values],
  };
}

/** One column over two files; the mean is the first one's, as what is tested is not to be known. */
export function mergedColumn(one: Column, other: Column): Column {
  return {
    ...one,
    numeric: one.numeric && other.numeric,
    whole: one.whole && other.whole,
    decimal: one.decimal === ',' || other.decimal === ',' ? ',' : '.',
    missing: one.missing + other.missing,
    infinite: one.infinite + other.infinite,
    low: Math.min(one.low, other.low),
    high: Math.max(one.high, other.high),
    odd: one.odd + other.odd,
    firstOdd: one.odd > 0 ? one.firstOdd : other.firstOdd,
    values: [...new Set([...one.values, ...other.values])],
  };
}
