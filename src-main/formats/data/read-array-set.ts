// A dataset of named arrays: the members of an .npz, or the .npy files of a folder.
import { basename, join } from 'node:path';
import type { SplitName } from '../dataset-file.ts';
import { openGuarded, type ByteSource } from '../containers/guarded-file.ts';
import { arrayAt, readNpyHeader } from '../containers/npy.ts';
import { openNpz } from '../containers/npz.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import type { DataOptions } from '#contract/data-options.ts';
import type { StudioError } from '#contract/errors.ts';
import { asTargets, readLabels } from './labels.ts';
import { rowsInMemory, rowsOf, type Rows } from './rows.ts';
import type { Opened } from './open-source.ts';
import type { SourceDataset, SourcePart } from './source-dataset.ts';

interface ArraySet {
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

async function readArraySet(format: 'npz' | 'npy', name: string, task: DataOptions['task'], set: ArraySet): Promise<SourceDataset> {
  const part = async (x: string, y: string): Promise<SourcePart> => {
    const rows = await rowsAt(await set.bytesOf(x), set.placeOf(x));
    const place = set.placeOf(y);
    return { rows, labels: readLabels(await rowsAt(await set.bytesOf(y), place), rows.count, place, task), place };
  };
  const parts: { [split in SplitName | 'all']?: SourcePart } = {};
  for (const split of ['train', 'validation', 'test'] as const) {
    const pair = pairOf(
      set,
      new RegExp(`^(?:(?:${inputs})[_-]?(?:${words[split]})|(?:${words[split]})[_-]?(?:${inputs}))$`, 'i'),
      new RegExp(`^(?:(?:${answers})[_-]?(?:${words[split]})|(?:${words[split]})[_-]?(?:${answers}))$`, 'i'),
    );
    if (pair !== undefined) parts[split] = await part(...pair);
  }
  if (parts.train === undefined) {
    const pair = pairOf(set, new RegExp(`^(?:${inputs}|arr_0)$`, 'i'), new RegExp(`^(?:${answers}|arr_1)$`, 'i'));
    if (pair === undefined || Object.keys(parts).length > 0)
      throw refusal(
        'not-a-dataset',
        { file: set.file },
        `Its arrays are ${set.names.slice(0, 8).join(', ') || 'none'}${set.names.length > 8 ? ', …' : ''}.`,
        'Name them x_train, y_train, x_test and y_test, or x and y to have them split.',
      );
    parts.all = await part(...pair);
  }
  const all = Object.values(parts);
  if (!all.some(({ labels }) => labels instanceof Float32Array))
    return { name, credit: null, format, parts, classes: null, features: [], warnings: [] };
  const asNumbers = Object.fromEntries(Object.entries(parts).map(([split, part]) => [split, { ...part, labels: asTargets(part.labels) }]));
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
  return { name, credit: null, format, parts: asNumbers, classes: null, targets, features: [], warnings: [] };
}

/** @throws StudioError `not-a-dataset` where there are samples without labels. */
function pairOf(set: ArraySet, x: RegExp, y: RegExp): [string, string] | undefined {
  const samples = set.names.find((each) => x.test(each));
  const labels = set.names.find((each) => y.test(each));
  if (samples === undefined) return undefined;
  if (labels === undefined)
    throw refusal(
      'not-a-dataset',
      set.placeOf(samples),
      'There are no labels that belong to these samples.',
      `Add an array named ${samples.replace(/^x|data|images?$/i, 'y')}.`,
    );
  return [samples, labels];
}
