// Ops on constants, done while reading: exporters compute shapes by chains of them (Shape, Gather, Concat, …).
import { permuted } from '../axis-order.ts';
import { elements, integersConstant, type Constant } from './constant.ts';
import type { NodeCall, OnnxValue } from './node-call.ts';
import { seenShape } from './ops/regrouping.ts';

type Fold = (call: NodeCall) => Constant;
/** What folding may make at most: shapes, states, masks. Larger constants stand in the file itself. */
const maxElements = 100_000;

const folds: Readonly<Record<string, Fold>> = {
  Constant: (call) => {
    const value = call.tensor('value');
    if (value !== undefined) return value;
    const [ints, floats] = [call.ints('value_ints'), call.floats('value_floats')];
    if (ints !== undefined) return integersConstant(ints);
    if (floats !== undefined) return { kind: 'constant', shape: [floats.length], data: Float32Array.from(floats) };
    const float = call.float('value_float', NaN);
    return Number.isNaN(float)
      ? integersConstant([call.int('value_int', 0)], [])
      : { kind: 'constant', shape: [], data: Float32Array.of(float) };
  },
  ConstantOfShape: (call) => {
    const value = call.tensor('value');
    // A tensor as long as the batch is made of one value, which stretches.
    const shape = Array.from(call.constant(0).data, (size) => (Number.isNaN(size) ? 1 : size));
    return filled(call, shape, value);
  },
  Identity: (call) => call.constant(0),
  Cast: (call) => {
    const { shape, data } = call.constant(0);
    const floating = [1, 10, 11].includes(call.int('to', 1));
    if (floating === data instanceof Float32Array) return call.constant(0);
    return { kind: 'constant', shape, data: floating ? Float32Array.from(data) : Array.from(data, Math.trunc) };
  },
  Shape: (call) => integersConstant(call.constant(0).shape.slice(call.int('start', 0), call.int('end', 2 ** 31))),
  Gather: (call) => {
    const [source, indices] = [call.constant(0), call.constant(1)];
    if (source.shape.length !== 1) throw call.refusal('it picks from a constant of several axes');
    return integersConstant(
      Array.from(indices.data, (index) => Number(source.data[call.axis(index, source.data.length)])),
      indices.shape,
    );
  },
  Slice: (call) => sliced(call),
  Equal: (call) => pairwise(call, (a, b) => (a === b ? 1 : 0)),
  Where: (call) => {
    const [condition, chosen, other] = [call.constant(0), call.constant(1), call.constant(2)];
    const pick = (from: Constant, index: number): number => Number(from.data[from.data.length === 1 ? 0 : index]);
    if ([chosen, other].some(({ data }) => data.length !== 1 && data.length !== condition.data.length))
      throw call.refusal('it stretches a constant');
    return integersConstant(
      Array.from(condition.data, (value, index) => pick(value === 0 ? other : chosen, index)),
      condition.shape,
    );
  },
  Concat: (call) => {
    const all = call.inputs.map((_, index) => call.constant(index));
    if (all.some(({ shape }) => shape.length !== 1)) throw call.refusal('it joins constants of several axes');
    return integersConstant(all.flatMap(({ data }) => Array.from(data)));
  },
  Squeeze: (call) =>
    resized(
      call,
      call.constant(0).shape.filter(
        (size, axis) =>
          size !== 1 ||
          !(
            call
              .listed('axes', 1)
              ?.map((each) => call.axis(each, call.constant(0).shape.length))
              .includes(axis) ?? true
          ),
      ),
    ),
  Unsqueeze: (call) => {
    const axes = call.listed('axes', 1) ?? [];
    const rank = call.constant(0).shape.length + axes.length;
    const at = axes.map((axis) => call.axis(axis, rank));
    const rest = [...call.constant(0).shape];
    return resized(
      call,
      Array.from({ length: rank }, (_, axis) => (at.includes(axis) ? 1 : (rest.shift() ?? 1))),
    );
  },
  Reshape: (call) => {
    const target = Array.from(call.constant(1).data, (size, axis) => (size === 0 ? (call.constant(0).shape[axis] ?? 0) : size));
    const known = target.reduce((product, size) => product * (size === -1 ? 1 : size), 1);
    return resized(
      call,
      target.map((size) => (size === -1 ? call.constant(0).data.length / known : size)),
    );
  },
  Transpose: (call) => {
    const { shape, data } = call.constant(0);
    const order = call.ints('perm') ?? shape.map((_, axis) => shape.length - 1 - axis);
    if (order.length !== shape.length || new Set(order).size !== order.length || order.some((axis) => shape[axis] === undefined))
      throw call.damage('its axes are not those of its input');
    const sizes = order.map((axis) => shape[axis]!);
    if (data instanceof Float32Array) return { kind: 'constant', shape: sizes, data: permuted(data, shape, order) };
    return integersConstant(
      Array.from(permuted(Float32Array.from(data.keys()), shape, order), (index) => data[index]!),
      sizes,
    );
  },
  Expand: (call) => {
    const { shape, data } = call.constant(0);
    const target = Array.from(call.constant(1).data, (size) => (Number.isNaN(size) ? 1 : size));
    if (elements(shape) === 1) return filled(call, target, { kind: 'constant', shape, data });
    if (elements(target) <= elements(shape)) return call.constant(0);
    throw call.refusal('it stretches a constant');
  },
  Add: (call) => pairwise(call, (a, b) => a + b),
  Sub: (call) => pairwise(call, (a, b) => a - b),
  Mul: (call) => pairwise(call, (a, b) => a * b),
  Div: (call) =>
    pairwise(call, (a, b) =>
      call.inputs.every((input) => input?.kind === 'constant' && !(input.data instanceof Float32Array)) ? Math.trunc(a / b) : a / b,
    ),
  Mod: (call) => pairwise(call, (a, b) => a - b * Math.floor(a / b)),
  Pow: (call) => pairwise(call, (a, b) => a ** b),
  Max: (call) => pairwise(call, Math.max),
  Min: (call) => pairwise(call, Math.min),
  Greater: (call) => pairwise(call, (a, b) => (a > b ? 1 : 0)),
  Less: (call) => pairwise(call, (a, b) => (a < b ? 1 : 0)),
  And: (call) => pairwise(call, (a, b) => (a !== 0 && b !== 0 ? 1 : 0)),
  Or: (call) => pairwise(call, (a, b) => (a !== 0 || b !== 0 ? 1 : 0)),
  Not: (call) => each(call, (a) => (a === 0 ? 1 : 0)),
  Abs: (call) => each(call, Math.abs),
  Ceil: (call) => each(call, Math.ceil),
  Neg: (call) => each(call, (a) => -a),
  Sqrt: (call) => each(call, Math.sqrt),
  Floor: (call) => each(call, Math.floor),
  Exp: (call) => each(call, Math.exp),
  Reciprocal: (call) => each(call, (a) => 1 / a),
};

/** The op's value where it follows from constants alone, or from a flow's shape. */
export function folded(call: NodeCall): OnnxValue | undefined {
  const [first] = call.inputs;
  if (call.op === 'Shape' && (first?.kind === 'flow' || first?.kind === 'joined'))
    return integersConstant(seenShape(first).slice(call.int('start', 0), call.int('end', 2 ** 31)));
  const fold = Object.hasOwn(folds, call.op) ? folds[call.op] : undefined;
  if (fold === undefined || !call.inputs.every((input) => input === undefined || input.kind === 'constant')) return undefined;
  return fold(call);
}

function filled(call: NodeCall, shape: readonly number[], value: Constant | undefined): Constant {
  const count = elements(shape);
  if (!Number.isSafeInteger(count) || count < 0 || count > maxElements) throw call.refusal('it makes a constant that is too large');
  const only = value?.data[0] ?? 0;
  return {
    kind: 'constant',
    shape,
    data:
      value === undefined || value.data instanceof Float32Array
        ? new Float32Array(count).fill(only)
        : Array.from({ length: count }, () => only),
  };
}

function resized(call: NodeCall, shape: readonly number[]): Constant {
  const source = call.constant(0);
  if (elements(shape) !== source.data.length) throw call.damage('its shape does not fit its entries');
  return { ...source, shape };
}

/** Along each axis from start to end in steps, backwards too. */
function sliced(call: NodeCall): Constant {
  const { shape, data } = call.constant(0);
  if (data.length > maxElements || shape.some((size) => size > maxElements)) throw call.refusal('it cuts up a large constant');
  const [starts, ends] = [call.listed('starts', 1) ?? [], call.listed('ends', 2) ?? []];
  const axes = (call.listed('axes', 3) ?? starts.map((_, axis) => axis)).map((axis) => call.axis(axis, shape.length));
  if (starts.length !== axes.length || ends.length !== axes.length) throw call.damage('its starts, ends and axes are not equally many');
  const kept = shape.map((length, axis) => {
    const at = axes.indexOf(axis);
    const step = at < 0 || !call.has(4) ? 1 : Number(call.constant(4).data[at]);
    if (!Number.isInteger(step) || step === 0) throw call.damage('it has no step');
    const place = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value < 0 ? value + length : value));
    const [first, last] =
      at < 0
        ? [0, length]
        : step > 0
          ? [place(starts[at]!, 0, length), place(ends[at]!, 0, length)]
          : [place(starts[at]!, 0, length - 1), place(ends[at]!, -1, length - 1)];
    const count = Math.max(0, Math.ceil((last - first) / step));
    return Array.from({ length: count }, (_, index) => first + index * step);
  });
  const indices = kept.reduce<readonly number[]>(
    (all, places, axis) => all.flatMap((index) => places.map((place) => index * shape[axis]! + place)),
    [0],
  );
  const sizes = kept.map(({ length }) => length);
  return data instanceof Float32Array
    ? { kind: 'constant', shape: sizes, data: Float32Array.from(indices, (index) => data[index]!) }
    : integersConstant(
        indices.map((index) => data[index]!),
        sizes,
      );
}

function each(call: NodeCall, change: (value: number) => number): Constant {
  const { shape, data } = call.constant(0);
  return { kind: 'constant', shape, data: data.map(change) };
}

/**
 * Entry by entry, or one entry with all. The batch's size may be kept as it is, or be multiplied, which leaves it as unknown as it was: a
 * Reshape sees by the other sizes how often the batch is counted (`regrouped`).
 */
function pairwise(call: NodeCall, combine: (a: number, b: number) => number): Constant {
  const [a, b] = [call.constant(0), call.constant(1)];
  if (a.data.length !== b.data.length && a.data.length !== 1 && b.data.length !== 1) throw call.refusal('it stretches a constant');
  const [longer, at] = a.data.length >= b.data.length ? [a, 0] : [b, 1];
  const shape = a.shape.length > b.shape.length ? a.shape : b.shape.length > a.shape.length ? b.shape : longer.shape;
  const float = a.data instanceof Float32Array || b.data instanceof Float32Array;
  const values = Array.from(longer.data, (value, index) => {
    const other = (at === 0 ? b : a).data;
    const partner = other.length === 1 ? other[0]! : other[index]!;
    const result = at === 0 ? combine(value, partner) : combine(partner, value);
    const kept =
      (at === 0 && partner === 1 && (call.op === 'Mul' || call.op === 'Div')) || (at === 1 && partner === 1 && call.op === 'Mul');
    if (!float && Number.isNaN(result) && !kept && call.op !== 'Mul') throw call.refusal('it computes with the size of the batch');
    return kept ? value : result;
  });
  return { kind: 'constant', shape, data: float ? Float32Array.from(values) : values };
}
