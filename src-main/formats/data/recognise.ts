// What kind of data a path is, by its first bytes and, for a folder, by the names in it.
import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SplitName } from '../dataset-file.ts';
import { guessSeparator } from '../containers/csv.ts';
import { openGuarded, sourceOf } from '../containers/guarded-file.ts';
import { refusal } from '../refusal.ts';
import { isImageName } from './image-layout.ts';
import { otherFormat } from './other-formats.ts';
import { csvParts } from './read-csv-set.ts';
import { isIdxName } from './read-idx-folder.ts';
import { walkFolder } from './walk-folder.ts';

export type Kind =
  | { readonly kind: 'idx' | 'npy-folder' | 'npz-folder'; readonly folder: string; readonly paths: readonly string[] }
  | { readonly kind: 'images'; readonly folder: string; readonly paths: readonly string[]; readonly empty: readonly string[] }
  | { readonly kind: 'csv'; readonly files: { readonly [part in SplitName | 'all']?: string } }
  | { readonly kind: 'npz' | 'npy' };

/** @throws StudioError `not-found`, `not-a-dataset`, `unsafe-file`, `over-limit`; and what the system says. */
export function recognise(path: string): Kind {
  const file = basename(path);
  if (lstatSync(path).isDirectory()) return inFolder(path);
  const probe = openGuarded(path, { file });
  const head = probe.read(0, 64 * 1024);
  probe.close();
  const start = head.toString('latin1', 0, 8);
  if (start.startsWith('PK')) return { kind: 'npz' };
  if (start.startsWith('\x93NUMPY')) return { kind: 'npy' };
  const other = otherFormat(head);
  const named = /\.(csv|tsv)$/i.test(file) || (/\.(csv|tsv|txt|data)\.gz$/i.test(file) && start.startsWith('\x1f\x8b'));
  if (head.length > 0 && (named || (other === undefined && isTable(head)))) return { kind: 'csv', files: { all: path } };
  if (head.length > 0 && other !== undefined) throw refusal(other.code ?? 'unsupported', { file }, `It is ${other.what}.`, other.whatToDo);
  throw refusal(
    'not-a-dataset',
    { file },
    head.length === 0
      ? 'It is empty.'
      : isImageName(file) || isIdxName(file)
        ? 'It is one file of a set.'
        : 'Its first bytes are those of no data that Espalier reads.',
    isImageName(file) || isIdxName(file) ? 'Choose the folder that it lies in.' : undefined,
  );
}

/** Text in columns: parted by a separator, or by spaces alike in each line. */
function isTable(head: Buffer): boolean {
  const text = head.toString('latin1');
  if (/^(\xff\xfe|\xfe\xff)/.test(text)) return true;
  if (!/^[\t\n\r\x20-\x7e\x80-\xff]+$/.test(text)) return false;
  return /[,;\t|]/.test(text) || guessSeparator(sourceOf(head)) === ' ';
}

function inFolder(folder: string): Kind {
  const empty: string[] = [];
  const paths = walkFolder(folder, (path) => empty.push(path));
  const top = paths.filter((path) => !path.includes('/'));
  const of = (ending: RegExp) => paths.filter((path) => ending.test(path));
  if (top.some(isIdxName)) return { kind: 'idx', folder, paths: top };
  if (top.some((name) => /\.npy$/i.test(name))) return { kind: 'npy-folder', folder, paths: top };
  if (paths.some(isImageName)) return { kind: 'images', folder, paths, empty };
  const files = csvParts(folder, top);
  if (files !== undefined) return { kind: 'csv', files };
  if (top.some((name) => /\.npz$/i.test(name))) return { kind: 'npz-folder', folder, paths: of(/^[^/]*\.npz$/i) };
  // What is unpacked or downloaded often lies a folder further down.
  const below = new Set(paths.map((path) => path.split('/')[0]!));
  const [only] = below;
  if (below.size === 1 && top.length === 0) return inFolder(join(folder, only!));
  if (paths.some((path) => /^[^/]+\/[^/]+\.npy$/i.test(path))) return { kind: 'npy-folder', folder, paths: of(/^[^/]+\/[^/]+\.npy$/i) };
  throw refusal(
    'not-a-dataset',
    { file: basename(folder) },
    paths.length === 0
      ? 'It holds no files.'
      : `It holds no data that Espalier knows: ${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ', …' : ''}.`,
  );
}
