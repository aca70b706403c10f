// Operations with kernels, and scale-and-shift, as TFLite's operators.
import { BuiltinOperator as Op } from './generated/tflite-schema.ts';
import { temporary, type Target } from './target.ts';
import {
  shapeIn,
  type Affine,
  type Convolution,
  type Dense,
  type DepthwiseConvolution,
  type SlidingWindow,
  type TransposedConvolution,
} from '../lowering/plain-network.ts';
import { convolutionOptions, denseOptions, depthwiseOptions, mergeOptions, transposedOptions } from './operator-options.ts';

type Kerneled = Convolution | DepthwiseConvolution | Dense | TransposedConvolution;

/** TFLite's kernels: [filters, height, width, channels], for depthwise ones [1, height, width, channels], for dense [units, entries]. */
export function kerneled(target: Target, operation: Kerneled, input: number, output: number): void {
  const { graph, format } = target;
  const {
    kernel,
    bias,
    layer,
    inputs: [from = ''],
  } = operation;
  const filters = bias.length;
  const pair = (shape: readonly number[], data: Float32Array, axis: number): readonly [number, number] =>
    format.kernelAndBias(
      graph,
      { name: `${layer}/kernel`, shape, data },
      axis,
      { name: `${layer}/bias`, shape: [filters], data: bias },
      from,
    );
  switch (operation.kind) {
    case 'dense': {
      const entries = kernel.length / filters;
      const rank = shapeIn(target.network, from).length;
      graph.operator(
        Op.FULLY_CONNECTED,
        [input, ...pair([filters, entries], turned(kernel, entries, filters), 0)],
        output,
        denseOptions(operation.fused, rank > 1),
      );
      return;
    }
    case 'depthwise': {
      graph.operator(
        Op.DEPTHWISE_CONV_2D,
        [input, ...pair([1, ...operation.window.size, filters], kernel, 3)],
        output,
        depthwiseOptions(operation.window, operation.fused, operation.multiplier),
      );
      return;
    }
    case 'convolution': {
      const [height, width] = operation.window.size;
      const shape = [filters, height, width, kernel.length / (height * width * filters)];
      graph.operator(
        Op.CONV_2D,
        [input, ...pair(shape, turned(kernel, kernel.length / filters, filters), 0)],
        output,
        convolutionOptions(operation.window, operation.fused),
      );
      return;
    }
    case 'transposed': {
      const [height, width] = operation.window.size;
      const channels = kernel.length / (height * width * filters);
      // [window, filters, channels] → [filters, window, channels].
      const data = Float32Array.from(kernel, (_, at) => {
        const [filter, tap, channel] = [
          Math.floor(at / (height * width * channels)),
          Math.floor(at / channels) % (height * width),
          at % channels,
        ];
        return kernel[(tap * filters + filter) * channels + channel]!;
      });
      const shape = graph.integers(`${operation.output}/shape`, [4], [1, ...shapeIn(target.network, operation.output)]);
      const [weights, biases] = pair([filters, height, width, channels], data, 0);
      graph.operator(Op.TRANSPOSE_CONV, [shape, weights, input, biases], output, transposedOptions(operation.window));
    }
  }
}

/** [rows, columns] → [columns, rows]. */
function turned(data: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)]!);
}

export function affine(target: Target, { output: name, scale, shift }: Affine, input: number, output: number): void {
  const { graph, format, network } = target;
  const shifts = shift.some((value) => value !== 0);
  const constant = (part: string, data: Float32Array): number =>
    format.constant(graph, { name: `${name}/${part}`, shape: [data.length], data });
  const product = shifts ? temporary(target, `${name}/scaled`, shapeIn(network, name), undefined) : output;
  graph.operator(Op.MUL, [input, constant('scale', scale)], product, mergeOptions('multiply', 'none'));
  if (shifts) graph.operator(Op.ADD, [product, constant('shift', shift)], output, mergeOptions('add', 'none'));
}

/** In integers a 1×1 depthwise convolution: its scales are a channel's own, and nothing in between needs a range. */
export function affineAsConvolution(
  target: Target,
  { inputs: [from = ''], output: name, scale, shift }: Affine,
  input: number,
  output: number,
): void {
  const { graph, format, network } = target;
  const shape = shapeIn(network, name);
  const channels = scale.length;
  const image = [1, shape.reduce((product, size) => product * size, 1) / channels, channels];
  const weights = format.kernelAndBias(
    graph,
    { name: `${name}/scale`, shape: [1, 1, 1, channels], data: scale },
    3,
    { name: `${name}/shift`, shape: [channels], data: shift },
    from,
  );
  const window: SlidingWindow = { size: [1, 1], strides: [1, 1], dilation: [1, 1], padding: 'valid', before: [0, 0] };
  const options = depthwiseOptions(window, 'none', 1);
  if (shape.length === 3) {
    graph.operator(Op.DEPTHWISE_CONV_2D, [input, ...weights], output, options);
    return;
  }
  const [asImage, scaled] = [
    temporary(target, `${from}/image for ${name}`, image, format.quantization(from)),
    temporary(target, `${name}/image`, image, format.quantization(name)),
  ];
  graph.operator(Op.RESHAPE, [input, graph.integers(`${name}/image shape`, [4], [-1, ...image])], asImage);
  graph.operator(Op.DEPTHWISE_CONV_2D, [asImage, ...weights], scaled, options);
  graph.operator(Op.RESHAPE, [scaled, graph.integers(`${name}/shape`, [shape.length + 1], [-1, ...shape])], output);
}
