// How a .tflite file holds numbers: float32, float32 with weights in float16, or int8 throughout.
import { BuiltinOperator, BuiltinOptions, DequantizeOptionsFields, TensorType } from './generated/tflite-schema.ts';
import { floatsToHalves } from '../half-floats.ts';
import { bytesOf, type Quantization, type TfliteGraph } from './tflite-graph.ts';

/** A constant that a layer's inputs are multiplied with or that is added to them. */
export interface Weights {
  readonly name: string;
  /** As TFLite wants it. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface NumberFormat {
  /** Whether scale-and-shift is one integer convolution and activations must have an int8 kernel. */
  readonly integer: boolean;
  readonly activations: number;
  /** What is known of the tensor of this name; nothing where tensors are floats. */
  quantization(tensor: string): Quantization | undefined;
  /**
   * @param axis of the kernel's shape along which output channels run.
   * @param input the tensor that the kernel is multiplied with.
   * @returns the numbers of the kernel's and the bias's tensors.
   */
  kernelAndBias(graph: TfliteGraph, kernel: Weights, axis: number, bias: Weights, input: string): readonly [number, number];
  /** A constant that is multiplied or added entry by entry. */
  constant(graph: TfliteGraph, weights: Weights): number;
}

export const float32: NumberFormat = {
  integer: false,
  activations: TensorType.FLOAT32,
  quantization: () => undefined,
  kernelAndBias: (graph, kernel, _axis, bias) => [float32.constant(graph, kernel), float32.constant(graph, bias)],
  constant: (graph, { name, shape, data }) => graph.tensor({ name, shape, type: TensorType.FLOAT32, data: bytesOf(data) }),
};

/** Interpreters turn the halves into floats once, before the first run. */
export const float16: NumberFormat = {
  integer: false,
  activations: TensorType.FLOAT32,
  quantization: () => undefined,
  kernelAndBias: (graph, kernel, _axis, bias) => [float16.constant(graph, kernel), float16.constant(graph, bias)],
  constant(graph, { name, shape, data }) {
    const half = graph.tensor({ name, shape, type: TensorType.FLOAT16, data: floatsToHalves(data) });
    const before = graph.tensors.length;
    const whole = graph.tensor({ name: `${graph.tensors[half]!.name}/float32`, shape, type: TensorType.FLOAT32 });
    if (whole === before)
      graph.operator(BuiltinOperator.DEQUANTIZE, [half], whole, {
        type: BuiltinOptions.DequantizeOptions,
        fields: DequantizeOptionsFields,
        set: () => {},
      });
    return whole;
  },
};
