// A dataset of named arrays: the members of an .npz, or the .npy files of a folder.
import { basename, join } from 'node:path';
import type { SplitName } from '../dataset-file.ts';
import { openGuarded, type ByteSource } from '../containers/guarded-file.ts';
import { arrayAt, readNpyHeader, readTexts } from '../containers/npy.ts';
import { openNpz, type NpzArchive } from '../containers/npz.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import type { DataOptions } from '#contract/data-options.ts';
import type { StudioError } from '#contract/errors.ts';
import { asTargets, classesOfWords, notAlike, readLabels } from './labels.ts';
import { rowsInMemory, rowsOf, type Rows } from './rows.ts';
import type { Opened } from './open-source.ts';
import type { SourceDataset, SourcePart } from './source-dataset.ts';

export interface ArraySet {
  readonly file: string;
  readonly names: readonly string[];
  placeOf(name: string): Place;
  /** The array's bytes, to be read by ranges. */
  bytesOf(name: string): Promise<ByteSource>;
}

const words: Record<SplitName, string> = { train: 'train(?:ing)?', validation: 'val|valid|validation|dev', test: 'test(?:ing)?' };
const inputs = 'x|data|images?|imgs|inputs?|features|samples';
const answers = 'y|labels?|targets?|classes|class';

/** @throws StudioError `not-a-dataset`, `damaged-file`, `unsafe-file`, `over-limit`, `unsupported`, `wrong-shape`, `wrong-labels`. */
export async function readNpz(opened: Opened, path: string, { task }: Pick<DataOptions, 'task'> = {}): Promise<SourceDataset> {
  const file = basename(path);
  const npz = await openNpz(opened.keep(openGuarded(path, { file })), file);
  if (npz.names.length === 0) throw noArrays(npz.members, { file });
  const placeOf = (name: string): Place => ({ file, member: `${name}.npy` });
  return readArraySet('npz', file.replace(/\.npz$/i, ''), task, {
    file,
    names: npz.names,
    placeOf,
    async bytesOf(name) {
      const scratch = opened.scratch.file(placeOf(name));
      await npz.unpack(name, (part) => scratch.append(part));
      return scratch.source();
    },
  });
}

/** One archive, or one for each split: train.npz and test.npz, each with x and y. @throws StudioError as `readNpz`. */
export async function readNpzFolder(
  opened: Opened,
  folder: string,
  files: readonly string[],
  { task }: Pick<DataOptions, 'task'> = {},
): Promise<SourceDataset> {
  const [only] = files;
  if (files.length === 1) return readNpz(opened, join(folder, only!), { task });
  const archives = new Map<string, { readonly file: string; readonly npz: NpzArchive }>();
  for (const file of files) {
    const split = Object.entries(words).find(([, each]) => new RegExp(`(^|[-_. ])(${each})(?![a-z])`, 'i').test(file))?.[0];
    if (split === undefined || archives.has(split))
      throw refusal(
        'not-a-dataset',
        { file: basename(folder), member: file },
        `It is one of ${files.length} archives, and its name does not say which split it holds.`,
        'Name them train.npz, validation.npz and test.npz, or choose one of them.',
      );
    archives.set(split, { file, npz: await openNpz(opened.keep(openGuarded(join(folder, file), { file })), file) });
  }
  const found = (name: string) => ({ ...archives.get(name.split('/')[0]!)!, array: name.slice(name.indexOf('/') + 1) });
  const placeOf = (name: string): Place => ({ file: found(name).file, member: `${found(name).array}.npy` });
  return readArraySet('npz', basename(folder), task, {
    file: basename(folder),
    names: [...archives].flatMap(([split, { npz }]) => npz.names.map((name) => `${split}/${name}`)),
    placeOf,
    async bytesOf(name) {
      const { npz, array } = found(name);
      const scratch = opened.scratch.file(placeOf(name));
      await npz.unpack(array, (part) => scratch.append(part));
      return scratch.source();
    },
  });
}

function noArrays(members: readonly string[], place: Place): StudioError {
  if (members.some((name) => name.startsWith('xl/')))
    return refusal('unsupported', place, 'It is an Excel workbook.', 'Save its sheet as CSV UTF-8.');
  return refusal(
    'not-a-dataset',
    place,
    members.length === 0
      ? 'It is an empty archive.'
      : `It is an archive of other things than arrays: ${members.slice(0, 3).map(printable).join(', ')}${members.length > 3 ? ', …' : ''}.`,
    'Unpack it and choose the file or folder that was in it.',
  );
}

/** A folder of `x_train.npy`, `y_train.npy` and so on. @throws StudioError as `readNpz`. */
export function readNpyFolder(
  opened: Opened,
  folder: string,
  files: readonly string[],
  { task }: Pick<DataOptions, 'task'> = {},
): Promise<SourceDataset> {
  const names = files.filter((name) => /\.npy$/i.test(name)).map((name) => name.slice(0, -4));
  const placeOf = (name: string): Place => ({ file: basename(folder), member: `${name}.npy` });
  const open = (name: string) =>
    opened.keep(
      openGuarded(
        join(
          folder,
          files.find((each) => each.slice(0, -4) === name)!,
        ),
        placeOf(name),
      ),
    );
  return readArraySet('npy', basename(folder), task, {
    file: basename(folder),
    names,
    placeOf,
    bytesOf: (name) => Promise.resolve(open(name)),
  });
}

/** Rows of an array, whatever its order of axes. */
export async function rowsAt(source: ByteSource, place: Place): Promise<Rows> {
  const header = readNpyHeader(source, place);
  if (!header.fortran) return rowsOf({ ...header, source }, place);
  return rowsInMemory(arrayAt(source, header, place), header.type === 'u1' && !header.boolean);
}

export async function readArraySet(format: 'npz' | 'npy', name: string, task: DataOptions['task'], set: ArraySet): Promise<SourceDataset> {
  const pairs: [SplitName | 'all', [string, string]][] = [];
  for (const split of ['train', 'validation', 'test'] as const) {
    const named = (kind: string) => new RegExp(`^(?:(?:${kind})[_-]?(?:${words[split]})|(?:${words[split]})[_/-]?(?:${kind}))$`, 'i');
    const pair = pairOf(set, named(inputs), named(answers));
    if (pair !== undefined) pairs.push([split, pair]);
  }
  if (!pairs.some(([split]) => split === 'train')) {
    const pair = pairOf(set, new RegExp(`^(?:${inputs}|arr_0)$`, 'i'), new RegExp(`^(?:${answers}|arr_1)$`, 'i'));
    if (pair === undefined || pairs.length > 0)
      throw refusal(
        'not-a-dataset',
        { file: set.file },
        `Its arrays are ${set.names.slice(0, 8).join(', ') || 'none'}${set.names.length > 8 ? ', …' : ''}.`,
        'Name them x_train, y_train, x_test and y_test, or x and y to have them split.',
      );
    pairs.push(['all', pair]);
  }
  // One after another: what is still being unpacked when another is refused would be left behind.
  const read: { split: SplitName | 'all'; rows: Rows; answers: ByteSource; place: Place; inputs: Place }[] = [];
  for (const [split, [x, y]] of pairs) {
    const rows = await rowsAt(await set.bytesOf(x), set.placeOf(x));
    read.push({ split, rows, answers: await set.bytesOf(y), place: set.placeOf(y), inputs: set.placeOf(x) });
  }
  const base = { name, credit: null, format, features: [], warnings: [] };
  const texts = read.map((each) => readTexts(each.answers, each.place));
  if (task !== 'regression' && texts.every((each) => each !== undefined)) {
    const { classes, labels } = classesOfWords(texts);
    const parts = read.map(({ split, rows, place, inputs: of }, at): [string, SourcePart] => {
      if (labels[at]!.length !== rows.count) throw notAlike(rows.count, labels[at]!.length, place);
      return [split, { rows, labels: labels[at]!, place, inputs: of }];
    });
    return { ...base, parts: Object.fromEntries(parts), classes };
  }
  const all: SourcePart[] = [];
  for (const { rows, answers: bytes, place, inputs: of } of read)
    all.push({ rows, labels: readLabels(await rowsAt(bytes, place), rows.count, place, task), place, inputs: of });
  const parts = (labels: (part: SourcePart) => SourcePart['labels']) =>
    Object.fromEntries(all.map((part, at) => [read[at]!.split, { ...part, labels: labels(part) }]));
  if (!all.some(({ labels }) => labels instanceof Float32Array))
    return { ...base, parts: parts(({ labels }) => labels), classes: await classNames(set, all) };
  const widths = all.map(({ labels, rows }) => labels.length / Math.max(rows.count, 1));
  const odd = all[widths.findIndex((width) => width !== widths[0])];
  if (odd !== undefined)
    throw refusal(
      'wrong-shape',
      odd.place,
      `Its splits want ${widths.join(' and ')} numbers of each sample.`,
      'Save all splits with one shape.',
    );
  const targets = Array.from({ length: widths[0] ?? 1 }, (_, at) => (widths[0] === 1 ? 'target' : `target ${at + 1}`));
  return { ...base, parts: parts(({ labels }) => asTargets(labels)), classes: null, targets };
}

/** An array of words that names the classes, where it has one for each. */
async function classNames(set: ArraySet, parts: readonly SourcePart[]): Promise<string[] | null> {
  const named = set.names.find((each) => /^(class|label|target)_?names$|^(classes|categories)$/i.test(each));
  if (named === undefined) return null;
  const texts = readTexts(await set.bytesOf(named), set.placeOf(named));
  let largest = 0;
  for (const { labels } of parts) for (const label of labels) largest = Math.max(largest, label);
  return texts !== undefined && new Set(texts).size === texts.length && texts.length > largest ? texts : null;
}

/** Where both are there, `classes` holds the names of the labels. @throws StudioError `not-a-dataset` where there are samples without labels. */
function pairOf(set: ArraySet, x: RegExp, y: RegExp): [string, string] | undefined {
  const samples = set.names.find((each) => x.test(each));
  const found = set.names.filter((each) => y.test(each));
  const labels = found.find((each) => !/class/i.test(each)) ?? found[0];
  if (samples === undefined) return undefined;
  if (labels === undefined)
    throw refusal(
      'not-a-dataset',
      set.placeOf(samples),
      'There are no labels that belong to these samples.',
      `Add an array named ${samples.replace(/x|data|images?$/i, 'y')}.`,
    );
  return [samples, labels];
}
