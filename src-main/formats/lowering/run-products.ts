// Products of whole tensors, look-ups and resizing on plain arrays.
import type { Lookup, Resizing } from './plain-network.ts';

type Shape = readonly number[];
type Image = readonly [number, number, number];

/** Worked example: [[1, 2]] × [[3], [4]] = [[11]]; turned, the second one is given as [[3, 4]]. */
export function product(
  turned: boolean,
  [one, other]: readonly [Float32Array, Float32Array],
  [shape, second]: readonly [Shape, Shape],
  output: Shape,
): Float32Array {
  const [rows, columns] = [output.at(-2) ?? 1, output.at(-1) ?? 1];
  const inner = shape.at(-1) ?? 1;
  const matrices = one.length / (rows * inner);
  // A single second matrix serves all of the first.
  const stride = second.length > 2 ? inner * columns : 0;
  const result = new Float32Array(matrices * rows * columns);
  for (let matrix = 0; matrix < matrices; matrix++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let at = 0; at < inner; at++)
          sum +=
            one[(matrix * rows + row) * inner + at]! * other[matrix * stride + (turned ? column * inner + at : at * columns + column)]!;
        result[(matrix * rows + row) * columns + column] = sum;
      }
    }
  }
  return result;
}

export function lookup({ table, width }: Pick<Lookup, 'table' | 'width'>, data: Float32Array): Float32Array {
  const result = new Float32Array(data.length * width);
  data.forEach((row, at) => result.set(table.subarray(Math.trunc(row) * width, (Math.trunc(row) + 1) * width), at * width));
  return result;
}

export function resize(mode: Resizing['mode'], data: Float32Array, [height, width, channels]: Image, [rows, columns]: Image): Float32Array {
  const result = new Float32Array(rows * columns * channels);
  const [down, across] = [height / rows, width / columns];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const to = (row * columns + column) * channels;
      if (mode === 'nearest') {
        const y = Math.min(height - 1, Math.floor((row + 0.5) * down));
        const x = Math.min(width - 1, Math.floor((column + 0.5) * across));
        result.set(data.subarray((y * width + x) * channels, (y * width + x + 1) * channels), to);
        continue;
      }
      const corners = mode === 'corners';
      const [top, bottom, lower] = between(corners ? cornered(row, height, rows) : (row + 0.5) * down - 0.5, height);
      const [left, right, further] = between(corners ? cornered(column, width, columns) : (column + 0.5) * across - 0.5, width);
      for (let channel = 0; channel < channels; channel++) {
        const at = (y: number, x: number): number => data[(y * width + x) * channels + channel]!;
        const above = at(top, left) * (1 - further) + at(top, right) * further;
        const below = at(bottom, left) * (1 - further) + at(bottom, right) * further;
        result[to + channel] = above * (1 - lower) + below * lower;
      }
    }
  }
  return result;
}

/** The first entry on the first, the last on the last. */
function cornered(at: number, from: number, to: number): number {
  return (at * (from - 1)) / Math.max(to - 1, 1);
}

/** The two entries around a place and the second one's share; beyond the ends there is only the end. */
function between(place: number, length: number): readonly [number, number, number] {
  const floor = Math.floor(place);
  return [Math.max(0, floor), Math.min(length - 1, floor + 1), place - floor];
}
