// How a folder of pictures says what each shows: a folder a class, the same within train and test, or a table of names and labels.
import { basename, join } from 'node:path';
import type { DataOptions } from '#contract/data-options.ts';
import type { SplitName } from '../dataset-file.ts';
import { guessSeparator, readCsv } from '../containers/csv.ts';
import { openGuarded } from '../containers/guarded-file.ts';
import { refusal } from '../refusal.ts';
import type { Opened } from './open-source.ts';
import { labelColumn, surveyTable, type Table } from './survey-table.ts';

export interface LabelledImage {
  /** Within the folder, with `/`. */
  readonly path: string;
  readonly label: string;
}

export interface ImageLayout {
  readonly format: 'images' | 'labelled-images';
  readonly parts: { readonly [part in SplitName | 'all']?: readonly LabelledImage[] };
  readonly warnings: readonly string[];
}

const imageName = /\.(png|jpe?g|webp)$/i;
/** Pictures of formats that aren't read are refused rather than left out without a word. */
const otherImage = /\.(gif|bmp|tiff?|svg|heic|heif|avif)$/i;
const splitOf: readonly (readonly [SplitName, RegExp])[] = [
  ['train', /^train(ing)?$/i],
  ['validation', /^(val|valid|validation|dev)$/i],
  ['test', /^test(ing)?$/i],
];

export function isImageName(path: string): boolean {
  return imageName.test(path) || otherImage.test(path);
}

/** `paths`: all files of the folder. @throws StudioError `not-a-dataset`, `unsupported`, `bad-input`, `unsafe-file`. */
export function imageLayout(opened: Opened, folder: string, paths: readonly string[], options: DataOptions): ImageLayout {
  const tables = paths.filter((path) => /\.(csv|tsv)$/i.test(path) && !path.includes('/'));
  const images = paths.filter(isImageName);
  return tables.length > 0 ? fromTables(opened, folder, tables, images, options) : fromFolders(folder, images);
}

function fromFolders(folder: string, images: readonly string[]): ImageLayout {
  // Wrapping folders, as archives bring them, say nothing.
  let prefix = '';
  for (;;) {
    const tops = new Set(images.map((path) => path.slice(prefix.length).split('/')));
    const names = new Set([...tops].map(([top]) => top!));
    const [only] = names;
    if (names.size !== 1 || only === undefined || ![...tops].every(({ length }) => length > 2)) break;
    prefix += `${only}/`;
  }
  const place = { file: basename(folder) };
  const parts: { [part in SplitName | 'all']?: LabelledImage[] } = {};
  const known = (top: string) => splitOf.find(([, words]) => words.test(top))?.[0];
  const tops = new Set(images.map((path) => path.slice(prefix.length).split('/')[0]!));
  const split = tops.size > 0 && [...tops].every((top) => known(top) !== undefined);
  for (const path of images) {
    const steps = path.slice(prefix.length).split('/');
    const part = split ? known(steps[0]!)! : 'all';
    const label = steps[split ? 1 : 0]!;
    if (steps.length < (split ? 3 : 2))
      throw refusal(
        'not-a-dataset',
        { ...place, member: path },
        'It lies in no folder of a class.',
        'Put the pictures of each class into a folder of its own, or add a CSV of names and labels.',
      );
    (parts[part] ??= []).push({ path, label });
  }
  return { format: 'images', parts, warnings: [] };
}

function fromTables(
  opened: Opened,
  folder: string,
  tables: readonly string[],
  images: readonly string[],
  options: DataOptions,
): ImageLayout {
  const byName = new Map<string, string>();
  for (const path of images)
    for (const name of [path, path.replace(/\.[^.]*$/, ''), basename(path), basename(path).replace(/\.[^.]*$/, '')])
      if (!byName.has(name)) byName.set(name, path);
  const named = new Map(
    tables.map((name) => [splitOf.find(([, words]) => words.test(name.replace(/[-_. ]?(labels?)?\.[^.]*$/i, '')))?.[0], name]),
  );
  const train = named.get('train');
  const chosen: [SplitName | 'all', string][] =
    train !== undefined
      ? splitOf.flatMap(([split]) => (named.has(split) ? [[split, named.get(split)!] as [SplitName, string]] : []))
      : [['all', tables[0]!]];
  if (train === undefined && tables.length > 1)
    throw refusal(
      'not-a-dataset',
      { file: basename(folder) },
      `It holds ${tables.length} tables: ${tables.slice(0, 5).join(', ')}.`,
      'Leave one, or name them train.csv, validation.csv and test.csv.',
    );
  const warnings: string[] = [];
  const parts: { [part in SplitName | 'all']?: LabelledImage[] } = {};
  for (const [part, name] of chosen) {
    const place = { file: basename(folder), member: name };
    const source = opened.keep(openGuarded(join(folder, name), place));
    const separator = guessSeparator(source);
    const table = surveyTable(source, separator, place);
    const names = nameColumn(table, byName);
    if (names < 0)
      throw refusal(
        'not-a-dataset',
        place,
        "None of its columns holds the names of the folder's pictures.",
        'Give one column the names of the files and another the labels.',
      );
    const label = answerColumn(table, names, options.label, place);
    const found: LabelledImage[] = [];
    const missing: string[] = [];
    let header = table.header;
    for (const record of readCsv(source, separator, place)) {
      if (header) {
        header = false;
        continue;
      }
      const path = byName.get(record[names]!.trim());
      if (path === undefined) missing.push(record[names]!);
      else found.push({ path, label: record[label]!.trim() });
    }
    if (missing.length > 0)
      warnings.push(`${missing.length} rows of ${name} name pictures that aren't there, as ${missing[0]!.slice(0, 80)}.`);
    parts[part] = found;
  }
  return { format: 'labelled-images', parts, warnings };
}

/** The column in which the first values that are met are names of pictures; −1 where there is none. */
function nameColumn({ columns }: Table, byName: ReadonlyMap<string, string>): number {
  return columns.findIndex(
    ({ values }) => values.length > 0 && values.slice(0, 50).filter((value) => byName.has(value)).length * 2 >= Math.min(50, values.length),
  );
}

function answerColumn(table: Table, names: number, wanted: string | undefined, place: { file: string }): number {
  if (wanted !== undefined) return labelColumn(table, wanted, undefined, place);
  const others = table.columns.map((column, at) => ({ column, at })).filter(({ at }) => at !== names);
  const guessed =
    others.length === 1 ? 0 : labelColumn({ ...table, columns: others.map(({ column }) => column) }, undefined, undefined, place);
  return others[guessed]!.at;
}
