// Ops on constants, done while reading: exporters compute shapes by chains of them (Shape, Gather, Concat, …). One table, kept in one place.
import { broadcast } from '../../broadcasting.ts';
import { permuted } from '../axis-order.ts';
import {
  accumulated,
  combined,
  filled,
  gathered,
  joined,
  matrixProduct,
  picked,
  reducedConstant,
  sliced,
  standardized,
  stretched,
} from './constant-arrays.ts';
import { batches, batchesIn, batchSize, elements, integersConstant, timesSize, type Constant } from './constant.ts';
import type { NodeCall } from './node-call.ts';
import type { OnnxValue } from './onnx-value.ts';
import { seenShape } from './ops/regrouping.ts';

type Fold = (call: NodeCall) => Constant;
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
    const shape = open(call.constant(0));
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
    const source = call.constant(0);
    return gathered(call, source, call.constant(1), call.axis(call.int('axis', 0), source.shape.length));
  },
  Slice: sliced,
  Equal: (call) => pairwise(call, (a, b) => (a === b ? 1 : 0)),
  Where: (call) => {
    const [condition, chosen, other] = [call.constant(0), call.constant(1), call.constant(2)];
    const shape = [chosen, other].reduce<readonly number[] | undefined>(
      (all, { shape: each }) => (all === undefined ? undefined : broadcast(all, each)),
      condition.shape,
    );
    if (shape === undefined) throw call.damage("its inputs' shapes don't fit");
    const [yes, no, decides] = [chosen, other, condition].map((each) => stretched(call, each, shape));
    const values = Array.from(decides!.data, (value, index) => (value === 0 ? no : yes)!.data[index]!);
    return { kind: 'constant', shape, data: chosen.data instanceof Float32Array ? Float32Array.from(values) : values };
  },
  Concat: (call) => {
    const all = call.inputs.map((_, index) => call.constant(index));
    return joined(call, all, call.axis(call.int('axis', 0), all[0]?.shape.length ?? 0));
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
  Expand: (call) => stretched(call, call.constant(0), open(call.constant(1))),
  Tile: (call) => {
    const source = call.constant(0);
    return open(call.constant(1)).reduce(
      (all, count, axis) =>
        joined(
          call,
          Array.from({ length: repeats(call, count) }, () => all),
          axis,
        ),
      source,
    );
  },
  Range: (call) => {
    const [start, limit, step] = [0, 1, 2].map((index) => Number(call.constant(index).data[0]));
    const count = Math.max(0, Math.ceil((limit! - start!) / step!));
    if (!Number.isFinite(count)) throw call.refusal('it counts the samples of a batch');
    const numbers = filled(call, [count], { ...call.constant(0), shape: [1] });
    return { ...numbers, data: numbers.data.map((_, at) => start! + at * step!) };
  },
  MatMul: (call) => matrixProduct(call, call.constant(0), call.constant(1)),
  ReduceProd: (call) => reduced(call, (values) => values.reduce(timesSize, 1)),
  ReduceSum: (call) => reduced(call, (values) => values.reduce((a, b) => a + b, 0)),
  ReduceMean: (call) => reduced(call, (values) => values.reduce((a, b) => a + b, 0) / values.length),
  ReduceMax: (call) => reduced(call, (values) => values.reduce((a, b) => Math.max(a, b), -Infinity)),
  ReduceMin: (call) => reduced(call, (values) => values.reduce((a, b) => Math.min(a, b), Infinity)),
  ReduceL2: (call) => reduced(call, (values) => Math.sqrt(values.reduce((a, b) => a + b * b, 0))),
  Add: (call) => pairwise(call, (a, b) => a + b),
  Sub: (call) => pairwise(call, (a, b) => a - b),
  Mul: (call) => pairwise(call, timesSize),
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
  Log: (call) => each(call, Math.log),
  Sign: (call) => each(call, Math.sign),
  Relu: (call) => each(call, (a) => Math.max(0, a)),
  Sigmoid: (call) => each(call, (a) => 1 / (1 + Math.exp(-a))),
  Tanh: (call) => each(call, Math.tanh),
  Sin: (call) => each(call, Math.sin),
  Cos: (call) => each(call, Math.cos),
  Clip: (call) => {
    const bound = (name: string, index: number, otherwise: number): number =>
      call.opset < 11 ? call.float(name, otherwise) : call.has(index) ? Number(call.constant(index).data[0]) : otherwise;
    const [low, high] = [bound('min', 1, -Infinity), bound('max', 2, Infinity)];
    return each(call, (a) => Math.min(high, Math.max(low, a)));
  },
  CumSum: accumulated,
  BatchNormalization: standardized,
  LessOrEqual: (call) => pairwise(call, (a, b) => (a <= b ? 1 : 0)),
  GreaterOrEqual: (call) => pairwise(call, (a, b) => (a >= b ? 1 : 0)),
};

/** Ops of several outputs. */
const severalFolds: Readonly<Record<string, (call: NodeCall) => readonly Constant[]>> = {
  Split: (call) => {
    const source = call.constant(0);
    const axis = call.axis(call.int('axis', 0), source.shape.length);
    const lengths = call.pieces(source.shape[axis]!);
    return lengths.map((length, at) =>
      picked(
        call,
        source,
        axis,
        lengths.slice(0, at).reduce((sum, each) => sum + each, 0),
        1,
        length,
      ),
    );
  },
};

/** The op's value where it follows from constants alone, or from a flow's shape. */
export function folded(call: NodeCall): OnnxValue | readonly OnnxValue[] | undefined {
  const [first] = call.inputs;
  if (call.op === 'Shape' && (first?.kind === 'flow' || first?.kind === 'joined'))
    return integersConstant(seenShape(first).slice(call.int('start', 0), call.int('end', 2 ** 31)));
  if (!call.inputs.every((input) => input === undefined || input.kind === 'constant')) return undefined;
  return Object.hasOwn(folds, call.op)
    ? folds[call.op]!(call)
    : Object.hasOwn(severalFolds, call.op)
      ? severalFolds[call.op]!(call)
      : undefined;
}

/** Sizes in which one sample stands for the batch. */
function open({ data }: Constant): readonly number[] {
  return Array.from(data, (size) => batchesIn(size) ?? size);
}

function repeats(call: NodeCall, count: number): number {
  if (!Number.isSafeInteger(count) || count < 0 || count > 4096) throw call.refusal('it repeats a constant too often');
  return count;
}

function reduced(call: NodeCall, reduce: (values: readonly number[]) => number): Constant {
  const source = call.constant(0);
  const rank = source.shape.length;
  const axes = (call.listed('axes', 1) ?? source.shape.map((_, axis) => axis)).map((axis) => call.axis(axis, rank));
  return reducedConstant(call, source, axes, call.int('keepdims', 1) !== 0, reduce);
}

function resized(call: NodeCall, shape: readonly number[]): Constant {
  const source = call.constant(0);
  if (elements(shape) !== source.data.length) throw call.damage('its shape does not fit its entries');
  return { ...source, shape };
}

function each(call: NodeCall, change: (value: number) => number): Constant {
  const { shape, data } = call.constant(0);
  return { kind: 'constant', shape, data: data.map(change) };
}

/** What is computed with sizes, not asked of them. */
const counting = /^(Add|Sub|Mul|Div|Mod|Pow|Max|Min)$/;

/**
 * Entry by entry, stretched over each other. The batch's size may be multiplied and divided, and be stretched over 1.
 */
function pairwise(call: NodeCall, combine: (a: number, b: number) => number): Constant {
  const [a, b] = [call.constant(0), call.constant(1)];
  const float = [a, b].some(({ data }) => data instanceof Float32Array);
  return combined(call, a, b, (one, other) => {
    const result = combine(one, other);
    if (float || !counting.test(call.op) || [one, other].every((size) => batchesIn(size) === undefined)) return result;
    if (call.op === 'Mul' && batchesIn(result) !== undefined) return result;
    const count = (batchesIn(one) ?? 0) / other;
    if (call.op === 'Div' && Number.isInteger(count) && count >= 1) return batches(count);
    // As sizes that are stretched over each other: 1, or the batch's own.
    if (call.op === 'Max' && [one, other].every((size) => size === 1 || Number.isNaN(size))) return batchSize;
    throw call.refusal('it computes with the size of the batch');
  });
}
