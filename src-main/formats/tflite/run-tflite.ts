// Runs a .tflite file on one sample at a time, from its bytes alone: floats as floats, int8 tensors on the grid of their scale.
import { StudioError } from '#contract/errors.ts';
import { halvesToFloats } from '../half-floats.ts';
import { TensorType } from './generated/tflite-schema.ts';
import { readTflite, type ReadTensor, type ReadTflite } from './read-tflite.ts';
import { prepareOperator, type Kernel } from './run-operators.ts';

export interface TfliteInterpreter {
  readonly file: ReadTflite;
  /**
   * @param inputs one sample for each of the file's inputs, as floats.
   * @returns every tensor by its name, as floats.
   */
  run(inputs: readonly Float32Array[]): ReadonlyMap<string, Float32Array>;
  /** The file's outputs, in its order, of one sample. */
  answer(inputs: readonly Float32Array[]): readonly Float32Array[];
}

/**
 * Sums are taken exactly and rounded once to the result's scale, as TensorFlow Lite's reference kernels do but for ties and for their
 * fixed-point multipliers: a tensor is off by one step of its scale at most, where its inputs are the same.
 * @throws StudioError `not-a-model`, `unsupported` for an operator that Espalier doesn't write.
 */
export function openTflite(bytes: Uint8Array): TfliteInterpreter {
  const file = readTflite(bytes);
  const constants = file.tensors.map((tensor) => (tensor.data.length === 0 ? undefined : valuesOf(tensor)));
  const steps = file.operators.map((operator) => ({
    operator,
    kernel: prepareOperator(operator, file.tensors, constants),
    result: file.tensors[operator.outputs[0]!]!,
  }));
  const all = (inputs: readonly Float32Array[]): (Float32Array | undefined)[] => {
    const values = [...constants];
    file.inputs.forEach((number, index) => {
      values[number] = onGrid(file.tensors[number]!, inputs[index]!);
    });
    for (const { operator, kernel, result } of steps)
      values[operator.outputs[0]!] = onGrid(result, run(kernel, operator.inputs, values, result.name));
    return values;
  };
  return {
    file,
    run: (inputs) => new Map(all(inputs).flatMap((value, number) => (value === undefined ? [] : [[file.tensors[number]!.name, value]]))),
    answer(inputs) {
      const values = all(inputs);
      return file.outputs.map((number) => values[number]!);
    },
  };
}

function run(kernel: Kernel, inputs: readonly number[], values: readonly (Float32Array | undefined)[], name: string): Float32Array {
  return kernel(
    inputs.map((number) => {
      const value = values[number];
      if (value === undefined) throw new StudioError('damaged-file', 'An operator reads what nothing has made.', { where: name });
      return value;
    }),
  );
}

/** What a stored constant stands for. */
function valuesOf({ name, type, data, scales, zeroPoint, axis, shape }: ReadTensor): Float32Array {
  // The file may lie anywhere in memory; views of wider numbers need an even start. (A Buffer's own slice would copy nothing.)
  const copy = Uint8Array.from(data).buffer;
  if (type === TensorType.FLOAT32) return new Float32Array(copy);
  if (type === TensorType.FLOAT16) return halvesToFloats(data);
  const stored = type === TensorType.INT8 ? new Int8Array(copy) : type === TensorType.INT32 ? new Int32Array(copy) : undefined;
  if (stored === undefined) throw new StudioError('unsupported', `Numbers of the kind ${type} are not read.`, { where: name });
  const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  return Float32Array.from(stored, (value, at) =>
    scales.length === 0 ? value : (value - zeroPoint) * scales[scales.length === 1 ? 0 : Math.floor(at / stride) % scales.length]!,
  );
}

/** The nearest numbers that the tensor can hold. */
function onGrid({ type, scales: [scale], zeroPoint }: ReadTensor, values: Float32Array): Float32Array {
  if (type !== TensorType.INT8 || scale === undefined) return values;
  const [least, most] = [-128 - zeroPoint, 127 - zeroPoint];
  return values.map((value) => Math.min(most, Math.max(least, Math.sign(value) * Math.round(Math.abs(value) / scale))) * scale);
}
