// Operations with kernels as TensorFlow's ops.
import { StudioError } from '#contract/errors.ts';
import type { Convolution, Dense, DepthwiseConvolution, SlidingWindow, TransposedConvolution } from '../lowering/plain-network.ts';
import { attribute, dataTypes, int32, reshape, type Attributes, type GraphNodes } from './graph-nodes.ts';

function biased(graph: GraphNodes, { output, bias }: Convolution | DepthwiseConvolution | TransposedConvolution, sums: string): string {
  return graph.add(output, 'BiasAdd', [sums, graph.floats(`${output}/bias`, [bias.length], bias)], { data_format: attribute.text('NHWC') });
}

function windowAttributes({ strides, dilation, padding }: SlidingWindow): Attributes {
  return {
    strides: attribute.integers([1, ...strides, 1]),
    dilations: attribute.integers([1, ...dilation, 1]),
    padding: attribute.text(padding.toUpperCase()),
    data_format: attribute.text('NHWC'),
  };
}

/** Grouped convolutions are split: TensorFlow's CPU kernel has none. */
export function convolution(graph: GraphNodes, operation: Convolution, input: string, shape: readonly number[]): string {
  const { output: name, kernel, bias, window, groups } = operation;
  const filters = bias.length;
  const inputs = shape.at(-1)! / groups;
  const size = [...window.size, inputs, filters / groups];
  const parts = Array.from({ length: groups }, (_, group) => {
    const suffix = groups === 1 ? '' : `/group ${group}`;
    const own = groups === 1 ? kernel : kernel.filter((_weight, at) => Math.floor((at % filters) / (filters / groups)) === group);
    const image =
      groups === 1
        ? input
        : graph.add(
            `${name}${suffix}/input`,
            'Slice',
            [
              input,
              graph.integers(`${name}${suffix}/begin`, [4], [0, 0, 0, group * inputs]),
              graph.integers(`${name}${suffix}/size`, [4], [-1, shape[0]!, shape[1]!, inputs]),
            ],
            int32('Index'),
          );
    return graph.add(
      `${name}/sums${suffix}`,
      'Conv2D',
      [image, graph.floats(`${name}/kernel${suffix}`, size, own)],
      windowAttributes(window),
    );
  });
  if (groups === 1) return biased(graph, operation, parts[0]!);
  const axis = graph.integers(`${name}/joined/axis`, [], [3]);
  return biased(
    graph,
    operation,
    graph.add(`${name}/joined`, 'ConcatV2', [...parts, axis], { N: attribute.integer(groups), ...int32('Tidx') }),
  );
}

/** The CPU kernel takes no dilation: a kernel with zeros between its entries is the same. */
export function depthwise(graph: GraphNodes, operation: DepthwiseConvolution, input: string, shape: readonly number[]): string {
  const { output: name, layer, kernel, window, multiplier } = operation;
  const { size, strides, dilation } = window;
  if (strides[0] !== strides[1])
    throw new StudioError('unsupported', 'TensorFlow has no depthwise convolution whose strides differ.', {
      where: `layer "${layer}"`,
      whatToDo: 'Export as TFLite or C.',
    });
  const wide = [(size[0] - 1) * dilation[0] + 1, (size[1] - 1) * dilation[1] + 1] as const;
  const row = shape.at(-1)! * multiplier;
  const spread = new Float32Array(wide[0] * wide[1] * row);
  for (let tap = 0; tap < size[0] * size[1]; tap++) {
    const to = Math.floor(tap / size[1]) * dilation[0] * wide[1] + (tap % size[1]) * dilation[1];
    spread.set(kernel.subarray(tap * row, (tap + 1) * row), to * row);
  }
  const weights = graph.floats(`${name}/kernel`, [...wide, shape.at(-1)!, multiplier], spread);
  return biased(
    graph,
    operation,
    graph.add(`${name}/sums`, 'DepthwiseConv2dNative', [input, weights], windowAttributes({ ...window, dilation: [1, 1] })),
  );
}

/** The gradient of a convolution; the batch of its result is that of its input. */
export function transposed(graph: GraphNodes, operation: TransposedConvolution, input: string, result: readonly number[]): string {
  const { output: name, kernel, bias, window } = operation;
  const ends = [graph.integers(`${name}/first`, [1], [0]), graph.integers(`${name}/one`, [1], [1])];
  const int: Attributes = { T: attribute.type(dataTypes.int32) };
  const batch = graph.add(`${name}/batch`, 'Slice', [graph.shapeOf(`${name}/input shape`, input), ...ends], { ...int, ...int32('Index') });
  const shape = graph.add(
    `${name}/shape`,
    'ConcatV2',
    [batch, graph.integers(`${name}/image`, [3], result), graph.integers(`${name}/axis`, [], [0])],
    { ...int, N: attribute.integer(2), ...int32('Tidx') },
  );
  const size = [...window.size, bias.length, kernel.length / (window.size[0] * window.size[1] * bias.length)];
  const weights = graph.floats(`${name}/kernel`, size, kernel);
  return biased(graph, operation, graph.add(`${name}/sums`, 'Conv2DBackpropInput', [shape, weights, input], windowAttributes(window)));
}

export function dense(
  graph: GraphNodes,
  { output: name, kernel, bias }: Dense,
  input: string,
  shape: readonly number[],
  result: readonly number[],
): string {
  const entries = kernel.length / bias.length;
  const rows = shape.length === 1 ? input : reshape(graph, `${name}/rows`, input, [entries]);
  const sums = graph.add(`${name}/sums`, 'MatMul', [rows, graph.floats(`${name}/kernel`, [entries, bias.length], kernel)], {
    transpose_a: attribute.flag(false),
    transpose_b: attribute.flag(false),
  });
  const added = graph.add(
    shape.length === 1 ? name : `${name}/biased`,
    'BiasAdd',
    [sums, graph.floats(`${name}/bias`, [bias.length], bias)],
    { data_format: attribute.text('NHWC') },
  );
  return shape.length === 1 ? added : reshape(graph, name, added, result);
}
