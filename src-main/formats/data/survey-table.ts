// What the columns of a table are, found in one pass: numbers or text, how many different values, which are missing, and which is the label.
import type { DataOptions } from '#contract/data-options.ts';
import type { Separator } from '../containers/csv.ts';
import { readCsv } from '../containers/csv.ts';
import type { ByteSource } from '../containers/guarded-file.ts';
import { refusal, type Place } from '../refusal.ts';

/** Values counted up to here, kept as classes or categories; a column with more is no class. */
export const maxDistinct = 1000;

export interface Column {
  readonly name: string;
  /** Every value that isn't missing is a number. */
  readonly numeric: boolean;
  /** Every value that isn't missing is a whole number. */
  readonly whole: boolean;
  readonly missing: number;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** Different values in the order in which they came, at most one more than `maxDistinct`. */
  readonly values: readonly string[];
}

export interface Table {
  readonly header: boolean;
  readonly rows: number;
  readonly columns: readonly Column[];
}

const missingWords = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?', '-', 'nil', 'missing']);

export function isMissing(text: string): boolean {
  return text.length <= 7 && missingWords.has(text.trim().toLowerCase());
}

/** Decimal notation; NaN for all else. The fast way serves the small whole numbers that pixels are. */
export function numberIn(text: string): number {
  const length = text.length;
  if (length > 0 && length <= 3) {
    let value = 0;
    let at = 0;
    for (; at < length; at++) {
      const digit = text.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === length) return value;
  }
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : NaN;
}

interface Tally {
  numeric: boolean;
  whole: boolean;
  missing: number;
  low: number;
  high: number;
  sum: number;
  values: Set<string>;
}

/**
 * The first record is a header where it holds no number but the column beneath does, or where all its fields are text, differ, and none is met again
 * in its column. `most`: records to look at. @throws StudioError `damaged-file` where a record is longer or shorter than the others.
 */
export function surveyTable(
  source: ByteSource,
  separator: Separator,
  place: Place,
  most = Infinity,
  tell?: (bytes: number) => void,
): Table {
  let first: string[] | undefined;
  let tallies: Tally[] = [];
  let rows = 0;
  for (const record of readCsv(source, separator, place, tell)) {
    if (first === undefined) {
      first = record;
      tallies = record.map(() => ({ numeric: true, whole: true, missing: 0, low: Infinity, high: -Infinity, sum: 0, values: new Set() }));
      continue;
    }
    if (record.length !== first.length)
      throw refusal(
        'damaged-file',
        { ...place, member: `record ${rows + 2}` },
        `It has ${record.length} fields where the first one has ${first.length}.`,
        'Give each record as many fields; put quotes around text that holds the separator.',
      );
    for (let at = 0; at < record.length; at++) count(tallies[at]!, record[at]!);
    if (++rows >= most) break;
  }
  if (first === undefined) throw refusal('not-a-dataset', place, 'It is empty.');
  const header = isHeader(first, tallies, rows);
  if (!header) {
    first.forEach((text, at) => count(tallies[at]!, text));
    rows++;
  }
  const names = first.map((text, at) => (header && text.trim() !== '' ? text.trim() : `column ${at + 1}`));
  return {
    header,
    rows,
    columns: tallies.map(({ sum, values, ...tally }, at) => {
      const filled = rows - tally.missing;
      return {
        ...tally,
        name: names[at]!,
        numeric: tally.numeric && filled > 0,
        whole: tally.whole && tally.numeric,
        mean: filled > 0 ? sum / filled : 0,
        values: [...values],
      };
    }),
  };
}

function count(tally: Tally, text: string): void {
  const value = numberIn(text);
  if (value !== value) {
    if (isMissing(text)) {
      tally.missing++;
      return;
    }
    tally.numeric = tally.whole = false;
  } else {
    if (tally.whole && !Number.isInteger(value)) tally.whole = false;
    if (value < tally.low) tally.low = value;
    if (value > tally.high) tally.high = value;
    tally.sum += value;
  }
  if (tally.values.size <= maxDistinct) tally.values.add(text.trim());
}

function isHeader(first: readonly string[], tallies: readonly Tally[], rows: number): boolean {
  if (rows === 0) return false;
  const text = first.map((field) => Number.isNaN(numberIn(field)) && !isMissing(field));
  if (tallies.some(({ numeric, missing }, at) => numeric && missing < rows && text[at])) return true;
  const unmet = first.every((field, at) => !tallies[at]!.values.has(field.trim()));
  return text.every(Boolean) && unmet && new Set(first).size === first.length;
}

/** The likelier ones first: a table may well have an `x` and a `y` beside its `label`. */
const labelNames = [
  /^labels?$/i,
  /^(class|classes|targets?)$/i,
  /^(category|species|diagnosis|outcome|answer|digit|variety|quality)$/i,
  /^(y|type)$/i,
];

/** As a class it may have this many values at most among so many rows: measured values have about as many as there are rows. */
function looksLikeClasses({ numeric, whole, values, missing }: Column, rows: number): boolean {
  return (
    missing < rows && values.length >= 2 && values.length <= maxDistinct && (!numeric || whole) && values.length <= Math.max(20, rows / 4)
  );
}

/** By name, else the last column where it looks like classes, else the first; null where none does. */
export function guessLabel({ columns, rows }: Table): number | null {
  for (const words of labelNames) {
    const named = columns.findIndex(({ name }) => words.test(name));
    if (named >= 0) return named;
  }
  const last = columns.length - 1;
  if (columns.length > 1 && looksLikeClasses(columns[last]!, rows)) return last;
  if (columns.length > 1 && looksLikeClasses(columns[0]!, rows)) return 0;
  return null;
}

/** Of numbers that are to be answered several, parted by commas, where no column has all of that as its name. @throws StudioError `bad-input`. */
export function labelColumns(table: Table, { label, task }: Pick<DataOptions, 'label' | 'task'>, place: Place): number[] {
  if (label !== undefined && label.includes(',') && !table.columns.some(({ name }) => name === label)) {
    const each = label.split(',').map((part) => labelColumn(table, part.trim(), task, place));
    return [...new Set(each)].sort((a, b) => a - b);
  }
  return [labelColumn(table, label, task, place)];
}

/** By name, or by number from 1. */
export function labelColumn(table: Table, wanted: string | undefined, task: DataOptions['task'], place: Place): number {
  const { columns } = table;
  const names = columns.map(({ name }) => name);
  const list = names.length <= 12 ? names.join(', ') : `${names.slice(0, 10).join(', ')}, … (${names.length} columns)`;
  if (wanted === undefined) {
    const guessed = guessLabel(table);
    if (guessed !== null && (task !== 'regression' || columns[guessed]!.numeric)) return guessed;
    if (task === 'regression' && columns.length > 1 && columns.at(-1)!.numeric) return columns.length - 1;
    throw refusal(
      'bad-input',
      place,
      `None of its columns looks like labels: ${list}.`,
      'Name the column that holds them (--label COLUMN).',
    );
  }
  const byName = names.findIndex((name) => name === wanted);
  const byNumber = /^\d+$/.test(wanted) ? Number(wanted) - 1 : -1;
  const at = byName >= 0 ? byName : byNumber;
  if (at >= 0 && at < columns.length) return at;
  throw refusal('bad-input', place, `It has no column ${wanted}; there are ${list}.`, 'Give one of these names, or a number from 1 on.');
}
