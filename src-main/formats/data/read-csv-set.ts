// Tables as datasets: one CSV, or train.csv, test.csv and validation.csv of a folder; text becomes categories, gaps are filled, pixels stay bytes.
import { basename, join } from 'node:path';
import type { DataOptions } from '#contract/data-options.ts';
import type { SplitName } from '../dataset-file.ts';
import { guessSeparator, scanCsv, type Separator } from '../containers/csv.ts';
import type { ByteSource } from '../containers/guarded-file.ts';
import { bytesOf } from '../tensor-file/layout.ts';
import { refusal, type Place } from '../refusal.ts';
import type { Opened } from './open-source.ts';
import { rowsOf } from './rows.ts';
import type { SourceDataset, SourcePart } from './source-dataset.ts';
import { answersOf, type Answers } from './csv-answers.ts';
import { isMissing, mergedColumn } from './column-tally.ts';
import { isLabelName, labelColumns } from './label-column.ts';
import { openTable } from './open-table.ts';
import { surveyTable, type Column, type Table } from './survey-table.ts';
import { planFeatures, type Plan } from './table-features.ts';

interface CsvPart {
  readonly name: SplitName | 'all';
  readonly place: Place;
  readonly source: ByteSource;
  readonly separator: Separator;
  readonly table: Table;
}

/** `files`: one, or one for each split. @throws StudioError `not-a-dataset`, `damaged-file`, `over-limit`, `bad-input`, `wrong-labels`. */
export async function readCsvSet(
  opened: Opened,
  name: string,
  files: { readonly [part in SplitName | 'all']?: string },
  options: DataOptions,
  tell: (share: number) => void,
): Promise<SourceDataset> {
  const parts: Omit<CsvPart, 'table'>[] = [];
  for (const [part, path] of Object.entries(files)) {
    const place = { file: basename(path) };
    const source = await openTable(opened, path, place);
    parts.push({ name: part as SplitName | 'all', place, source, separator: guessSeparator(source) });
  }
  const total = 2 * parts.reduce((sum, { source }) => sum + source.bytes, 0);
  let before = 0;
  const telling = (source: ByteSource) => {
    const start = before;
    before += source.bytes;
    return (bytes: number) => tell((start + bytes) / total);
  };
  const all = parts.map((part): CsvPart => ({
    ...part,
    table: surveyTable(part.source, part.separator, part.place, Infinity, telling(part.source)),
  }));
  const first = all[0]!;
  const wanted = labelColumns(first.table, options, first.place);
  const names = wanted.map((at) => first.table.columns[at]!.name);
  const unanswered = all.filter((part) => part !== first && lacksOnly(part.table, first.table, wanted));
  const surveyed = all.filter((part) => !unanswered.includes(part));
  const columns = first.table.columns.map((_, at) => merged(surveyed, at));
  const rows = surveyed.reduce((sum, { table }) => sum + table.rows, 0);
  const answers = answersOf({ columns, rows }, wanted, options.task, first.place);
  const plan = planFeatures(columns, rows, wanted, first.place);
  const sets = Object.fromEntries(
    surveyed.map((part) => [part.name, encode(opened, part, { columns, wanted, answers, plan }, telling(part.source))]),
  );
  const unlabelled = Math.max(...wanted.map((at) => columns[at]!.missing));
  const guessed = options.label === undefined && !isLabelName(names[0]!);
  return {
    name,
    credit: null,
    format: 'csv',
    parts: sets,
    classes: answers.kind === 'classes' ? answers.names : null,
    ...(answers.kind === 'numbers' ? { targets: names } : {}),
    features: plan.pixels ? [] : plan.features,
    warnings: [
      ...(guessed ? [`The labels are taken from ${names[0]!}, as no column has a name for them; --label chooses another.`] : []),
      ...(answers.kind === 'numbers' ? answers.warnings : []),
      ...unanswered.map(({ place: { file } }) => `${file} is left out: it has no column ${names.join(', ')} to be compared with.`),
      ...plan.warnings,
      ...(unlabelled > 0 ? [`${unlabelled} rows without a label in ${names.join(', ')} are left out.`] : []),
    ],
  };
}

/** Whether a file has all columns but those of the labels, as tests of competitions do. */
function lacksOnly({ columns }: Table, whole: Table, wanted: readonly number[]): boolean {
  const rest = whole.columns.filter((_, at) => !wanted.includes(at));
  return columns.length === rest.length && rest.every(({ name }, at) => columns[at]!.name === name);
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
        `Its columns are not those of ${first!.place.file}: ${table.columns.length === first!.table.columns.length ? `${column!.name} stands where ${own.name} should` : `it has ${table.columns.length} where there are ${first!.table.columns.length}`}.`,
        'Give all files the same columns in the same order.',
      );
    return mergedColumn(sum, column);
  }, own);
}

function encode(
  opened: Opened,
  { source, separator, place, table }: CsvPart,
  {
    columns,
    wanted,
    answers,
    plan,
  }: { readonly columns: readonly Column[]; readonly wanted: readonly number[]; readonly answers: Answers; readonly plan: Plan },
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
  const decimals = columns.map(({ decimal }) => decimal);
  let header = table.header;
  for (const record of scanCsv(source, separator, place, tell)) {
    if (header) {
      header = false;
      continue;
    }
    if (wanted.some((column) => !finite(record.number(column, decimals[column])) && isMissing(record.text(column), true))) continue;
    count++;
    for (const column of wanted)
      labels.push(answers.kind === 'classes' ? answers.indexOf(record, column) : record.number(column, decimals[column]));
    const row = filled * width;
    for (const { column, at, categories, decimal, filling } of plan.columns) {
      if (categories === null) {
        const value = record.number(column, decimal);
        piece[row + at] = finite(value) ? value : filling;
      } else {
        const category = categories.get(record.text(column).trim());
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

function finite(value: number): boolean {
  return value - value === 0;
}

/** The CSV files of a folder by their split, or undefined where they are not one file or named for splits. */
export function csvParts(folder: string, names: readonly string[]): { [part in SplitName | 'all']?: string } | undefined {
  const tables = names.filter((name) => /\.(csv|tsv|data)(\.gz)?$/i.test(name));
  const files = tables.length > 0 ? tables : names.filter((name) => /\.txt$/i.test(name) && !/^(readme|licen[cs]e|notes?)/i.test(name));
  if (files.length === 1) return { all: join(folder, files[0]!) };
  const left = new Set(files);
  const take = (words: RegExp): string | undefined => {
    const found = [...left].find((name) => words.test(name));
    if (found !== undefined) left.delete(found);
    return found === undefined ? undefined : join(folder, found);
  };
  const train = take(/(^|[-_. ])train/i);
  const validation = take(/(^|[-_. ])(val|valid|validation|dev)(?![a-z])/i);
  const test = take(/(^|[-_. ])test/i);
  if (train === undefined) return undefined;
  return { train, ...(validation === undefined ? {} : { validation }), ...(test === undefined ? {} : { test }) };
}
