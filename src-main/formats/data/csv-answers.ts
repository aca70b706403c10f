// What the label columns of a table are: classes to be told apart, or numbers to be answered.
import type { DataOptions } from '#contract/data-options.ts';
import { refusal, type Place } from '../refusal.ts';
import type { CsvRecord } from '../containers/csv.ts';
import { maxDistinct } from './column-tally.ts';
import type { Column, Table } from './survey-table.ts';

/** Numbers with more different values than this are measured ones where they have fractions, or aren't numbered as classes are. */
const few = 20;
const classNames = /^(labels?|class(es)?|category|digit|species|(class|label)_?id)$/i;

/**
 * Classes are few, or are called so, or are numbered from 0 or 1 with hardly a gap and several rows each. Worked example: prices of 663 different
 * whole amounts are measured; 1 to 26 in 88,800 rows are letters.
 */
function isMeasured({ name, numeric, whole, low, high, values }: Column, rows: number): boolean {
  if (!numeric) return false;
  if (!whole && values.length * 2 > rows) return true;
  if (values.length <= few) return false;
  if (!whole || values.length > maxDistinct) return true;
  const numbered = low >= 0 && low <= 1 && values.length >= 0.95 * (high - low + 1) && values.length * 4 <= rows;
  return !numbered && !classNames.test(name);
}

/** @throws StudioError `wrong-labels` where the columns can't be what they are taken for. */
export function answersOf(
  { columns, rows }: Pick<Table, 'columns' | 'rows'>,
  wanted: readonly number[],
  task: DataOptions['task'],
  place: Place,
): Answers {
  const chosen = wanted.map((at) => columns[at]!);
  const text = chosen.find(({ numeric }) => !numeric);
  if (task === 'regression' || chosen.length > 1 || (task === undefined && isMeasured(chosen[0]!, rows))) {
    if (text === undefined && chosen.length > 1 && task === 'classification')
      throw refusal('wrong-labels', place, 'Classes stand in one column.', 'Name one column for the labels.');
    if (text !== undefined)
      throw refusal(
        'wrong-labels',
        { ...place, member: text.name },
        'Its values are words, not numbers to be answered.',
        'Choose columns of numbers, or have one column told apart as classes (--task classification).',
      );
    const guessed = task === undefined && chosen.length === 1 && chosen[0]!.whole;
    const told = guessed
      ? [
          `The ${chosen[0]!.values.length > maxDistinct ? `more than ${maxDistinct}` : chosen[0]!.values.length} different whole numbers in ${chosen[0]!.name} are taken as measured, to be answered as numbers; --task classification tells them apart as classes.`,
        ]
      : [];
    return { kind: 'numbers', warnings: told };
  }
  const { name, values } = chosen[0]!;
  if (values.length > maxDistinct)
    throw refusal(
      'wrong-labels',
      { ...place, member: name },
      `It has more than ${maxDistinct} different values, too many for classes.`,
      'Choose another column for the labels; numbers can be answered as such (--task regression).',
    );
  return { kind: 'classes', ...classesOf(chosen[0]!) };
}

export type Answers = { readonly kind: 'numbers'; readonly warnings: readonly string[] } | ({ readonly kind: 'classes' } & Classes);

interface Classes {
  /** Null: whole numbers from 0 on, that stand for themselves. */
  readonly names: readonly string[] | null;
  indexOf(record: CsvRecord, field: number): number;
}

/** Whole numbers that begin at 0 keep their number; all else is a class for each value, numbers by size and text by the alphabet. */
function classesOf({ numeric, whole, decimal, low, high, values }: Column): Classes {
  if (numeric && whole && low === 0 && high < maxDistinct)
    return { names: null, indexOf: (record, field) => record.number(field, decimal) };
  const size = (text: string) => Number(decimal === ',' ? text.replace(',', '.') : text);
  const names = [...values].sort((a, b) => (numeric ? size(a) - size(b) : a < b ? -1 : a > b ? 1 : 0));
  const index = new Map(names.map((name, at) => [name, at]));
  return { names, indexOf: (record, field) => index.get(record.text(field).trim()) ?? -1 };
}
