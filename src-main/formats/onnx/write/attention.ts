// Attention as products and a softmax.
import { countOf, flagOf } from '#network/config-values.ts';
import { plainOrder } from '../axis-order.ts';
import { int, ints } from './attributes.ts';
import type { Value } from './graph-writer.ts';
import type { LayerCall, LayerWriter } from './layer-call.ts';

/** softmax(q kᵀ · scale) v. */
export const attention: LayerWriter = (call) => {
  const [query, value, key = value] = call.inputs.map((input) => call.graph.plain(input));
  const turned = call.op('Transpose', [key!.name], [ints('perm', [0, 2, 1])]);
  const product = call.op('MatMul', [query!.name, turned]);
  const scores = call.hasWeight('scale') ? call.op('Mul', [product, call.initializer('scale')]) : product;
  return result(call, call.op('MatMul', [softmax(call, scores), value!.name]));
};

/** The sum over channels of scale · tanh(q + k). */
export const additiveAttention: LayerWriter = (call) => {
  const [query, value, key = value] = call.inputs.map((input) => call.graph.plain(input));
  const wide = (one: Value, axis: number): string => call.op('Unsqueeze', [one.name, call.graph.integers('axes', [axis])]);
  const sums = call.op('Tanh', [call.op('Add', [wide(query!, 2), wide(key!, 1)])]);
  const weighed = call.hasWeight('scale') ? call.op('Mul', [sums, call.initializer('scale')]) : sums;
  const scores = call.op('ReduceSum', [weighed, call.graph.integers('axes', [-1])], [int('keepdims', 0)]);
  return result(call, call.op('MatMul', [softmax(call, scores), value!.name]));
};

/** (N, steps, entries) to (N, heads, steps, width), attended to, and back to entries. */
export const multiHeadAttention: LayerWriter = (call) => {
  const [query, value, key = value] = call.inputs.map((input) => call.graph.plain(input));
  const heads = countOf(call.config, 'num_heads');
  const projected = (role: string, from: Value, order: readonly number[]): string => {
    const [entries = 1, , width = 1] = call.weight(`${role}/kernel`).shape;
    const flat = call.op('MatMul', [from.name, kernel(call, role, [entries, heads * width])]);
    const split = call.op('Reshape', [shifted(call, role, flat, heads * width), call.graph.integers('shape', [0, -1, heads, width])]);
    return call.op('Transpose', [split], [ints('perm', order)]);
  };
  const scale = call.graph.number(1 / Math.sqrt(countOf(call.config, 'key_dim')));
  const asking = call.op('Mul', [projected('query', query!, [0, 2, 1, 3]), scale]);
  const product = call.op('MatMul', [asking, projected('key', key!, [0, 2, 3, 1])]);
  const scores = flagOf(call.config, 'use_causal_mask', false) ? call.op('Add', [product, causal(call)]) : product;
  const mixed = call.op('MatMul', [softmax(call, scores), projected('value', value!, [0, 2, 1, 3])]);
  const [, width = 1, outputs = 1] = call.weight('attention_output/kernel').shape;
  const side = call.op('Reshape', [
    call.op('Transpose', [mixed], [ints('perm', [0, 2, 1, 3])]),
    call.graph.integers('shape', [0, -1, heads * width]),
  ]);
  const joined = call.op('MatMul', [side, kernel(call, 'attention_output', [heads * width, outputs])]);
  return result(call, shifted(call, 'attention_output', joined, outputs));
};

function kernel(call: LayerCall, role: string, shape: readonly number[]): string {
  const { name, data } = call.weight(`${role}/kernel`);
  return call.graph.floats(`${name}|matrix`, shape, () => data);
}

function shifted(call: LayerCall, role: string, product: string, width: number): string {
  if (!call.hasWeight(`${role}/bias`)) return product;
  const { name, data } = call.weight(`${role}/bias`);
  return call.op('Add', [product, call.graph.floats(`${name}|row`, [width], () => data)]);
}

/** Far below every score for what comes later. */
function causal(call: LayerCall): string {
  const [steps, others] = [call.inputs[0]?.shape[1] ?? 0, call.inputs[1]?.shape[1] ?? 0];
  if (steps === 0 || others === 0) throw call.refusal('it hides what comes later in sequences of a free length');
  return call.graph.floats(`causal:${steps}x${others}`, [1, 1, steps, others], () =>
    Float32Array.from({ length: steps * others }, (_, at) => (at % others > Math.floor(at / others) ? -1e9 : 0)),
  );
}

function softmax(call: LayerCall, scores: string): string {
  return call.op('Softmax', [scores], [int('axis', -1)]);
}

function result(call: LayerCall, name: string): Value {
  return { name, shape: call.shape, order: plainOrder(call.shape.length) };
}
