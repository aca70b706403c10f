// TensorFlow Lite's operators on plain arrays: those that Espalier writes.
import { StudioError } from '#contract/errors.ts';
import { activateEach } from '../lowering/run-activations.ts';
import type { ActivationFunction, SlidingWindow } from '../lowering/plain-network.ts';
import { lookup, product, resize } from '../lowering/run-products.ts';
import { concatenate, gather, merge, pad, prelu, slice, softmax, stretchedStrides, transpose } from '../lowering/run-shapes.ts';
import { convolve, convolveDepthwise, convolveTransposed, pool, timesKernel } from '../lowering/run-windows.ts';
import { ActivationFunctionType, BuiltinOperator as Op, Padding } from './generated/tflite-schema.ts';
import type { ReadOperator, ReadTensor, Table } from './read-tflite.ts';

/** From the values of an operator's inputs, constants among them, to those of its only output. */
export type Kernel = (inputs: readonly Float32Array[]) => Float32Array;
type Image = readonly [number, number, number];

const each: ReadonlyMap<number, ActivationFunction> = new Map([
  [Op.RELU, 'relu'],
  [Op.RELU6, 'relu6'],
  [Op.LOGISTIC, 'sigmoid'],
  [Op.TANH, 'tanh'],
  [Op.HARD_SWISH, 'hard-swish'],
  [Op.EXP, 'exponential'],
  [Op.GELU, 'gelu'],
]);
const numbers: ReadonlyMap<number, (x: number) => number> = new Map([
  [Op.ABS, Math.abs],
  [Op.NEG, (x: number) => -x],
  [Op.LOG, Math.log],
  [Op.SQRT, Math.sqrt],
  [Op.RSQRT, (x: number) => 1 / Math.sqrt(x)],
]);
const pairs: ReadonlyMap<number, 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum'> = new Map([
  [Op.ADD, 'add'],
  [Op.SUB, 'subtract'],
  [Op.MUL, 'multiply'],
  [Op.DIV, 'divide'],
  [Op.MAXIMUM, 'maximum'],
  [Op.MINIMUM, 'minimum'],
]);

/** What can be worked out once is: kernels are turned to the order of axes in which they are run. @throws StudioError `unsupported`. */
export function prepareOperator(
  { code, inputs, outputs, options }: ReadOperator,
  tensors: readonly ReadTensor[],
  constants: readonly (Float32Array | undefined)[],
): Kernel {
  const shapes = inputs.map((number) => tensors[number]?.shape ?? []);
  const [shape = [], second = []] = shapes;
  const result = tensors[outputs[0]!]?.shape ?? [];
  const constant = (at: number): Float32Array => constants[inputs[at]!] ?? refuse(code, 'a constant is worked out at run time');
  const known = each.get(code);
  if (known !== undefined) return ([data]) => activateEach(known, 0, data!);
  const number = numbers.get(code);
  if (number !== undefined) return ([data]) => data!.map(number);
  const pair = pairs.get(code);
  if (pair !== undefined) {
    const fused = fusedOf(options, 0);
    return ([one, other]) =>
      fused(pair === 'divide' ? divide(one!, other!, shape, second, result) : merge(pair, [one!, other!], [shape, second], result));
  }
  switch (code) {
    case Op.CONV_2D:
      return convolution(options, constant(1), constant(2), shape, second, result);
    case Op.DEPTHWISE_CONV_2D: {
      const window = windowOf(options, [second[1]!, second[2]!], image(shape), image(result), 5);
      const operation = { kernel: constant(1), bias: constant(2), window, multiplier: second[3]! / shape[3]! };
      const fused = fusedOf(options, 4);
      return ([data]) => fused(convolveDepthwise(operation, data!, image(shape), image(result)));
    }
    case Op.FULLY_CONNECTED: {
      const [units = 1, entries = 1] = second;
      const operation = { kernel: turned(constant(1), units, entries), bias: constant(2) };
      const fused = fusedOf(options, 0);
      return ([data]) => fused(timesKernel(operation, data!));
    }
    case Op.TRANSPOSE_CONV:
      return transposed(options, constant(1), constant(3), second, shapes[2]!, result);
    case Op.MAX_POOL_2D:
    case Op.AVERAGE_POOL_2D: {
      const window = windowOf(options, [options?.int32(4) ?? 1, options?.int32(3) ?? 1], image(shape), image(result), undefined);
      const mode = code === Op.MAX_POOL_2D ? ('max' as const) : ('average' as const);
      return ([data]) => pool({ mode, window }, data!, image(shape), image(result));
    }
    case Op.MEAN:
    case Op.REDUCE_MAX:
    case Op.SUM:
      return reduction(code, Array.from(constant(1)), shape);
    case Op.CONCATENATION: {
      const axis = options?.int32(0) ?? 0;
      return (data) => concatenate(axis < 0 ? shape.length + axis : axis, data, shapes);
    }
    case Op.PAD: {
      const edges = constant(1);
      const ends = shape.map((_, axis) => [edges[2 * axis]!, edges[2 * axis + 1]!] as const);
      return ([data]) => pad(ends, data!, shape, result);
    }
    case Op.SLICE: {
      const begin = Array.from(constant(1));
      return ([data]) => slice(begin, data!, shape, result);
    }
    case Op.TRANSPOSE: {
      const axes = Array.from(constant(1));
      return ([data]) => transpose(axes, data!, shape);
    }
    case Op.RESHAPE:
    case Op.QUANTIZE:
    case Op.DEQUANTIZE:
      return ([data]) => data!;
    case Op.ELU:
      return ([data]) => activateEach('elu', 1, data!);
    case Op.LEAKY_RELU: {
      const slope = options?.float32(0) ?? 0;
      return ([data]) => activateEach('leaky-relu', slope, data!);
    }
    case Op.PRELU: {
      const alpha = constant(1);
      return ([data]) => prelu({ alpha, alphaShape: second }, data!, shape);
    }
    case Op.SOFTMAX:
    case Op.LOG_SOFTMAX:
      return ([data]) => softmax(data!, shape.at(-1) ?? 1, code === Op.LOG_SOFTMAX);
    case Op.RESIZE_NEAREST_NEIGHBOR:
      return ([data]) => resize('nearest', data!, image(shape), image(result));
    case Op.RESIZE_BILINEAR:
      return ([data]) => resize(options?.int8(2) === 1 ? 'corners' : 'bilinear', data!, image(shape), image(result));
    case Op.BATCH_MATMUL: {
      const turned = options?.int8(1) === 1;
      return ([one, other]) => product(turned, [one!, other!], [shape, second], result);
    }
    case Op.CAST:
      return ([data]) => data!.map(Math.trunc);
    case Op.GATHER:
      return ([table, rows]) => lookup({ table: table!, width: shape[1] ?? 1 }, rows!);
    default:
      return refuse(code, "Espalier doesn't write it");
  }
}

function refuse(code: number, why: string): never {
  const name = Object.entries(Op).find(([, number]) => number === code)?.[0] ?? String(code);
  throw new StudioError('unsupported', `The operator ${name} can't be run here: ${why}.`);
}

function image(shape: readonly number[]): Image {
  return [shape.at(-3) ?? 1, shape.at(-2) ?? 1, shape.at(-1) ?? 1];
}

/** [rows, columns] → [columns, rows]. */
function turned(data: Float32Array, rows: number, columns: number): Float32Array {
  return transpose([1, 0], data, [rows, columns]);
}

function fusedOf(options: Table | undefined, field: number): (values: Float32Array) => Float32Array {
  const code = options?.int8(field) ?? 0;
  if (code === ActivationFunctionType.RELU) return (values) => activateEach('relu', 0, values);
  return code === ActivationFunctionType.RELU6 ? (values) => activateEach('relu6', 0, values) : (values) => values;
}

/** `dilations` is the number of the field of the horizontal one; the vertical one follows. */
function windowOf(
  options: Table | undefined,
  size: readonly [number, number],
  input: Image,
  output: Image,
  dilations: number | undefined,
): SlidingWindow {
  const padding = options?.int8(0) === Padding.VALID ? 'valid' : 'same';
  const strides = [options?.int32(2) ?? 1, options?.int32(1) ?? 1] as const;
  const dilation =
    dilations === undefined ? ([1, 1] as const) : ([options?.int32(dilations + 1, 1) ?? 1, options?.int32(dilations, 1) ?? 1] as const);
  const before = ([0, 1] as const).map((axis) => {
    const total = (output[axis] - 1) * strides[axis] + (size[axis] - 1) * dilation[axis] + 1 - input[axis];
    return padding === 'same' ? Math.floor(Math.max(0, total) / 2) : 0;
  });
  return { size, strides, dilation, padding, before: [before[0]!, before[1]!] };
}

/** [filters, height, width, channels] in the file; a file's groups are told by its channels being fewer than the image's. */
function convolution(
  options: Table | undefined,
  stored: Float32Array,
  bias: Float32Array,
  shape: readonly number[],
  [filters = 1, height = 1, width = 1, channels = 1]: readonly number[],
  result: readonly number[],
): Kernel {
  const operation = {
    kernel: turned(stored, filters, height * width * channels),
    bias,
    window: windowOf(options, [height, width], image(shape), image(result), 4),
    groups: shape.at(-1)! / channels,
  };
  const fused = fusedOf(options, 3);
  return ([data]) => fused(convolve(operation, data!, image(shape), image(result)));
}

function transposed(
  options: Table | undefined,
  stored: Float32Array,
  bias: Float32Array,
  [filters = 1, height = 1, width = 1, channels = 1]: readonly number[],
  shape: readonly number[],
  result: readonly number[],
): Kernel {
  const operation = {
    kernel: transpose([1, 0, 2], stored, [filters, height * width, channels]),
    bias,
    window: windowOf(options, [height, width], image(result), image(shape), undefined),
  };
  return ([, , data]) => convolveTransposed(operation, data!, image(shape), image(result));
}

function divide(
  one: Float32Array,
  other: Float32Array,
  shape: readonly number[],
  second: readonly number[],
  result: readonly number[],
): Float32Array {
  return merge('multiply', [one, other.map((value) => 1 / value)], [shape, second], result);
}

/** Over the given axes; the entries of what is left keep their order. */
function reduction(code: number, axes: readonly number[], shape: readonly number[]): Kernel {
  const over = axes.map((axis) => (axis < 0 ? shape.length + axis : axis));
  const kept = shape.map((size, axis) => (over.includes(axis) ? 1 : size));
  const places = gather(shape, stretchedStrides(kept, shape));
  const length = kept.reduce((product, size) => product * size, 1);
  const count = shape.reduce((product, size) => product * size, 1) / length;
  return ([data]) => {
    const results = new Float64Array(length).fill(code === Op.REDUCE_MAX ? -Infinity : 0);
    data!.forEach((value, at) => {
      const to = places[at]!;
      results[to] = code === Op.REDUCE_MAX ? Math.max(results[to]!, value) : results[to]! + value;
    });
    return Float32Array.from(results, (value) => (code === Op.MEAN ? value / count : value));
  };
}
