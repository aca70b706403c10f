// Full-integer int8 as TFLite's quantisation specification has it: symmetric weights a channel, asymmetric activations, int32 biases.
import { StudioError } from '#contract/errors.ts';
import { TensorType } from './generated/tflite-schema.ts';
import type { Range } from '../lowering/observe-ranges.ts';
import type { PlainNetwork, PlainOperation } from '../lowering/plain-network.ts';
import type { NumberFormat } from './number-format.ts';
import { bytesOf, type Quantization } from './tflite-graph.ts';

/** Scales that the specification fixes, whatever the data. */
export const fixedScales = {
  softmax: affine(1 / 256, -128),
  'log-softmax': affine(16 / 256, 127),
  sigmoid: affine(1 / 256, -128),
  tanh: affine(1 / 128, 0),
} as const;

/** Operations that only move numbers about, so that what comes out has the scale of what went in. */
const moving: ReadonlySet<PlainOperation['kind']> = new Set(['reshape', 'transpose', 'pool', 'pad', 'slice', 'enlarge', 'resize']);

/** The zero point is whole and stands for 0 exactly; a range without 0 is stretched to it. */
export function quantizationOf({ min, max }: Range): Quantization {
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const scale = Math.fround((high - low) / 255) || 1 / 255;
  return affine(scale, Math.min(127, Math.max(-128, Math.round(-128 - low / scale))));
}

function affine(scale: number, zeroPoint: number): Quantization {
  return { scales: [scale], zeroPoint, axis: 0 };
}

/** @throws StudioError `bad-input` naming the first tensor without a range. */
export function int8Format(network: PlainNetwork, ranges: ReadonlyMap<string, Range>): NumberFormat {
  const known = activationScales(network, ranges);
  const format: NumberFormat = {
    integer: true,
    activations: TensorType.INT8,
    quantization: (tensor) => known.get(tensor),
    kernelAndBias(graph, kernel, axis, bias, input) {
      const inputScale = known.get(input)?.scales[0] ?? 1;
      const scales = channelScales(kernel.data, kernel.shape, axis, bias.data, inputScale);
      const stride = kernel.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
      const data = Int8Array.from(kernel.data, (value, at) => clamped(value / scales[Math.floor(at / stride) % scales.length]!));
      return [
        graph.tensor({
          name: kernel.name,
          shape: kernel.shape,
          type: TensorType.INT8,
          data: bytesOf(data),
          quantization: { scales, zeroPoint: 0, axis },
        }),
        graph.tensor({
          name: bias.name,
          shape: bias.shape,
          type: TensorType.INT32,
          data: bytesOf(Int32Array.from(bias.data, (value, channel) => Math.round(value / (inputScale * scales[channel]!)))),
          quantization: { scales: scales.map((scale) => Math.fround(scale * inputScale)), zeroPoint: 0, axis: 0 },
        }),
      ];
    },
    constant(graph, { name, shape, data }) {
      const own = quantizationOf({
        min: data.reduce((least, value) => Math.min(least, value), 0),
        max: data.reduce((most, value) => Math.max(most, value), 0),
      });
      const stored = Int8Array.from(data, (value) => Math.min(127, Math.max(-128, Math.round(value / own.scales[0]!) + own.zeroPoint)));
      return graph.tensor({ name, shape, type: TensorType.INT8, data: bytesOf(stored), quantization: own });
    },
  };
  return format;
}

/**
 * The largest weight of a channel becomes 127; of a dense layer's unit it becomes 64 to 127, so that units share scales (decision
 * 0017). A bias must fit 32 bits at the product of both scales: a channel whose weights are (almost) all pruned away gets a coarser
 * scale, at which its weights are still zeros.
 */
function channelScales(kernel: Float32Array, shape: readonly number[], axis: number, bias: Float32Array, inputScale: number): number[] {
  const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const largest = new Float64Array(shape[axis]!);
  kernel.forEach((value, at) => {
    const channel = Math.floor(at / stride) % largest.length;
    largest[channel] = Math.max(largest[channel]!, Math.abs(value));
  });
  const widest = largest.reduce((most, value) => Math.max(most, value), 0) || 127;
  const shared = shape.length === 2;
  return Array.from(largest, (own, channel) => {
    const covered = own === 0 ? widest : shared ? widest / 2 ** Math.floor(Math.log2(widest / own)) : own;
    return Math.fround(Math.max(shortened(covered / 127), Math.abs(bias[channel]!) / inputScale / 2 ** 30));
  });
}

/** Up to the next number with seven bits after its first, at most 0.8 % more: the two bytes that are 0 then gzip well. */
function shortened(scale: number): number {
  const unit = 2 ** (Math.floor(Math.log2(scale)) - 7);
  return Math.ceil(scale / unit) * unit;
}

function clamped(value: number): number {
  return Math.min(127, Math.max(-127, Math.round(value)));
}

function activationScales(network: PlainNetwork, ranges: ReadonlyMap<string, Range>): ReadonlyMap<string, Quantization> {
  const joined = joinedScales(network);
  const known = new Map<string, Quantization>();
  const ofRange = (tensor: string): Quantization => {
    const range = ranges.get(tensor);
    if (range === undefined)
      throw new StudioError('bad-input', 'For int8 the range of every tensor is needed; that of this one is missing.', {
        where: tensor,
        whatToDo: 'Calibrate on some samples of the training data.',
      });
    return quantizationOf(range);
  };
  for (const input of network.inputs) known.set(input, ofRange(input));
  for (const operation of network.operations) {
    const { output, inputs } = operation;
    const moves = moving.has(operation.kind) || (operation.kind === 'global-pool' && operation.mode === 'max');
    known.set(output, fixed(operation) ?? (moves ? known.get(inputs[0]!)! : ofRange(joined.get(output) ?? output)));
  }
  return known;
}

function fixed(operation: PlainOperation): Quantization | undefined {
  if (operation.kind === 'softmax') return fixedScales[operation.logarithm ? 'log-softmax' : 'softmax'];
  if (operation.kind !== 'activation') return undefined;
  if (operation.function === 'sigmoid' || operation.function === 'tanh') return fixedScales[operation.function];
  // What lies beyond the scale's end is cut off there, which is this function.
  return operation.function === 'relu-max' ? quantizationOf({ min: 0, max: operation.parameter }) : undefined;
}

/**
 * Concatenation, maximum and minimum need one scale on all sides. What is computed for such an operation alone is computed at once in
 * its scale; anything else is requantised where it comes in.
 */
function joinedScales(network: PlainNetwork): ReadonlyMap<string, string> {
  const readers = new Map<string, number>();
  for (const tensor of [...network.operations.flatMap(({ inputs }) => inputs), ...network.outputs])
    readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  const makers = new Map(network.operations.map((operation) => [operation.output, operation]));
  const joined = new Map<string, string>();
  for (const operation of network.operations.toReversed()) {
    if (operation.kind !== 'concatenate' && !(operation.kind === 'merge' && (operation.mode === 'maximum' || operation.mode === 'minimum')))
      continue;
    for (const input of operation.inputs) {
      const maker = makers.get(input);
      if (maker === undefined || readers.get(input) !== 1 || fixed(maker) !== undefined || moving.has(maker.kind)) continue;
      joined.set(input, joined.get(operation.output) ?? operation.output);
    }
  }
  return joined;
}
