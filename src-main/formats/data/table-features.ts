// What becomes of the columns beside the labels: numbers, categories, pixels, or nothing; and what is to be said about it.
import { refusal, type Place } from '../refusal.ts';
import type { Decimal } from '../containers/csv.ts';
import { isIndex } from './label-column.ts';
import type { Column } from './survey-table.ts';

/** Text with more different values than this says who, not what: it is left out. */
const maxCategories = 32;
/** As many whole numbers from 0 to 255 are an image: 7 × 7. */
const fewestPixels = 49;

export interface Feature {
  readonly column: number;
  /** Where its first number goes in the sample. */
  readonly at: number;
  /** Null for a number; else each category has a number of its own, 1 where it is the value. */
  readonly categories: ReadonlyMap<string, number> | null;
  readonly decimal: Decimal;
  /** For a gap in a column of numbers. */
  readonly filling: number;
}

export interface Plan {
  readonly columns: readonly Feature[];
  readonly features: readonly string[];
  readonly width: number;
  readonly pixels: boolean;
  readonly warnings: readonly string[];
}

/** @throws StudioError `not-a-dataset` where nothing is left to learn from. */
export function planFeatures(columns: readonly Column[], rows: number, wanted: readonly number[], place: Place): Plan {
  const warnings: string[] = [];
  const features: string[] = [];
  const plan: Feature[] = [];
  const gaps: string[] = [];
  const infinite: string[] = [];
  for (const [at, column] of columns.entries()) {
    if (wanted.includes(at)) continue;
    const { name, unnamed, numeric, decimal, values, missing, mean } = column;
    if (values.length === 0) {
      if (!unnamed) warnings.push(`The column ${name} is empty and is left out.`);
    } else if (isIndex(column, rows))
      warnings.push(`The column ${name} is left out: it numbers the rows. Give it another name to keep it.`);
    else if (numeric) {
      plan.push({ column: at, at: features.length, categories: null, decimal, filling: mean });
      features.push(name);
      if (missing > column.infinite) gaps.push(name);
      if (column.infinite > 0) infinite.push(name);
    } else if (values.length <= maxCategories) {
      const names = [...values].sort();
      plan.push({ column: at, at: features.length, categories: new Map(names.map((value, index) => [value, index])), decimal, filling: 0 });
      features.push(...names.map((value) => `${name}=${value}`));
    } else warnings.push(leftOut(column, rows));
  }
  if (plan.length === 0)
    throw refusal(
      'not-a-dataset',
      place,
      ['It has no column to learn from beside the labels.', ...warnings].join(' '),
      'Give it columns of numbers, or of words with few different values.',
    );
  if (gaps.length > 0) warnings.push(`Gaps in ${listed(gaps)} are filled with the column's mean.`);
  if (infinite.length > 0) warnings.push(`Infinite values in ${listed(infinite)} are replaced by the mean of the column's others.`);
  const numbers = plan.map(({ column }) => columns[column]!);
  const pixels =
    plan.length >= fewestPixels &&
    gaps.length === 0 &&
    numbers.every(({ whole, low, high }) => whole && low >= 0 && high <= 255) &&
    numbers.some(({ high }) => high >= 128);
  return { columns: plan, features, width: features.length, pixels, warnings };
}

/** Text, or numbers with a few words among them that are most likely mistakes. */
function leftOut({ name, odd, firstOdd, missing }: Column, rows: number): string {
  if (odd * 2 < rows - missing)
    return `The column ${name} is left out: ${odd} of its ${rows - missing} values ${odd === 1 ? 'is no number' : 'are no numbers'}, as ${firstOdd}.`;
  return `The column ${name} is left out: text with more than ${maxCategories} different values.`;
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
}
