// Class labels from a file: whole numbers from 0 on, or one-hot rows; checked against their inputs.
import { refusal, type Place } from '../refusal.ts';
import { pieces, rowLength, type Rows } from './rows.ts';

const maxClasses = 100_000;

/** Worked example: [2, 0] and [[0, 0, 1], [1, 0, 0]] are the same two labels. @throws StudioError `wrong-labels`, `wrong-shape`, `unsupported`. */
export function readLabels(rows: Rows, samples: number, place: Place): Int32Array {
  if (rows.count !== samples)
    throw refusal('wrong-shape', place, `There are ${samples} samples but ${rows.count} labels.`, 'Give each sample exactly one label.');
  const width = rowLength(rows);
  if (rows.shape.length > 1 || width < 1)
    throw refusal(
      'wrong-labels',
      place,
      `Labels of shape (${[rows.count, ...rows.shape].join(', ')}) are neither numbers nor one-hot rows.`,
      'Save them as (N) whole numbers or (N, classes) one-hot rows.',
    );
  const labels = new Int32Array(samples);
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
      'Espalier trains classifiers: turn the values into classes, numbered from 0 on.',
    );
  throw refusal('wrong-labels', place, `Label ${row} is ${told}; labels are whole numbers from 0 to ${maxClasses - 1}.`);
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
    'Save the labels as (N) whole numbers or (N, classes) one-hot rows.',
  );
}
