// A TFLite model before it becomes bytes: tensors and operators by number.
import type { Builder } from 'flatbuffers';
import { BuiltinOperator, TensorType } from './generated/tflite-schema.ts';

/** real = scale · (stored − zero point); several scales are one an index of `axis`, with zero points of 0. */
export interface Quantization {
  readonly scales: readonly number[];
  readonly zeroPoint: number;
  readonly axis: number;
}

export interface TfliteTensor {
  readonly name: string;
  /** With the batch axis of 1 in front, except for constants. */
  readonly shape: readonly number[];
  readonly type: number;
  /** Little-endian; absent where the tensor is worked out. */
  readonly data?: Uint8Array;
  readonly quantization?: Quantization | undefined;
}

/** A table of the schema's union BuiltinOptions. */
export interface Options {
  readonly type: number;
  readonly fields: number;
  readonly set: (builder: Builder) => void;
}

export interface TfliteOperator {
  readonly code: number;
  readonly version: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: Options | undefined;
}

/** From which version on an operator has what is used here, by floats and by int8; 1 and 2 for those not listed. */
const versions: ReadonlyMap<number, readonly [float: number, int8: number]> = new Map([
  [BuiltinOperator.CONV_2D, [2, 3]],
  [BuiltinOperator.DEPTHWISE_CONV_2D, [2, 3]],
  [BuiltinOperator.FULLY_CONNECTED, [5, 12]],
  [BuiltinOperator.TRANSPOSE_CONV, [3, 3]],
  [BuiltinOperator.RESHAPE, [1, 1]],
  [BuiltinOperator.SUB, [1, 3]],
  [BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, [3, 3]],
  [BuiltinOperator.RESIZE_BILINEAR, [3, 3]],
  [BuiltinOperator.DEQUANTIZE, [3, 2]],
  [BuiltinOperator.PRELU, [1, 1]],
  [BuiltinOperator.ELU, [1, 1]],
  [BuiltinOperator.HARD_SWISH, [1, 1]],
]);

export class TfliteGraph {
  readonly tensors: TfliteTensor[] = [];
  readonly operators: TfliteOperator[] = [];
  readonly #numbers = new Map<string, number>();

  /**
   * @returns the tensor's number, that of the one there where it has the same name; constants must also be the same (a layer that is
   * called twice has its kernel once), else the later one is `name#2`.
   */
  tensor(tensor: TfliteTensor): number {
    for (let copy = 1; ; copy++) {
      const name = copy === 1 ? tensor.name : `${tensor.name}#${copy}`;
      const there = this.#numbers.get(name);
      if (there === undefined) {
        this.#numbers.set(name, this.tensors.length);
        return this.tensors.push({ ...tensor, name }) - 1;
      }
      if (tensor.data === undefined || isSame(tensor, this.tensors[there]!)) return there;
    }
  }

  operator(code: number, inputs: readonly number[], output: number, options?: Options): number {
    const [float, int8] = versions.get(code) ?? [1, 2];
    const version = this.tensors[output]?.type === TensorType.INT8 ? int8 : float;
    this.operators.push({ code, version, inputs, outputs: [output], options });
    return output;
  }

  /** A constant of whole numbers: shapes, axes, edges. */
  integers(name: string, shape: readonly number[], values: readonly number[]): number {
    return this.tensor({ name, shape, type: TensorType.INT32, data: bytesOf(Int32Array.from(values)) });
  }
}

function isSame(one: TfliteTensor, other: TfliteTensor): boolean {
  return (
    one.shape.join() === other.shape.join() &&
    one.quantization?.scales.join() === other.quantization?.scales.join() &&
    one.data !== undefined &&
    other.data !== undefined &&
    Buffer.compare(one.data, other.data) === 0
  );
}

export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
