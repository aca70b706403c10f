// Tables of the names of pictures and their labels, beside the pictures: one, or one for each split.
import { basename, join } from 'node:path';
import type { DataOptions } from '#contract/data-options.ts';
import type { SplitName } from '../dataset-file.ts';
import { guessSeparator, scanCsv, type Separator } from '../containers/csv.ts';
import type { ByteSource } from '../containers/guarded-file.ts';
import { refusal, type Place } from '../refusal.ts';
import { isMissing, mergedColumn } from './column-tally.ts';
import { answersOf } from './csv-answers.ts';
import type { ImageLayout, LabelledImage } from './image-layout.ts';
import { labelColumn } from './label-column.ts';
import { openTable } from './open-table.ts';
import type { Opened } from './open-source.ts';
import { surveyTable, type Table } from './survey-table.ts';

const splitOf: readonly (readonly [SplitName, RegExp])[] = [
  ['train', /^train(ing)?$/i],
  ['validation', /^(val|valid|validation|dev)$/i],
  ['test', /^test(ing)?$/i],
];

export function splitNamed(word: string): SplitName | undefined {
  return splitOf.find(([, words]) => words.test(word))?.[0];
}

interface NamingTable {
  readonly part: SplitName | 'all';
  readonly place: Place & { readonly member: string };
  readonly source: ByteSource;
  readonly separator: Separator;
  readonly table: Table;
  readonly names: number;
  readonly label: number;
}

/** Undefined where the tables are of something else and folders tell the classes. @throws StudioError `not-a-dataset`, `bad-input`, `wrong-labels`. */
export async function imagesOfTables(
  opened: Opened,
  folder: string,
  files: readonly string[],
  images: readonly string[],
  options: DataOptions,
): Promise<ImageLayout | undefined> {
  const byName = namesOf(images);
  const chosen = chooseTables(folder, files);
  /** Two folders of pictures tell more than a list of classes or a note does. */
  const folders = new Set(images.map((path) => path.split('/').slice(0, -1).join('/'))).size > 1;
  const tables: NamingTable[] = [];
  for (const [part, name] of chosen) {
    const place = { file: basename(folder), member: name };
    const source = await openTable(opened, join(folder, name), place);
    const separator = guessSeparator(source);
    const table = /\.txt$/i.test(name) && folders ? tryTable(source, separator, place) : surveyTable(source, separator, place);
    const names = table === undefined ? -1 : nameColumn(table, byName);
    if (table === undefined || names < 0 || (folders && table.rows * 4 < images.length)) {
      if (folders || /\.txt$/i.test(name)) continue;
      throw refusal(
        'not-a-dataset',
        place,
        "None of its columns holds the names of the folder's pictures.",
        'Give one column the names of the files and another the labels.',
      );
    }
    tables.push({ part, place, source, separator, table, names, label: answerColumn(table, names, options.label, place) });
  }
  const [first] = tables;
  if (first === undefined) return undefined;
  const column = tables.map(({ table, label }) => table.columns[label]!).reduce(mergedColumn);
  const rows = tables.reduce((sum, { table }) => sum + table.rows, 0);
  const answers = answersOf({ columns: [column], rows }, [0], options.task, first.place);
  const warnings: string[] = answers.kind === 'numbers' ? [...answers.warnings] : [];
  const parts: { [part in SplitName | 'all']?: LabelledImage[] } = {};
  const classes = answers.kind === 'classes' ? (answers.names ?? Array.from({ length: column.high + 1 }, (_, at) => String(at))) : [];
  for (const { part, place, source, separator, table, names, label } of tables) {
    const found: LabelledImage[] = [];
    const absent: string[] = [];
    let unlabelled = 0;
    let header = table.header;
    for (const record of scanCsv(source, separator, place)) {
      if (header) {
        header = false;
        continue;
      }
      const path = byName.get(record.text(names).trim());
      const number = record.number(label, column.decimal);
      if (path === undefined) absent.push(record.text(names));
      else if (isMissing(record.text(label), true)) unlabelled++;
      else if (answers.kind === 'numbers') found.push({ path, label: String(number), numbers: [number] });
      else found.push({ path, label: classes[answers.indexOf(record, label)]! });
    }
    if (absent.length > 0)
      warnings.push(`${absent.length} rows of ${place.member} name pictures that aren't there, as ${absent[0]!.slice(0, 80)}.`);
    if (unlabelled > 0) warnings.push(`${unlabelled} rows of ${place.member} without a label are left out.`);
    parts[part] = found;
  }
  const named = new Set(Object.values(parts).flatMap((some) => some.map(({ path }) => path))).size;
  if (named < images.length)
    warnings.push(
      `${images.length - named} of ${images.length} pictures have no label in ${chosen.map(([, name]) => name).join(', ')} and are left out.`,
    );
  return { format: 'labelled-images', parts, classes, warnings, ...(answers.kind === 'numbers' ? { targets: [column.name] } : {}) };
}

/** Pictures by all that a table may call them: with their folders or without, with their ending or without. */
function namesOf(images: readonly string[]): Map<string, string> {
  const byName = new Map<string, string>();
  for (const path of images)
    for (const name of [path, path.replace(/\.[^.]*$/, ''), basename(path), basename(path).replace(/\.[^.]*$/, '')])
      if (!byName.has(name)) byName.set(name, path);
  return byName;
}

function chooseTables(folder: string, files: readonly string[]): (readonly [SplitName | 'all', string])[] {
  const tables = files.some((name) => !/\.txt$/i.test(name)) ? files.filter((name) => !/\.txt$/i.test(name)) : files;
  const named = new Map(tables.map((name) => [splitNamed(name.replace(/[-_. ]?(labels?)?\.[^.]*$/i, '')), name]));
  if (named.has('train'))
    return (['train', 'validation', 'test'] as const).flatMap((split) => (named.has(split) ? [[split, named.get(split)!] as const] : []));
  if (tables.length === 1 || tables.every((name) => /\.txt$/i.test(name))) return tables.slice(0, 1).map((name) => ['all', name] as const);
  throw refusal(
    'not-a-dataset',
    { file: basename(folder) },
    `It holds ${tables.length} tables: ${tables.slice(0, 5).join(', ')}.`,
    'Leave one, or name them train.csv, validation.csv and test.csv.',
  );
}

/** A text file beside folders of pictures is mostly a note. */
function tryTable(source: ByteSource, separator: Separator, place: Place): Table | undefined {
  try {
    return surveyTable(source, separator, place);
  } catch {
    return undefined;
  }
}

/** The column in which the first values that are met are names of pictures; −1 where there is none. */
function nameColumn({ columns }: Table, byName: ReadonlyMap<string, string>): number {
  return columns.findIndex(
    ({ values }) => values.length > 0 && values.slice(0, 50).filter((value) => byName.has(value)).length * 2 >= Math.min(50, values.length),
  );
}

function answerColumn(table: Table, names: number, wanted: string | undefined, place: Place): number {
  if (table.columns.length < 2)
    throw refusal('not-a-dataset', place, 'It has names of pictures but no labels.', 'Give it a column of labels.');
  if (wanted !== undefined) return labelColumn(table, wanted, undefined, place);
  const others = table.columns.map((column, at) => ({ column, at })).filter(({ at }) => at !== names);
  const guessed =
    others.length === 1 ? 0 : labelColumn({ ...table, columns: others.map(({ column }) => column) }, undefined, undefined, place);
  return others[guessed]!.at;
}
