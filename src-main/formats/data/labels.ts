// Labels from a file: whole numbers from 0 on or one-hot rows for classes, any numbers where they are to be answered; checked against their inputs.
import type { DataOptions } from '#contract/data-options.ts';
import type { StudioError } from '#contract/errors.ts';
import { refusal, type Place } from '../refusal.ts';
import { pieces, rowLength, type Rows } from './rows.ts';

const maxClasses = 100_000;
const maxTargets = 10_000;

/** Classes as whole numbers; targets as floats, those of one sample after one another. */
export type Labels = Int32Array | Float32Array;

/**
 * Worked example: [2, 0] and [[0, 0, 1], [1, 0, 0]] are the same two labels; [0.5, 2] and [[1.5, 2], [0, 1]] are numbers. `task`: what they are,
 * where it is not to be guessed. @throws StudioError `wrong-labels`, `wrong-shape`, `unsupported`.
 */
export function readLabels(rows: Rows, samples: number, place: Place, task?: DataOptions['task']): Labels {
  if (rows.count !== samples) throw notAlike(samples, rows.count, place);
  const width = rowLength(rows);
  if ((rows.shape.length > 1 && width !== 1) || width < 1 || width > maxClasses)
    throw refusal(
      'wrong-labels',
      place,
      `Labels of shape (${[rows.count, ...rows.shape].join(', ')}) are neither numbers nor one-hot rows.`,
      'Save them as (N) whole numbers, (N, classes) one-hot rows, or (N, targets) numbers to be answered.',
    );
  return (task ?? (looksMeasured(rows, width) ? 'regression' : 'classification')) === 'regression'
    ? targetsOf(rows, width, place)
    : classesOf(rows, width, place);
}

export function notAlike(samples: number, labels: number, place: Place): StudioError {
  return refusal('wrong-shape', place, `There are ${samples} samples but ${labels} labels.`, 'Give each sample exactly one label.');
}

/** Words as classes by the alphabet, over all splits alike. */
export function classesOfWords(words: readonly (readonly string[])[]): { readonly classes: string[]; readonly labels: Int32Array[] } {
  const classes = [...new Set(words.flat())].sort();
  const index = new Map(classes.map((name, at) => [name, at]));
  return { classes, labels: words.map((each) => Int32Array.from(each, (word) => index.get(word)!)) };
}

/** The same labels as numbers: where one split of a set happens to hold whole ones alone. */
export function asTargets(labels: Labels): Float32Array {
  return labels instanceof Float32Array ? labels : Float32Array.from(labels);
}

/** A fraction in a column, or anything but zeros and ones in rows of several numbers. */
function looksMeasured(rows: Rows, width: number): boolean {
  if (rows.dtype !== 'float32' && width === 1) return false;
  for (const [from, to] of pieces(rows)) {
    const data = rows.read(from, to);
    for (const value of data) if (width === 1 ? value % 1 !== 0 && Number.isFinite(value) : value !== 0 && value !== 1) return true;
  }
  return false;
}

function targetsOf(rows: Rows, width: number, place: Place): Float32Array {
  if (width > maxTargets) throw refusal('over-limit', place, `${width} numbers are wanted of each sample; at most ${maxTargets} are read.`);
  const targets = new Float32Array(rows.count * width);
  for (const [from, to] of pieces(rows)) {
    const data = rows.read(from, to);
    const odd = data.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0)
      throw refusal(
        'wrong-labels',
        place,
        `Label ${from + Math.floor(odd / width)} is infinite or not a number.`,
        'Leave such samples out, or fill in what is missing.',
      );
    targets.set(data, from * width);
  }
  return targets;
}

function classesOf(rows: Rows, width: number, place: Place): Int32Array {
  const labels = new Int32Array(rows.count);
  for (const [from, to] of pieces(rows)) {
    const data = rows.read(from, to);
    for (let row = from; row < to; row++)
      labels[row] = width === 1 ? whole(data[row - from]!, row, place) : hotOf(data, row - from, width, row, place);
  }
  return labels;
}

function whole(value: number, row: number, place: Place): number {
  if (Number.isInteger(value) && value >= 0 && value < maxClasses) return value;
  const told = Number.isNaN(value) ? 'not a number' : String(value);
  if (Number.isFinite(value) && !Number.isInteger(value))
    throw refusal(
      'wrong-labels',
      place,
      `Label ${row} is ${told}: a measured value, not a class.`,
      'Number the classes from 0 on, or have the values answered as numbers (--task regression).',
    );
  throw refusal(
    'wrong-labels',
    place,
    `Label ${row} is ${told}; labels are whole numbers from 0 to ${maxClasses - 1}.`,
    'Number the classes from 0 on, or have the values answered as numbers (--task regression).',
  );
}

function hotOf(data: ArrayLike<number>, at: number, width: number, row: number, place: Place): number {
  let hot = -1;
  for (let column = 0; column < width; column++) {
    const value = data[at * width + column]!;
    if (value === 1 && hot < 0) hot = column;
    else if (value !== 0) hot = width;
  }
  if (hot >= 0 && hot < width) return hot;
  throw refusal(
    'wrong-labels',
    place,
    `Row ${row} of the labels is not one-hot: exactly one 1 among zeros.`,
    'Save the labels as (N) whole numbers or (N, classes) one-hot rows; or have them answered as numbers (--task regression).',
  );
}
