// Plain operations as TFLite's operators.
import { StudioError } from '#contract/errors.ts';
import * as schema from './generated/tflite-schema.ts';
import { emitActivation } from './emit-activations.ts';
import { layerNormalize } from './emit-normalisation.ts';
import { affine, affineAsConvolution, kerneled } from './emit-kernels.ts';
import { shapeIn, type Lookup, type Merge, type PlainOperation } from '../lowering/plain-network.ts';
import {
  bilinearOptions,
  castOptions,
  concatenationOptions,
  mergeOptions,
  plainOptions,
  poolOptions,
  productOptions,
  resizeOptions,
  softmaxOptions,
} from './operator-options.ts';
import { activation, temporary, type Target } from './target.ts';

const { BuiltinOperator: Op, BuiltinOptions } = schema;
const mergeCodes: Readonly<Record<Merge['mode'], number>> = {
  add: Op.ADD,
  subtract: Op.SUB,
  multiply: Op.MUL,
  maximum: Op.MAXIMUM,
  minimum: Op.MINIMUM,
};

export function emit(target: Target, operation: PlainOperation): void {
  const { graph, network } = target;
  const [name = ''] = operation.inputs;
  const shape = shapeIn(network, name);
  const [input, output] = [activation(target, name), activation(target, operation.output)];
  const integers = (part: string, values: readonly number[], rank = [values.length]): number =>
    graph.integers(`${operation.output}/${part}`, rank, values);
  switch (operation.kind) {
    case 'convolution':
    case 'depthwise':
    case 'dense':
    case 'transposed':
      return kerneled(target, operation, input, output);
    case 'pool':
      graph.operator(operation.mode === 'max' ? Op.MAX_POOL_2D : Op.AVERAGE_POOL_2D, [input], output, poolOptions(operation));
      return;
    case 'global-pool': {
      const axes = integers(
        'axes',
        shape.slice(1).map((_, axis) => axis + 1),
      );
      graph.operator(
        operation.mode === 'max' ? Op.REDUCE_MAX : Op.MEAN,
        [input, axes],
        output,
        plainOptions(BuiltinOptions.ReducerOptions),
      );
      return;
    }
    case 'merge':
      return merge(target, operation, output);
    case 'affine':
      return target.format.integer ? affineAsConvolution(target, operation, input, output) : affine(target, operation, input, output);
    case 'layer-norm':
      return layerNormalize(target, operation, input, output);
    case 'concatenate':
      graph.operator(
        Op.CONCATENATION,
        operation.inputs.map((each) => inScaleOf(target, each, operation.output)),
        output,
        concatenationOptions(operation.axis + 1),
      );
      return;
    case 'pad':
      graph.operator(
        Op.PAD,
        [input, integers('edges', [0, 0, ...operation.edges.flat()], [operation.edges.length + 1, 2])],
        output,
        plainOptions(BuiltinOptions.PadOptions),
      );
      return;
    case 'slice': {
      const sizes = shapeIn(network, operation.output);
      graph.operator(
        Op.SLICE,
        [input, integers('begin', [0, ...operation.begin]), integers('size', [-1, ...sizes])],
        output,
        plainOptions(BuiltinOptions.SliceOptions),
      );
      return;
    }
    case 'reshape':
      graph.operator(Op.RESHAPE, [input, integers('shape', [-1, ...shapeIn(network, operation.output)])], output);
      return;
    case 'transpose':
      graph.operator(
        Op.TRANSPOSE,
        [input, integers('axes', [0, ...operation.axes.map((axis) => axis + 1)])],
        output,
        plainOptions(BuiltinOptions.TransposeOptions),
      );
      return;
    case 'activation':
      return emitActivation(target, operation, input, output);
    case 'prelu':
      graph.operator(
        Op.PRELU,
        [input, target.format.constant(graph, { name: `${operation.output}/alpha`, shape: operation.alphaShape, data: operation.alpha })],
        output,
      );
      return;
    case 'softmax':
      graph.operator(
        operation.logarithm ? Op.LOG_SOFTMAX : Op.SOFTMAX,
        [input],
        output,
        operation.logarithm ? plainOptions(BuiltinOptions.LogSoftmaxOptions) : softmaxOptions(),
      );
      return;
    case 'product':
      graph.operator(Op.BATCH_MATMUL, [input, activation(target, operation.inputs[1]!)], output, productOptions(operation.turned));
      return;
    case 'lookup':
      return lookup(target, operation, input, output);
    case 'resize': {
      const size = integers('size', shapeIn(network, operation.output).slice(0, 2));
      if (operation.mode === 'nearest') graph.operator(Op.RESIZE_NEAREST_NEIGHBOR, [input, size], output, resizeOptions());
      else graph.operator(Op.RESIZE_BILINEAR, [input, size], output, bilinearOptions(operation.mode === 'corners'));
      return;
    }
    case 'enlarge':
      graph.operator(
        Op.RESIZE_NEAREST_NEIGHBOR,
        [input, integers('size', shapeIn(network, operation.output).slice(0, 2))],
        output,
        resizeOptions(),
      );
  }
}

/** @throws StudioError `unsupported` in int8, whose input is no number of a row. */
function lookup(
  { graph, format, network }: Target,
  { layer, inputs, output: name, table, width }: Lookup,
  input: number,
  output: number,
): void {
  if (format.integer)
    throw new StudioError('unsupported', 'The numbers of words have no scale, so int8 input can hold none.', {
      where: `layer "${layer}"`,
      whatToDo: 'Export with float32 or float16 weights.',
    });
  const shape = [1, ...shapeIn(network, inputs[0] ?? '')];
  const rows = graph.tensor({ name: `${name}/rows`, shape, type: schema.TensorType.INT32 });
  graph.operator(Op.CAST, [input], rows, castOptions());
  const stored = format.constant(graph, { name: `${layer}/embeddings`, shape: [table.length / width, width], data: table });
  graph.operator(Op.GATHER, [stored, rows], output, plainOptions(BuiltinOptions.GatherOptions));
}

/** A tensor of fewer axes gets axes of 1 behind the batch: TFLite stretches from the last axis on, batch and all. */
function merge(target: Target, operation: Merge, output: number): void {
  const { graph, network } = target;
  const rank = shapeIn(network, operation.output).length;
  const sameScale = operation.mode === 'maximum' || operation.mode === 'minimum';
  const inputs = operation.inputs.map((name) => {
    const shape = shapeIn(network, name);
    const tensor = sameScale ? inScaleOf(target, name, operation.output) : activation(target, name);
    if (shape.length === rank) return tensor;
    const full = [...Array.from({ length: rank - shape.length }, () => 1), ...shape];
    const stretched = temporary(target, `${name}/for ${operation.output}`, full, graph.tensors[tensor]?.quantization);
    return graph.operator(
      Op.RESHAPE,
      [tensor, graph.integers(`${name}/shape for ${operation.output}`, [full.length + 1], [-1, ...full])],
      stretched,
    );
  });
  graph.operator(mergeCodes[operation.mode], inputs, output, mergeOptions(operation.mode, operation.fused));
}

/** The tensor `name`, requantised where `other` has another scale. */
function inScaleOf(target: Target, name: string, other: string): number {
  const { graph, format, network } = target;
  const [own, wanted] = [format.quantization(name), format.quantization(other)];
  const tensor = activation(target, name);
  if (own === undefined || wanted === undefined || (own.scales[0] === wanted.scales[0] && own.zeroPoint === wanted.zeroPoint))
    return tensor;
  const before = graph.tensors.length;
  const scaled = temporary(target, `${name}/in the scale of ${other}`, shapeIn(network, name), wanted);
  if (scaled === before)
    graph.operator(Op.QUANTIZE, [tensor], scaled, {
      type: BuiltinOptions.QuantizeOptions,
      fields: schema.QuantizeOptionsFields,
      set: () => {},
    });
  return scaled;
}
