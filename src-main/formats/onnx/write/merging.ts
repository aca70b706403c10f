// Layers with several inputs.
import { numberOf } from '#network/config-values.ts';
import { plainOrder } from '../axis-order.ts';
import { int } from './attributes.ts';
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
