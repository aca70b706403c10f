// What NumPy would do with constant tensors: stretch, pick, join, cut, multiply and reduce them.
import { broadcast, stretchedFrom } from '../../broadcasting.ts';
import { permuted } from '../axis-order.ts';
import { elements, integersConstant, type Constant } from './constant.ts';
import type { NodeCall } from './node-call.ts';

/** What folding may make at most: positions, masks, tables of attention biases. Larger constants stand in the file itself. */
const mostFloats = 2 ** 22;
const mostWhole = 100_000;

/** A constant with these numbers. @throws StudioError `unsupported` where it is too large */
function made(call: NodeCall, shape: readonly number[], like: Constant, value: (at: number) => number): Constant {
  const count = elements(shape);
  const floating = like.data instanceof Float32Array;
  if (!Number.isSafeInteger(count) || count < 0 || count > (floating ? mostFloats : mostWhole))
    throw call.refusal('it makes a constant that is too large');
  call.builder.makeRoom(count);
  const data = floating ? Float32Array.from({ length: count }, (_, at) => value(at)) : Array.from({ length: count }, (_, at) => value(at));
  return { kind: 'constant', shape, data };
}

export function filled(call: NodeCall, shape: readonly number[], value: Constant | undefined): Constant {
  const like = value ?? { kind: 'constant', shape: [1], data: Float32Array.of(0) };
  const only = like.data[0] ?? 0;
  return made(call, shape, like, () => only);
}

export function stretched(call: NodeCall, source: Constant, target: readonly number[]): Constant {
  const shape = broadcast(source.shape, target);
  if (shape === undefined) throw call.damage('its shape does not go over what it is to fill');
  if (elements(shape) === source.data.length) return { ...source, shape };
  if (source.data.length === 1) return filled(call, shape, source);
  const place = stretchedFrom(source.shape, shape);
  return made(call, shape, source, (at) => source.data[place(at)]!);
}

/** Two constants, stretched over each other, entry by entry. */
export function combined(call: NodeCall, a: Constant, b: Constant, combine: (a: number, b: number) => number): Constant {
  const shape = broadcast(a.shape, b.shape);
  if (shape === undefined) throw call.damage("its inputs' shapes don't fit");
  const [one, other] = [stretched(call, a, shape), stretched(call, b, shape)];
  const like = [a, b].find(({ data }) => data instanceof Float32Array) ?? a;
  return made(call, shape, like, (at) => combine(one.data[at]!, other.data[at]!));
}

/** Entries of one axis by their numbers: (…, n, …) and indices (k…) make (…, k…, …). */
export function gathered(call: NodeCall, source: Constant, indices: Constant, axis: number): Constant {
  const { shape, data } = source;
  const length = shape[axis]!;
  const wanted = Array.from(indices.data, (index) => call.axis(index, length));
  const inner = elements(shape.slice(axis + 1));
  return made(call, [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)], source, (at) => {
    const [row, rest] = [Math.floor(at / inner), at % inner];
    const outer = Math.floor(row / wanted.length);
    return data[(outer * length + wanted[row % wanted.length]!) * inner + rest]!;
  });
}

export function joined(call: NodeCall, all: readonly Constant[], axis: number): Constant {
  const [first] = all;
  const fits = all.every(
    ({ shape }) => shape.length === first!.shape.length && shape.every((size, at) => at === axis || size === first!.shape[at]),
  );
  if (first === undefined || !fits) throw call.damage("its inputs' shapes don't fit");
  const lengths = all.map(({ shape }) => shape[axis]!);
  const owner = lengths.flatMap((length, part) => Array.from({ length }, (_, place) => [part, place] as const));
  const inner = elements(first.shape.slice(axis + 1));
  const like = all.find(({ data }) => data instanceof Float32Array) ?? first;
  return made(call, first.shape.with(axis, owner.length), like, (at) => {
    const [row, rest] = [Math.floor(at / inner), at % inner];
    const [part, place] = owner[row % owner.length]!;
    return all[part]!.data[(Math.floor(row / owner.length) * lengths[part]! + place) * inner + rest]!;
  });
}

/** `start`, `start + step`, … of one axis, as many as `count`. */
export function picked(call: NodeCall, source: Constant, axis: number, start: number, step: number, count: number): Constant {
  return gathered(call, source, integersConstant(Array.from({ length: count }, (_, at) => start + at * step)), axis);
}

/** (…, m, k) by (k, n), or matrix by matrix where both have as many. */
export function matrixProduct(call: NodeCall, a: Constant, b: Constant): Constant {
  const [inner, columns] = [a.shape.at(-1)!, b.shape.at(-1)!];
  const rows = a.shape.at(-2) ?? 1;
  const alike = b.shape.length > 2 && String(a.shape.slice(0, -2)) === String(b.shape.slice(0, -2));
  if (a.shape.length < 2 || b.shape.at(-2) !== inner || (b.shape.length !== 2 && !alike))
    throw call.refusal('its constants are no matrices that fit');
  if (elements(a.shape) * columns > 2 ** 28) throw call.refusal('it makes a constant that is too large');
  const like: Constant = { kind: 'constant', shape: [1], data: Float32Array.of(0) };
  return made(call, [...a.shape.slice(0, -1), columns], like, (at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const matrix = alike ? Math.floor(row / rows) * inner * columns : 0;
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a.data[row * inner + k]! * b.data[matrix + k * columns + column]!;
    return sum;
  });
}

/** Over some axes, which stay with size 1 or go. */
export function reducedConstant(
  call: NodeCall,
  source: Constant,
  axes: readonly number[],
  keep: boolean,
  reduce: (values: readonly number[]) => number,
): Constant {
  const { shape, data } = source;
  const left = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const order = [...left, ...axes];
  const count = axes.reduce((product, axis) => product * shape[axis]!, 1);
  const moved = permuted(Float32Array.from(data), shape, order);
  const sizes = shape.flatMap((size, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [size]));
  return made(call, sizes, source, (at) => reduce(Array.from(moved.subarray(at * count, (at + 1) * count))));
}

/** Along each axis from start to end in steps, backwards too. */
export function sliced(call: NodeCall): Constant {
  const source = call.constant(0);
  const rank = source.shape.length;
  const [starts, ends] = [call.listed('starts', 1) ?? [], call.listed('ends', 2) ?? []];
  const axes = (call.listed('axes', 3) ?? starts.map((_, axis) => axis)).map((axis) => call.axis(axis, rank));
  if (starts.length !== axes.length || ends.length !== axes.length) throw call.damage('its starts, ends and axes are not equally many');
  return axes.reduce((all, axis, at) => {
    const length = all.shape[axis]!;
    const step = call.has(4) ? Number(call.constant(4).data[at]) : 1;
    if (!Number.isInteger(step) || step === 0) throw call.damage('it has no step');
    const place = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value < 0 ? value + length : value));
    const [first, last] =
      step > 0
        ? [place(starts[at]!, 0, length), place(ends[at]!, 0, length)]
        : [place(starts[at]!, 0, length - 1), place(ends[at]!, -1, length - 1)];
    return picked(call, all, axis, first, step, Math.max(0, Math.ceil((last - first) / step)));
  }, source);
}

/** Running sums along one axis. */
export function accumulated(call: NodeCall): Constant {
  const source = call.constant(0);
  const axis = call.axis(Number(call.constant(1).data[0]), source.shape.length);
  if (call.int('exclusive', 0) !== 0 || call.int('reverse', 0) !== 0)
    throw call.refusal('it runs backwards, or leaves each entry out of its own sum');
  const [length, inner] = [source.shape[axis]!, elements(source.shape.slice(axis + 1))];
  const sums = Array.from(source.data);
  for (let at = 0; at < sums.length; at++) if (Math.floor(at / inner) % length > 0) sums[at]! += sums[at - inner]!;
  return { ...source, data: source.data instanceof Float32Array ? Float32Array.from(sums) : sums };
}

/** Kernels that are standardized, (1, filters, entries): by their own means and variances where it is written for training (Qiao et al. 2019). */
export function standardized(call: NodeCall): Constant {
  const source = call.constant(0);
  const { shape } = source;
  const [filters, entries] = [shape[1] ?? 0, elements(shape.slice(2))];
  const epsilon = call.float('epsilon', 1e-5);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => call.weights(index).data);
  if (shape[0] !== 1 || [gamma, beta, mean, variance].some((list) => list!.length !== filters))
    throw call.refusal('its constant is no list of kernels');
  const data = new Float32Array(source.data.length);
  for (let filter = 0; filter < filters; filter++) {
    const own = Array.from(source.data.slice(filter * entries, (filter + 1) * entries));
    const training = call.int('training_mode', 0) !== 0;
    const centre = training ? own.reduce((sum, value) => sum + value, 0) / entries : mean![filter]!;
    const spread = training ? own.reduce((sum, value) => sum + (value - centre) ** 2, 0) / entries : variance![filter]!;
    const scale = gamma![filter]! / Math.sqrt(spread + epsilon);
    own.forEach((value, at) => (data[filter * entries + at] = (value - centre) * scale + beta![filter]!));
  }
  return { ...source, data };
}
