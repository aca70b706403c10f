// One 2-d array as a table: a column of it holds the labels, the last one if none is named.
import { basename } from 'node:path';
import type { DataOptions } from '#contract/data-options.ts';
import { openGuarded } from '../containers/guarded-file.ts';
import { refusal } from '../refusal.ts';
import { readLabels } from './labels.ts';
import type { Opened } from './open-source.ts';
import { rowsAt } from './read-array-set.ts';
import type { Rows } from './rows.ts';
import type { SourceDataset } from './source-dataset.ts';

/** @throws StudioError `not-a-dataset` for an array of another rank, `bad-input` for a column that isn't there, and what readers of arrays say. */
export async function readTableArray(opened: Opened, path: string, { label, task }: DataOptions): Promise<SourceDataset> {
  const place = { file: basename(path) };
  const rows = await rowsAt(opened.keep(openGuarded(path, place)), place);
  const [width] = rows.shape;
  if (rows.shape.length !== 1 || width === undefined || width < 2)
    throw refusal(
      'not-a-dataset',
      place,
      `An array of shape (${[rows.count, ...rows.shape].join(', ')}) alone has no labels.`,
      'Give an .npz with x and y, a folder of x.npy and y.npy, or an array (N, columns) with a column of labels.',
    );
  const wanted = label === undefined ? [width - 1] : label.split(',').map((each) => (/^\s*\d+\s*$/.test(each) ? Number(each) - 1 : -1));
  const several = wanted.length > 1;
  if (wanted.some((column) => column < 0 || column >= width) || new Set(wanted).size !== wanted.length || wanted.length >= width)
    throw refusal('bad-input', place, `It has no column ${label ?? ''}; there are ${width}.`, 'Give a number from 1 on.');
  const rest = width - wanted.length;
  const answers = columns(rows, (at) => wanted.includes(at), wanted.length, several ? [wanted.length] : []);
  const inputs = columns(rows, (at) => !wanted.includes(at), rest, [rest]);
  const labels = readLabels(answers, rows.count, place, several ? 'regression' : task);
  const part = { rows: inputs, labels, place };
  const targets = wanted.toSorted((a, b) => a - b).map((column) => `column ${column + 1}`);
  return {
    name: place.file.replace(/\.npy$/i, ''),
    credit: null,
    format: 'npy',
    parts: { all: part },
    classes: null,
    ...(labels instanceof Float32Array ? { targets } : {}),
    features: [],
    warnings: [],
  };
}

function columns(rows: Rows, kept: (column: number) => boolean, width: number, shape: readonly number[]): Rows {
  const whole = rows.shape[0]!;
  return {
    ...rows,
    shape,
    pixels: false,
    read(from, to) {
      const data = rows.read(from, to);
      const result = data.slice(0, (to - from) * width);
      for (let at = 0, next = 0; at < data.length; at++) if (kept(at % whole)) result[next++] = data[at]!;
      return result;
    },
  };
}
