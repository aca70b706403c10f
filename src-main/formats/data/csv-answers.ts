// What the label columns of a table are: classes to be told apart, or numbers to be answered.
import type { DataOptions } from '#contract/data-options.ts';
import { refusal, type Place } from '../refusal.ts';
import { maxDistinct, numberIn, type Column } from './survey-table.ts';

/** Numbers with more different values than this are measured ones where they have fractions. */
const fewFractions = 20;

/** @throws StudioError `wrong-labels` where the columns can't be what they are taken for. */
export function answersOf(columns: readonly Column[], wanted: readonly number[], task: DataOptions['task'], place: Place): Answers {
  const chosen = wanted.map((at) => columns[at]!);
  const measured = ({ numeric, whole, values }: Column) => numeric && values.length > (whole ? maxDistinct : fewFractions);
  const text = chosen.find(({ numeric }) => !numeric);
  if (task === 'regression' || chosen.length > 1 || (task === undefined && measured(chosen[0]!))) {
    if (text === undefined && chosen.length > 1 && task === 'classification')
      throw refusal('wrong-labels', place, 'Classes stand in one column.', 'Name one column for the labels.');
    if (text !== undefined)
      throw refusal(
        'wrong-labels',
        { ...place, member: text.name },
        'Its values are words, not numbers to be answered.',
        'Choose columns of numbers, or have one column told apart as classes (--task classification).',
      );
    return { kind: 'numbers' };
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

export type Answers = { readonly kind: 'numbers' } | ({ readonly kind: 'classes' } & Classes);

interface Classes {
  /** Null: whole numbers from 0 on, that stand for themselves. */
  readonly names: readonly string[] | null;
  indexOf(text: string): number;
}

/** Whole numbers that begin at 0 keep their number; all else is a class for each value, numbers by size and text by the alphabet. */
function classesOf({ numeric, whole, low, high, values }: Column): Classes {
  if (numeric && whole && low === 0 && high < maxDistinct) return { names: null, indexOf: (text) => numberIn(text) };
  const names = [...values].sort((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0));
  const index = new Map(names.map((name, at) => [name, at]));
  return { names, indexOf: (text) => index.get(text.trim()) ?? -1 };
}
