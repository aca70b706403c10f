// Tables as datasets: one CSV, or train.csv, test.csv and validation.csv of a folder; text becomes categories, gaps are filled, pixels stay bytes.
import { basename, join } from 'node:path';
import type { DataOptions } from '#contract/data-options.ts';
import type { SplitName } from '../dataset-file.ts';
import { guessSeparator, readCsv, type Separator } from '../containers/csv.ts';
import { openGuarded, type ByteSource } from '../containers/guarded-file.ts';
import { bytesOf } from '../tensor-file/layout.ts';
import { refusal, type Place } from '../refusal.ts';
import type { Opened } from './open-source.ts';
import { rowsOf } from './rows.ts';
import type { SourceDataset, SourcePart } from './source-dataset.ts';
import { answersOf, type Answers } from './csv-answers.ts';
import { isMissing, labelColumns, numberIn, surveyTable, type Column, type Table } from './survey-table.ts';

/** Text with more different values than this says who, not what: it is left out. */
const maxCategories = 32;
/** As many whole numbers from 0 to 255 are an image: 7 × 7. */
const fewestPixels = 49;

interface CsvPart {
  readonly name: SplitName | 'all';
  readonly place: Place;
  readonly source: ByteSource;
  readonly separator: Separator;
  readonly table: Table;
}

/** `files`: one, or one for each split. @throws StudioError `not-a-dataset`, `damaged-file`, `over-limit`, `bad-input`, `wrong-labels`. */
export function readCsvSet(
  opened: Opened,
  name: string,
  files: { readonly [part in SplitName | 'all']?: string },
  options: DataOptions,
  tell: (share: number) => void,
): SourceDataset {
  const parts = Object.entries(files).map(([part, path]): Omit<CsvPart, 'table'> => {
    const place = { file: basename(path) };
    const source = opened.keep(openGuarded(path, place));
    return { name: part as SplitName | 'all', place, source, separator: guessSeparator(source) };
  });
  const total = 2 * parts.reduce((sum, { source }) => sum + source.bytes, 0);
  let before = 0;
  const telling = (source: ByteSource) => {
    const start = before;
    before += source.bytes;
    return (bytes: number) => tell((start + bytes) / total);
  };
  const surveyed = parts.map((part): CsvPart => ({
    ...part,
    table: surveyTable(part.source, part.separator, part.place, Infinity, telling(part.source)),
  }));
  const first = surveyed[0]!;
  const wanted = labelColumns(first.table, options, first.place);
  const columns = first.table.columns.map((_, at) => merged(surveyed, at));
  const answers = answersOf(columns, wanted, options.task, first.place);
  const plan = planFeatures(columns, wanted, first.place);
  const sets = Object.fromEntries(
    surveyed.map((part) => [part.name, encode(opened, part, { wanted, answers, plan }, telling(part.source))]),
  );
  const unlabelled = Math.max(...wanted.map((at) => columns[at]!.missing));
  const names = wanted.map((at) => columns[at]!.name);
  return {
    name,
    credit: null,
    format: 'csv',
    parts: sets,
    classes: answers.kind === 'classes' ? answers.names : null,
    ...(answers.kind === 'numbers' ? { targets: names } : {}),
    features: plan.pixels ? [] : plan.features,
    warnings: [...plan.warnings, ...(unlabelled > 0 ? [`${unlabelled} rows without a label in ${names.join(', ')} are left out.`] : [])],
  };
}

/** One column over all files. @throws StudioError `wrong-shape` where the files' columns differ. */
function merged(parts: readonly CsvPart[], at: number): Column {
  const [first, ...others] = parts;
  const own = first!.table.columns[at]!;
  return others.reduce((sum: Column, { table, place }) => {
    const column = table.columns[at];
    if (column === undefined || table.columns.length !== first!.table.columns.length || column.name !== own.name)
      throw refusal(
        'wrong-shape',
        place,
        `Its columns are not those of ${first!.place.file}: ${column === undefined ? 'it has fewer' : `${column.name} stands where ${own.name} should`}.`,
        'Give all files the same columns in the same order.',
      );
    return {
      name: own.name,
      numeric: sum.numeric && column.numeric,
      whole: sum.whole && column.whole,
      missing: sum.missing + column.missing,
      low: Math.min(sum.low, column.low),
      high: Math.max(sum.high, column.high),
      mean: sum.mean,
      values: [...new Set([...sum.values, ...column.values])],
    };
  }, own);
}

interface Feature {
  readonly column: number;
  /** Where its first number goes in the sample. */
  readonly at: number;
  /** Null for a number; else each category has a number of its own, 1 where it is the value. */
  readonly categories: ReadonlyMap<string, number> | null;
  /** For a gap in a column of numbers. */
  readonly filling: number;
}

interface Plan {
  readonly columns: readonly Feature[];
  readonly features: readonly string[];
  readonly width: number;
  readonly pixels: boolean;
  readonly warnings: readonly string[];
}

function planFeatures(columns: readonly Column[], wanted: readonly number[], place: Place): Plan {
  const warnings: string[] = [];
  const features: string[] = [];
  const plan: Feature[] = [];
  const gaps: string[] = [];
  for (const [at, column] of columns.entries()) {
    if (wanted.includes(at)) continue;
    const { name, numeric, values, missing, mean } = column;
    if (values.length === 0) warnings.push(`The column ${name} is empty and is left out.`);
    else if (numeric) {
      plan.push({ column: at, at: features.length, categories: null, filling: mean });
      features.push(name);
      if (missing > 0) gaps.push(name);
    } else if (values.length <= maxCategories) {
      const names = [...values].sort();
      plan.push({ column: at, at: features.length, categories: new Map(names.map((value, index) => [value, index])), filling: 0 });
      features.push(...names.map((value) => `${name}=${value}`));
    } else warnings.push(`The column ${name} is left out: text with more than ${maxCategories} different values.`);
  }
  if (plan.length === 0) throw refusal('not-a-dataset', place, 'It has no column to learn from beside the labels.');
  if (gaps.length > 0)
    warnings.push(
      `Gaps in ${gaps.slice(0, 5).join(', ')}${gaps.length > 5 ? ` and ${gaps.length - 5} more` : ''} are filled with the column's mean.`,
    );
  const numbers = plan.map(({ column }) => columns[column]!);
  const pixels =
    plan.length >= fewestPixels &&
    gaps.length === 0 &&
    numbers.every(({ whole, low, high }) => whole && low >= 0 && high <= 255) &&
    numbers.some(({ high }) => high >= 128);
  return { columns: plan, features, width: features.length, pixels, warnings };
}

function encode(
  opened: Opened,
  { source, separator, place, table }: CsvPart,
  { wanted, answers, plan }: { readonly wanted: readonly number[]; readonly answers: Answers; readonly plan: Plan },
  tell: (bytes: number) => void,
): SourcePart {
  const scratch = opened.scratch.file(place);
  const labels: number[] = [];
  let count = 0;
  const { width, pixels } = plan;
  const most = Math.max(1, Math.floor((4 * 1024 * 1024) / width));
  const piece = pixels ? new Uint8Array(most * width) : new Float32Array(most * width);
  let filled = 0;
  const flush = (): void => {
    scratch.append(bytesOf(piece.subarray(0, filled * width)));
    piece.fill(0);
    filled = 0;
  };
  let header = table.header;
  for (const record of readCsv(source, separator, place, tell)) {
    if (header) {
      header = false;
      continue;
    }
    if (wanted.some((column) => isMissing(record[column]!))) continue;
    count++;
    for (const column of wanted) labels.push(answers.kind === 'classes' ? answers.indexOf(record[column]!) : numberIn(record[column]!));
    const row = filled * width;
    for (const { column, at, categories, filling } of plan.columns) {
      const text = record[column]!;
      if (categories === null) {
        const value = numberIn(text);
        piece[row + at] = value === value ? value : filling;
      } else {
        const category = categories.get(text.trim());
        if (category !== undefined) piece[row + at + category] = 1;
      }
    }
    if (++filled === most) flush();
  }
  flush();
  const side = Math.sqrt(width);
  const shape = pixels && Number.isInteger(side) ? [side, side] : [width];
  const stored = { source: scratch.source(), start: 0, shape: [count, ...shape], bigEndian: false };
  return {
    rows: rowsOf({ ...stored, type: pixels ? 'u1' : 'f4' }, place),
    labels: answers.kind === 'classes' ? Int32Array.from(labels) : Float32Array.from(labels),
    place,
  };
}

/** The CSV files of a folder by their split, or undefined where they are not one file or named for splits. */
export function csvParts(folder: string, names: readonly string[]): { [part in SplitName | 'all']?: string } | undefined {
  const files = names.filter((name) => /\.(csv|tsv|txt)$/i.test(name));
  const of = (words: RegExp) => files.find((name) => words.test(name));
  const [train, validation, test] = [of(/^train/i), of(/^(val|valid|validation|dev)\b/i), of(/^test/i)];
  const at = (name: string) => join(folder, name);
  if (train !== undefined)
    return {
      train: at(train),
      ...(validation === undefined ? {} : { validation: at(validation) }),
      ...(test === undefined ? {} : { test: at(test) }),
    };
  return files.length === 1 ? { all: at(files[0]!) } : undefined;
}
