// What the columns of a table are, found in one pass: numbers or text, how many different values, which are missing.
import { scanCsv, type CsvRecord, type Decimal, type Separator } from '../containers/csv.ts';
import type { ByteSource } from '../containers/guarded-file.ts';
import { refusal, type Place } from '../refusal.ts';
import { describeColumn, newTally, tallyField, type Tally } from './column-tally.ts';

export interface Column {
  readonly name: string;
  /** The file gave no name. */
  readonly unnamed: boolean;
  /** Every value that isn't missing is a number. */
  readonly numeric: boolean;
  /** Every value that isn't missing is a whole number. */
  readonly whole: boolean;
  /** What stands before fractions. */
  readonly decimal: Decimal;
  readonly missing: number;
  /** Of the missing ones those that are infinite. */
  readonly infinite: number;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** Values that are no numbers, and the first of them. */
  readonly odd: number;
  readonly firstOdd: string;
  /** Different values in the order in which they came, at most one more than `maxDistinct`. */
  readonly values: readonly string[];
}

export interface Table {
  readonly header: boolean;
  readonly rows: number;
  readonly columns: readonly Column[];
}

/**
 * The first record is a header where it holds no number but the column beneath does, where all its fields are text, differ, and none is met again
 * in its column, or where it counts the columns from 0, as data frames without names are written. `most`: records to look at.
 * @throws StudioError `damaged-file` where a record is longer or shorter than the others.
 */
export function surveyTable(
  source: ByteSource,
  separator: Separator,
  place: Place,
  most = Infinity,
  tell?: (bytes: number) => void,
): Table {
  let first: string[] | undefined;
  let firstTallies: Tally[] = [];
  let tallies: Tally[] = [];
  let rows = 0;
  for (const record of scanCsv(source, separator, place, tell)) {
    if (first === undefined) {
      first = record.texts();
      tallies = first.map(newTally);
      firstTallies = first.map(newTally);
      countAll(firstTallies, record, separator);
      continue;
    }
    if (record.length !== first.length)
      throw refusal(
        'damaged-file',
        { ...place, member: `line ${record.line}` },
        `It has ${record.length} fields where the first one has ${first.length}.`,
        'Give each record as many fields; put quotes around text that holds the separator.',
      );
    countAll(tallies, record, separator);
    if (++rows >= most) break;
  }
  if (first === undefined) throw refusal('not-a-dataset', place, 'It is empty.');
  const header = isHeader(first, firstTallies, tallies, rows);
  if (!header) {
    firstTallies.forEach((one, at) => (tallies[at] = added(one, tallies[at]!)));
    rows++;
  }
  return {
    header,
    rows,
    columns: tallies.map((tally, at) => {
      const unnamed = !header || first[at]!.trim() === '';
      return describeColumn(tally, rows, { name: unnamed ? `column ${at + 1}` : first[at]!.trim(), unnamed: header && unnamed });
    }),
  };
}

function countAll(tallies: readonly Tally[], record: CsvRecord, separator: Separator): void {
  for (let at = 0; at < record.length; at++) tallyField(tallies[at]!, record, at, separator !== ',');
}

/** The first record's one value and those beneath it. */
function added(one: Tally, rest: Tally): Tally {
  return {
    missing: one.missing + rest.missing,
    infinite: one.infinite + rest.infinite,
    fractions: one.fractions + rest.fractions,
    commas: one.commas + rest.commas,
    commaFractions: one.commaFractions + rest.commaFractions,
    odd: one.odd + rest.odd,
    firstOdd: one.odd > 0 ? one.firstOdd : rest.firstOdd,
    low: Math.min(one.low, rest.low),
    high: Math.max(one.high, rest.high),
    sum: one.sum + rest.sum,
    values: new Set([...one.values, ...rest.values]),
    small: rest.small,
  };
}

function isHeader(first: readonly string[], own: readonly Tally[], beneath: readonly Tally[], rows: number): boolean {
  if (rows === 0) return false;
  const text = own.map(({ odd }) => odd > 0);
  if (beneath.some(({ odd, missing }, at) => odd === 0 && missing < rows && text[at])) return true;
  const from = first[0]?.trim() === '' ? 1 : 0;
  const counts = first.length - from >= 3 && first.every((field, at) => at < from || field.trim() === String(at - from));
  if (counts && (first.length >= 8 || beneath.some(({ odd, fractions }) => odd > 0 || fractions > 0))) return true;
  const unmet = first.every((field, at) => !beneath[at]!.values.has(field.trim()));
  return text.every(Boolean) && unmet && new Set(first).size === first.length;
}
