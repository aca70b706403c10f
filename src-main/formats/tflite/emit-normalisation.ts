// Layer normalisation as TFLite's operators.
import { StudioError } from '#contract/errors.ts';
import * as schema from './generated/tflite-schema.ts';
import { shapeIn, type LayerNormalization } from '../lowering/plain-network.ts';
import { mergeOptions } from './operator-options.ts';
import { temporary, type Target } from './target.ts';
import type { Options } from './tflite-graph.ts';

const { BuiltinOperator: Op, BuiltinOptions } = schema;
const keepingAxes: Options = {
  type: BuiltinOptions.ReducerOptions,
  fields: schema.ReducerOptionsFields,
  set: (builder) => schema.ReducerOptionsAddKeepDims(builder, true),
};

/** @throws StudioError `unsupported` in int8: the variance of eight bits is too coarse to divide by. */
export function layerNormalize(target: Target, operation: LayerNormalization, input: number, output: number): void {
  const { graph, format, network } = target;
  const { output: name, layer, epsilon, scale, shift, centred: centring } = operation;
  if (format.integer) {
    throw new StudioError('unsupported', 'TensorFlow Lite normalises layers with floats only.', {
      where: `layer "${layer}"`,
      whatToDo: 'Export with float32 or float16 weights.',
    });
  }
  const shape = shapeIn(network, name);
  const row = [...shape.slice(0, -1), 1];
  const axis = graph.integers(`${name}/axis`, [1], [shape.length]);
  const make = (code: number, inputs: readonly number[], part: string, size = shape, options?: Options): number =>
    graph.operator(code, inputs, temporary(target, `${name}/${part}`, size, undefined), options);
  const constant = (part: string, data: Float32Array): number =>
    format.constant(graph, { name: `${name}/${part}`, shape: [data.length], data });
  const centred = centring
    ? make(Op.SUB, [input, make(Op.MEAN, [input, axis], 'mean', row, keepingAxes)], 'centred', shape, mergeOptions('subtract', 'none'))
    : input;
  const squares = make(Op.MUL, [centred, centred], 'squares', shape, mergeOptions('multiply', 'none'));
  const variance = make(Op.MEAN, [squares, axis], 'variance', row, keepingAxes);
  const positive = make(Op.ADD, [variance, constant('epsilon', Float32Array.of(epsilon))], 'above zero', row, mergeOptions('add', 'none'));
  const factor = make(Op.RSQRT, [positive], 'factor', row);
  const normal = make(Op.MUL, [centred, factor], 'normal', shape, mergeOptions('multiply', 'none'));
  const scaled = make(Op.MUL, [normal, constant('scale', scale)], 'scaled', shape, mergeOptions('multiply', 'none'));
  graph.operator(Op.ADD, [scaled, constant('shift', shift)], output, mergeOptions('add', 'none'));
}
