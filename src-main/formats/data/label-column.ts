// Which column of a table holds the labels: the one that is named, or the likeliest.
import type { DataOptions } from '#contract/data-options.ts';
import { refusal, type Place } from '../refusal.ts';
import { maxDistinct } from './column-tally.ts';
import type { Column, Table } from './survey-table.ts';

/** The likelier ones first: a table may well have an `x` and a `y` beside its `label`. */
const labelNames = [
  /^labels?$/i,
  /^(class|classes|targets?)$/i,
  /^(category|species|diagnosis|outcome|answer|digit|variety|quality)$/i,
  /^(survived|income|churn(ed)?|default(ed)?|stroke|deposit|attrition|(is_?)?fraud|sentiment|(class|label)_?(id|name))$/i,
  /^(y|type)$/i,
];

export function isLabelName(name: string): boolean {
  return labelNames.some((words) => words.test(name));
}

const indexNames = /^(unnamed: ?0|index|idx|id|row|row_?(id|no|num|number|names?)|no\.?|nr\.?|#|.+[_ .-]id|\w*[a-z]I[dD])$/;

/** Numbers the rows, or names each by a number: nameless as data frames write it, or called an id, with another value in each row. */
export function isIndex({ name, unnamed, whole, values, missing }: Column, rows: number): boolean {
  const named = unnamed || indexNames.test(name) || /^(id|index|unnamed: ?0)$/i.test(name);
  return named && whole && missing === 0 && rows > 1 && (values.length === rows || values.length > maxDistinct);
}

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
  const likely = (at: number) => columns.length > 1 && looksLikeClasses(columns[at]!, rows) && !isIndex(columns[at]!, rows);
  // A separator at the end of each line makes a last column without values.
  const last = columns.findLastIndex(({ values }) => values.length > 0);
  if (last >= 0 && likely(last)) return last;
  return likely(0) ? 0 : null;
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
    const last = columns.findLastIndex(({ values }) => values.length > 0);
    if (task === 'regression' && columns.length > 1 && columns[last]?.numeric === true) return last;
    throw refusal(
      'bad-input',
      place,
      `None of its columns looks like labels: ${list}.`,
      'Name the column that holds them (--label COLUMN); with --task regression the last one is taken, as numbers to be answered.',
    );
  }
  const byName = names.findIndex((name) => name === wanted);
  const byNumber = /^\d+$/.test(wanted) ? Number(wanted) - 1 : -1;
  const at = byName >= 0 ? byName : byNumber;
  if (at >= 0 && at < columns.length) return at;
  throw refusal('bad-input', place, `It has no column ${wanted}; there are ${list}.`, 'Give one of these names, or a number from 1 on.');
}
