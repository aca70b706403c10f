// Layers with weights, and pooling: convolutions in one and two dimensions, dense layers, windows that move.
import { countOf, sizesOf, textOf } from '#network/config-values.ts';
import type { JsonObject } from '#network/model-artifact.ts';
import { activate } from './lower-activations.ts';
import { beforeActivation, inputOf, refuse, refuseChannelsFirst, type LayerCall, type PlainBuilder } from './plain-builder.ts';
import type { SlidingWindow } from './plain-network.ts';

type Pair = readonly [number, number];

/** Conv1D and pooling over steps run as images of height 1. */
function image(builder: PlainBuilder, call: LayerCall, axes: 1 | 2, input = inputOf(call)): string {
  const shape = builder.shape(input);
  return axes === 1 ? builder.reshape(call, input, [1, ...shape]) : input;
}

/** Adds an operation on images and gives its result the shape and the name that the layer's has. */
function addWindowed(
  builder: PlainBuilder,
  call: LayerCall,
  axes: 1 | 2,
  output: string,
  shape: readonly number[],
  operation: Parameters<PlainBuilder['add']>[3],
): void {
  if (axes === 2) builder.add(call, output, shape, operation);
  else builder.reshape(call, builder.add(call, `${output}/as image`, [1, ...shape], operation), shape, output);
}

export function lowerConvolution(axes: 1 | 2) {
  return (builder: PlainBuilder, call: LayerCall): void => {
    refuseChannelsFirst(call);
    const kernel = call.weightShape('kernel');
    const strides = pair(call.config, 'strides', axes, 1);
    const dilation = pair(call.config, 'dilation_rate', axes, 1);
    let input = image(builder, call, axes);
    let padding = textOf(call.config, 'padding', 'valid');
    if (padding === 'causal') {
      const [height, width, channels] = three(builder.shape(input));
      const reach = (kernel[0]! - 1) * dilation[1];
      input = builder.add(call, `${call.output}/padded`, [height, width + reach, channels], {
        kind: 'pad',
        inputs: [input],
        edges: [
          [0, 0],
          [reach, 0],
          [0, 0],
        ],
      });
      padding = 'valid';
    }
    const size: Pair = axes === 1 ? [1, kernel[0]!] : [kernel[0]!, kernel[1]!];
    const output = beforeActivation(call);
    addWindowed(builder, call, axes, output, call.outputShape, {
      kind: 'convolution',
      inputs: [input],
      kernel: call.weight('kernel'),
      bias: biasOf(call, kernel.at(-1)!),
      fused: 'none',
      window: slidingWindow(builder.shape(input), size, strides, dilation, padding),
      groups: countOf(call.config, 'groups', 1),
    });
    activate(builder, call, output);
  };
}

export function lowerDepthwise(axes: 1 | 2) {
  return (builder: PlainBuilder, call: LayerCall): void => {
    const output = beforeActivation(call);
    depthwise(builder, call, axes, output, biasOf(call, channelsOf(call)));
    activate(builder, call, output);
  };
}

/** Output channels: channels in, and the multiplier. */
function channelsOf(call: LayerCall): number {
  const [channels = 1, multiplier = 1] = call.weightShape('depthwise_kernel').slice(-2);
  return channels * multiplier;
}

function depthwise(builder: PlainBuilder, call: LayerCall, axes: 1 | 2, output: string, bias: Float32Array): void {
  refuseChannelsFirst(call);
  const shape = call.weightShape('depthwise_kernel');
  const input = image(builder, call, axes);
  const window = slidingWindow(
    builder.shape(input),
    axes === 1 ? [1, shape[0]!] : [shape[0]!, shape[1]!],
    pair(call.config, 'strides', axes, 1),
    pair(call.config, 'dilation_rate', axes, 1),
    textOf(call.config, 'padding', 'valid'),
  );
  const places = call.outputShape.slice(0, -1);
  addWindowed(builder, call, axes, output, [...places, bias.length], {
    kind: 'depthwise',
    inputs: [input],
    kernel: call.weight('depthwise_kernel'),
    bias,
    fused: 'none',
    multiplier: shape.at(-1)!,
    window,
  });
}

export function lowerSeparable(axes: 1 | 2) {
  return (builder: PlainBuilder, call: LayerCall): void => {
    const between = `${call.output}/depthwise`;
    depthwise(builder, call, axes, between, new Float32Array(channelsOf(call)));
    const output = beforeActivation(call);
    const input = image(builder, call, axes, between);
    addWindowed(builder, call, axes, output, call.outputShape, {
      kind: 'convolution',
      inputs: [input],
      kernel: call.weight('pointwise_kernel'),
      bias: biasOf(call, call.outputShape.at(-1)!),
      fused: 'none',
      groups: 1,
      window: slidingWindow(builder.shape(input), [1, 1], [1, 1], [1, 1], 'valid'),
    });
    activate(builder, call, output);
  };
}

export function lowerTransposed(axes: 1 | 2) {
  return (builder: PlainBuilder, call: LayerCall): void => {
    refuseChannelsFirst(call);
    if (sizesOf(call.config, 'dilation_rate', axes, 1).some((rate) => rate !== 1))
      throw refuse(call, 'a transposed convolution with dilation has no counterpart there');
    if ((call.config.output_padding ?? null) !== null) throw refuse(call, 'its output_padding has no counterpart there');
    const kernel = call.weightShape('kernel');
    const size: Pair = axes === 1 ? [1, kernel[0]!] : [kernel[0]!, kernel[1]!];
    const output = beforeActivation(call);
    const whole = axes === 1 ? [1, ...call.outputShape] : call.outputShape;
    addWindowed(builder, call, axes, output, call.outputShape, {
      kind: 'transposed',
      inputs: [image(builder, call, axes)],
      kernel: call.weight('kernel'),
      bias: biasOf(call, kernel[axes]!),
      fused: 'none',
      // The convolution of which this is the transpose goes from the output back to the input.
      window: slidingWindow(whole, size, pair(call.config, 'strides', axes, 1), [1, 1], textOf(call.config, 'padding', 'valid')),
    });
    activate(builder, call, output);
  };
}

export function lowerDense(builder: PlainBuilder, call: LayerCall): void {
  const output = beforeActivation(call);
  builder.add(call, output, call.outputShape, {
    kind: 'dense',
    inputs: [inputOf(call)],
    kernel: call.weight('kernel'),
    bias: biasOf(call, call.weightShape('kernel')[1]!),
    fused: 'none',
  });
  activate(builder, call, output);
}

export function lowerPooling(axes: 1 | 2, mode: 'max' | 'average') {
  return (builder: PlainBuilder, call: LayerCall): void => {
    refuseChannelsFirst(call);
    const input = image(builder, call, axes);
    const size = pair(call.config, 'pool_size', axes, 2);
    const strides = (call.config.strides ?? null) === null ? size : pair(call.config, 'strides', axes, 1);
    addWindowed(builder, call, axes, call.output, call.outputShape, {
      kind: 'pool',
      mode,
      inputs: [input],
      window: slidingWindow(builder.shape(input), size, strides, [1, 1], textOf(call.config, 'padding', 'valid')),
    });
  };
}

export function lowerGlobalPooling(mode: 'max' | 'average') {
  return (builder: PlainBuilder, call: LayerCall): void => {
    refuseChannelsFirst(call);
    const flat = [call.outputShape.at(-1) ?? 1];
    const keeps = call.outputShape.length > 1;
    const pooled = builder.add(call, keeps ? `${call.output}/flat` : call.output, flat, {
      kind: 'global-pool',
      mode,
      inputs: [inputOf(call)],
    });
    if (keeps) builder.reshape(call, pooled, call.outputShape, call.output);
  };
}

/** `same`: ⌈n / stride⌉ positions, the padding that takes split evenly, an odd one going behind. */
function slidingWindow(shape: readonly number[], size: Pair, strides: Pair, dilation: Pair, padding: string): SlidingWindow {
  const before = ([0, 1] as const).map((axis) => {
    const [length, stride] = [shape[axis]!, strides[axis]];
    const total = (Math.ceil(length / stride) - 1) * stride + (size[axis] - 1) * dilation[axis] + 1 - length;
    return padding === 'same' ? Math.floor(Math.max(0, total) / 2) : 0;
  });
  return { size, strides, dilation, padding: padding === 'same' ? 'same' : 'valid', before: [before[0]!, before[1]!] };
}

function pair(config: JsonObject, key: string, axes: 1 | 2, otherwise: number): Pair {
  const sizes = sizesOf(config, key, axes, otherwise);
  return axes === 1 ? [1, sizes[0]!] : [sizes[0]!, sizes[1]!];
}

function three(shape: readonly number[]): readonly [number, number, number] {
  return [shape[0]!, shape[1]!, shape[2]!];
}

function biasOf(call: LayerCall, count: number): Float32Array {
  return call.hasWeight('bias') ? call.weight('bias') : new Float32Array(count);
}
