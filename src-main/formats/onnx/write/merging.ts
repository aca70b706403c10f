// Layers with several inputs.
import { flagOf, isList, numberOf } from '#network/config-values.ts';
import { plainOrder } from '../axis-order.ts';
import { int, ints } from './attributes.ts';
import type { Value } from './graph-writer.ts';
import type { LayerCall, LayerWriter } from './layer-call.ts';

/** ONNX's Sum, Mean, Max and Min take any number of inputs; products are chained. */
export function merging(type: 'Sum' | 'Mul' | 'Sub' | 'Mean' | 'Max' | 'Min'): LayerWriter {
  return (call) => {
    const values = call.graph.alike(sameRank(call));
    const [first, ...rest] = values.map(({ name }) => name);
    if (first === undefined) throw call.refusal('it has no inputs');
    const chained = type === 'Mul' || type === 'Sub' || (type === 'Sum' && values.length === 2);
    const op = type === 'Sum' && values.length === 2 ? 'Add' : type;
    const name = chained ? rest.reduce((sum, other) => call.op(op, [sum, other]), first) : call.op(op, [first, ...rest]);
    return { ...values[0]!, name, shape: call.shape };
  };
}

/** Keras stretches the shorter of two shapes in the middle, right behind the batch. */
function sameRank(call: LayerCall): readonly Value[] {
  const rank = Math.max(...call.inputs.map(({ shape }) => shape.length));
  return call.inputs.map((value) => {
    const missing = rank - value.shape.length;
    if (missing === 0) return value;
    const axes = Array.from({ length: missing }, (_, axis) => axis + 1);
    const name = call.graph.op('Unsqueeze', `${call.id}_stretched`, [call.graph.plain(value).name, call.graph.integers('axes', axes)]);
    return { name, shape: [value.shape[0] ?? null, ...axes.map(() => 1), ...value.shape.slice(1)], order: plainOrder(rank) };
  });
}

export const concatenate: LayerWriter = (call) => {
  const values = call.graph.alike(call.inputs.map((value) => (value.flattened === undefined ? value : call.graph.plain(value))));
  const { order } = values[0]!;
  const axis = order.indexOf((numberOf(call.config, 'axis', -1) + order.length) % order.length);
  return {
    name: call.op(
      'Concat',
      values.map(({ name }) => name),
      [int('axis', axis)],
    ),
    shape: call.shape,
    order,
  };
};

/** The sum of products along an axis of each: of vectors a number, of sequences a matrix of all steps with all others. */
export const dot: LayerWriter = (call) => {
  const given = call.config['axes'] ?? -1;
  const axes = call.inputs.map(({ shape }, at) => (Number(isList(given) ? given[at] : given) + shape.length) % shape.length);
  const ranks = call.inputs.map(({ shape }) => shape.length);
  if (ranks.length !== 2 || ranks.some((rank) => rank !== ranks[0] || rank > 3))
    throw call.refusal('it is no product of two vectors or of two sequences');
  const [one = '', other = ''] = call.inputs.map((value, at) => {
    const { name } = call.graph.plain(value);
    return flagOf(call.config, 'normalize', false) ? normalised(call, name, axes[at]!) : name;
  });
  const order = plainOrder(call.shape.length);
  if (ranks[0] === 2) {
    const sum = call.op('ReduceSum', [call.op('Mul', [one, other]), call.graph.integers('axes', [1])], [int('keepdims', 1)]);
    return { name: sum, shape: call.shape, order };
  }
  const turned = (name: string): string => call.op('Transpose', [name], [ints('perm', [0, 2, 1])]);
  return { name: call.op('MatMul', [axes[0] === 2 ? one : turned(one), axes[1] === 1 ? other : turned(other)]), shape: call.shape, order };
};

function normalised(call: LayerCall, name: string, axis: number): string {
  const squares = call.op('ReduceSumSquare', [name], [ints('axes', [axis]), int('keepdims', 1)]);
  return call.op('Div', [name, call.op('Sqrt', [call.op('Max', [squares, call.graph.number(1e-12)])])]);
}
