// Walks a tensor along one of its axes in contiguous runs, and cuts entries out of several axes in one pass.
import type { Runs } from '#criteria/along.ts';
import { StudioError } from '#contract/errors.ts';
import type { NamedTensor, TensorData } from '#network/model-artifact.ts';

/** How a tensor lies in memory around an axis. */
export function runsAlong(shape: readonly number[], axis: number): Runs {
  return { outer: product(shape.slice(0, axis)), length: shape[axis] ?? 1, inner: product(shape.slice(axis + 1)) };
}

/** By axis from the front, an entry each: 1 where it goes. */
export type Cuts = ReadonlyMap<number, Uint8Array>;

/**
 * The tensor without some entries of some axes, in one copy whatever their number: what lies behind the last cut axis is moved in runs.
 * StudioError `damaged-file` where an axis has another length than its layer says.
 */
export function cutTensor(tensor: NamedTensor, cuts: Cuts): NamedTensor {
  for (const [axis, gone] of cuts) if (gone.length !== tensor.shape[axis]) throw misshapen(tensor, axis, gone.length);
  const last = Math.max(...cuts.keys());
  const kept = tensor.shape.slice(0, last + 1).map((size, axis) => keptEntries(size, cuts.get(axis)));
  const shape = tensor.shape.map((size, axis) => kept[axis]?.length ?? size);
  const data = emptyLike(tensor.data, product(shape));
  const { inner } = runsAlong(tensor.shape, last);
  const strides = tensor.shape.map((_, axis) => product(tensor.shape.slice(axis + 1)));
  const from = (kept[last] ?? new Int32Array(0)).map((index) => index * inner);
  let at = 0;
  walk(0, 0);
  return { ...tensor, shape, data };

  function walk(axis: number, base: number): void {
    if (axis < last) for (const index of kept[axis]!) walk(axis + 1, base + index * strides[axis]!);
    else {
      if (inner === 1) gather(data, at, tensor.data, base, from);
      else from.forEach((start, run) => data.set(tensor.data.subarray(base + start, base + start + inner), at + run * inner));
      at += from.length * inner;
    }
  }
}

/** Most of the numbers of a network come through here one by one: by itself, it is compiled for one kind of array. */
function gather(data: TensorData, at: number, source: TensorData, base: number, from: Int32Array): void {
  for (let run = 0; run < from.length; run++) data[at + run] = source[base + from[run]!]!;
}

function keptEntries(length: number, gone: Uint8Array | undefined): Int32Array {
  const kept = new Int32Array(length);
  let count = 0;
  for (let index = 0; index < length; index++) if (gone?.[index] !== 1) kept[count++] = index;
  return kept.subarray(0, count);
}

function emptyLike(data: TensorData, length: number): TensorData {
  if (data instanceof Float32Array) return new Float32Array(length);
  return data instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length);
}

export function misshapen(tensor: NamedTensor, axis: number, expected: number): StudioError {
  return new StudioError(
    'damaged-file',
    `The tensor has the shape [${tensor.shape.join(', ')}], and its layer needs ${expected} entries on axis ${axis}.`,
    {
      where: `tensor "${tensor.name}"`,
      whatToDo: 'Save the model again from the program that made it.',
    },
  );
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
