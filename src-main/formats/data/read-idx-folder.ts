// A folder of IDX files named as MNIST's or EMNIST's are: …train-images…, …train-labels…, t10k- or test-…, raw or .gz; or one pair of images and labels.
import { basename, join } from 'node:path';
import type { SplitName } from '../dataset-file.ts';
import { openGuarded, type ByteSource } from '../containers/guarded-file.ts';
import { gunzip, isGzip } from '../containers/gzip.ts';
import { readIdxHeader } from '../containers/idx.ts';
import { refusal, type Place } from '../refusal.ts';
import { readLabels } from './labels.ts';
import type { Opened } from './open-source.ts';
import { rowsOf } from './rows.ts';
import type { SourceDataset, SourcePart } from './source-dataset.ts';

const idxName = /[-._]idx\d?(?:[-._]ubyte)?(?:\.gz)?$|[-._]ubyte(?:\.gz)?$/i;

export function isIdxName(name: string): boolean {
  return idxName.test(name);
}

/** @throws StudioError `not-a-dataset`, `damaged-file`, `unsafe-file`, `over-limit`, `wrong-shape`, `wrong-labels`. */
export async function readIdxFolder(opened: Opened, folder: string, files: readonly string[]): Promise<SourceDataset> {
  const names = files.filter(isIdxName).sort();
  const find = (split: RegExp, kind: RegExp) => {
    const found = names.filter((name) => split.test(name) && kind.test(name));
    const [first, ...others] = new Set(found.map((name) => name.replace(/\.gz$/i, '').replaceAll(/[._]/g, '-')));
    if (others.length > 0)
      throw refusal(
        'not-a-dataset',
        { file: basename(folder) },
        `It holds several sets: ${[first, ...others].slice(0, 4).join(', ')}${others.length > 3 ? ', …' : ''}.`,
        'Put the files of the one that you want into a folder of their own.',
      );
    return found[0];
  };
  const part = async (split: RegExp, what: string): Promise<SourcePart> => {
    const [images, labels] = [find(split, /images?|data/i), find(split, /labels?/i)];
    if (images === undefined || labels === undefined)
      throw refusal(
        'not-a-dataset',
        { file: basename(folder) },
        `It holds no ${what}-${images === undefined ? 'images' : 'labels'}-idx… file.`,
      );
    const rows = await idxRows(opened, join(folder, images), { file: basename(folder), member: images });
    const place = { file: basename(folder), member: labels };
    return { rows, labels: readLabels(await idxRows(opened, join(folder, labels), place), rows.count, place), place };
  };
  const parts: { [split in SplitName | 'all']?: SourcePart } = {};
  const splits = { train: /train/i, test: /t10k|test/i, validation: /valid|val-|dev/i };
  for (const split of ['train', 'test', 'validation'] as const) {
    if (names.some((name) => splits[split].test(name))) parts[split] = await part(splits[split], split === 'test' ? 't10k' : split);
  }
  if (parts.train === undefined) {
    if (Object.keys(parts).length > 0) throw refusal('not-a-dataset', { file: basename(folder) }, 'It holds no train-images-idx… file.');
    parts.all = await part(/./, 'any');
  }
  return { name: basename(folder), credit: null, format: 'idx', parts, classes: null, features: [], warnings: [] };
}

async function idxRows(opened: Opened, path: string, place: Place) {
  let source: ByteSource = opened.keep(openGuarded(path, place));
  if (isGzip(source)) {
    const scratch = opened.scratch.file(place);
    await gunzip(source, place, (part) => scratch.append(part));
    source = scratch.source();
  }
  const header = readIdxHeader(source, place);
  return rowsOf({ ...header, source, bigEndian: true }, place);
}
