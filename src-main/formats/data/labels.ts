// Class labels from a file: whole numbers from 0 on, or one-hot rows; checked against their inputs.
import type { NumericArray } from '../numeric-array.ts';
import { refusal, type Place } from '../refusal.ts';

const maxClasses = 100_000;

/** @throws StudioError `wrong-labels`, `wrong-shape`. */
export function readLabels({ shape, data }: NumericArray, samples: number, place: Place): Int32Array {
  if (shape[0] !== samples)
    throw refusal('wrong-shape', place, `There are ${samples} samples but ${shape[0] ?? 0} labels.`, 'Give each sample exactly one label.');
  const width = shape.slice(1).reduce((product, size) => product * size, 1);
  if (shape.length > 2 || width < 1)
    throw refusal(
      'wrong-labels',
      place,
      `Labels of shape (${shape.join(', ')}) are neither numbers nor one-hot rows.`,
      'Save them as (N) whole numbers or (N, classes) one-hot rows.',
    );
  const labels = width === 1 ? Int32Array.from(data) : fromOneHot(data, samples, width, place);
  for (let index = 0; index < labels.length; index++) {
    const value = width === 1 ? data[index]! : labels[index]!;
    if (!Number.isInteger(value) || value < 0 || value >= maxClasses) {
      throw refusal(
        'wrong-labels',
        place,
        `Label ${index} is ${Number.isNaN(value) ? 'not a number' : value}; labels are whole numbers from 0 to ${maxClasses - 1}.`,
        'Number the classes from 0 on.',
      );
    }
  }
  return labels;
}

function fromOneHot(data: NumericArray['data'], samples: number, width: number, place: Place): Int32Array {
  return Int32Array.from({ length: samples }, (_, row) => {
    const values = data.subarray(row * width, (row + 1) * width);
    const hot = values.indexOf(1);
    if (hot < 0 || values.some((value, column) => value !== (column === hot ? 1 : 0))) {
      throw refusal(
        'wrong-labels',
        place,
        `Row ${row} of the labels is not one-hot: exactly one 1 among zeros.`,
        'Save the labels as (N) whole numbers or (N, classes) one-hot rows.',
      );
    }
    return hot;
  });
}
