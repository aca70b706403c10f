// Merging, moving and pooling of whole tensors.
import type { LayerNormalization, Merge, ParametricRectifier } from './plain-network.ts';

type Shape = readonly number[];

/** Entries from one step along each axis to the next, row-major. */
export function stridesOf(shape: Shape): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** For every entry of `shape` the entry of a tensor that `strides` and `start` describe. */
export function gather(shape: Shape, strides: readonly number[], start = 0): Int32Array {
  let indices = Int32Array.of(start);
  shape.forEach((length, axis) => {
    const next = new Int32Array(indices.length * length);
    indices.forEach((index, at) => {
      for (let step = 0; step < length; step++) next[at * length + step] = index + step * strides[axis]!;
    });
    indices = next;
  });
  return indices;
}

/** Strides with which a tensor of `shape` is read as if it had the shape `over`: 0 along what stretches. */
export function stretchedStrides(shape: Shape, over: Shape): number[] {
  const own = stridesOf(shape);
  const missing = over.length - shape.length;
  return over.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : own[axis - missing]!));
}

const merging: Readonly<Record<Merge['mode'], (one: number, other: number) => number>> = {
  add: (one, other) => one + other,
  subtract: (one, other) => one - other,
  multiply: (one, other) => one * other,
  maximum: Math.max,
  minimum: Math.min,
};

export function merge(
  mode: Merge['mode'],
  [one, other]: readonly [Float32Array, Float32Array],
  [shape, otherShape]: readonly [Shape, Shape],
  output: Shape,
): Float32Array {
  const both = merging[mode];
  const [left, right] = [gather(output, stretchedStrides(shape, output)), gather(output, stretchedStrides(otherShape, output))];
  return Float32Array.from(left, (from, at) => both(one[from]!, other[right[at]!]!));
}

export function prelu(
  { alpha, alphaShape }: Pick<ParametricRectifier, 'alpha' | 'alphaShape'>,
  data: Float32Array,
  shape: Shape,
): Float32Array {
  const slopes = gather(shape, stretchedStrides(alphaShape, shape));
  return data.map((value, at) => (value >= 0 ? value : value * alpha[slopes[at]!]!));
}

export function concatenate(axis: number, given: readonly Float32Array[], shapes: readonly Shape[]): Float32Array {
  const outer = (shapes[0] ?? []).slice(0, axis).reduce((product, size) => product * size, 1);
  const rows = given.map((data) => data.length / outer);
  const result = new Float32Array(given.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (let block = 0; block < outer; block++) {
    given.forEach((data, index) => {
      result.set(data.subarray(block * rows[index]!, (block + 1) * rows[index]!), at);
      at += rows[index]!;
    });
  }
  return result;
}

export function pad(edges: readonly (readonly [number, number])[], data: Float32Array, shape: Shape, output: Shape): Float32Array {
  const strides = stridesOf(output);
  const to = gather(
    shape,
    strides,
    edges.reduce((start, [before], axis) => start + before * strides[axis]!, 0),
  );
  const result = new Float32Array(output.reduce((product, size) => product * size, 1));
  data.forEach((value, at) => {
    result[to[at]!] = value;
  });
  return result;
}

export function slice(begin: readonly number[], data: Float32Array, shape: Shape, output: Shape): Float32Array {
  const strides = stridesOf(shape);
  return Float32Array.from(
    gather(
      output,
      strides,
      begin.reduce((start, first, axis) => start + first * strides[axis]!, 0),
    ),
    (from) => data[from]!,
  );
}

export function transpose(axes: readonly number[], data: Float32Array, shape: Shape): Float32Array {
  const strides = stridesOf(shape);
  return Float32Array.from(
    gather(
      axes.map((axis) => shape[axis]!),
      axes.map((axis) => strides[axis]!),
    ),
    (from) => data[from]!,
  );
}

export function enlarge(
  [rows, columns]: readonly [number, number],
  data: Float32Array,
  [height, width, channels]: readonly [number, number, number],
): Float32Array {
  return Float32Array.from(gather([height, rows, width, columns, channels], [width * channels, 0, channels, 0, 1]), (from) => data[from]!);
}

export function globalPool(mode: 'max' | 'average', data: Float32Array, channels: number): Float32Array {
  const results = new Float64Array(channels).fill(mode === 'max' ? -Infinity : 0);
  data.forEach((value, at) => {
    results[at % channels] = mode === 'max' ? Math.max(results[at % channels]!, value) : results[at % channels]! + value;
  });
  return Float32Array.from(results, (value) => (mode === 'max' ? value : value / (data.length / channels)));
}

export function layerNormalize({ epsilon, scale, shift, centred }: LayerNormalization, data: Float32Array): Float32Array {
  const result = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += scale.length) {
    const row = data.subarray(start, start + scale.length);
    const mean = centred ? row.reduce((sum, value) => sum + value, 0) / row.length : 0;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    row.forEach((value, at) => {
      result[start + at] = ((value - mean) / Math.sqrt(variance + epsilon)) * scale[at]! + shift[at]!;
    });
  }
  return result;
}

/** Shifted by the row's largest entry, so that nothing overflows. */
export function softmax(data: Float32Array, length: number, logarithm: boolean): Float32Array {
  const result = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += length) {
    const row = data.subarray(start, start + length);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
    row.forEach((value, at) => {
      result[start + at] = logarithm ? value - largest - Math.log(total) : Math.exp(value - largest) / total;
    });
  }
  return result;
}
