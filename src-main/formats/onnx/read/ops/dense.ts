// Gemm and MatMul by a constant as Dense, MatMul of two flows as Dot, a Gather from a constant as Embedding.
import { permuted, permutedRows, plainOrder } from '../../axis-order.ts';
import { elements } from '../constant.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import type { Joined } from '../onnx-value.ts';
import { position } from './padding-and-cutting.ts';
import { productOf } from './product.ts';
import { seenShape } from './regrouping.ts';

/** α A B + β C, with A (N, in) flowing and B, C constant. */
export const gemm: OpReader = (call) => {
  if (call.int('transA', 0) !== 0) throw call.refusal('its first matrix is transposed');
  const input = matrixOf(call);
  if (seenShape(input).length !== 2) throw call.damage('its first input is no matrix');
  const { shape, data } = call.weights(1);
  if (shape.length !== 2) throw call.damage('its second input is no matrix');
  const transposed = call.int('transB', 0) !== 0;
  const [rows, units] = transposed ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!];
  const alpha = call.float('alpha', 1);
  const scaled = alpha === 1 ? data : data.map((value) => value * alpha);
  const bias = call.has(2) ? stretched(call, units) : undefined;
  return dense(call, input, transposed ? permuted(scaled, shape, [1, 0]) : scaled, rows, units, bias);
};

function stretched(call: NodeCall, units: number): Float32Array {
  const { shape, data } = call.weights(2);
  const beta = call.float('beta', 1);
  if ((data.length !== units && data.length !== 1) || shape.slice(0, -1).some((size) => size !== 1))
    throw call.refusal('what it adds is no bias');
  return new Float32Array(units).map((_, at) => data[data.length === 1 ? 0 : at]! * beta);
}

export const matMul: OpReader = (call) => {
  const [first, second] = call.inputs;
  if (first?.kind === 'joined' && second?.kind === 'joined') return joinedProduct(call, first, second);
  if (first?.kind !== 'constant' && first?.kind !== 'joined' && second?.kind !== 'constant')
    return productOf(call, call.flow(0), call.flow(1));
  if (first?.kind === 'constant' && second?.kind === 'flow') return fromTheLeft(call, second);
  const input = matrixOf(call);
  const { shape, data } = call.weights(1);
  if (shape.length !== 2) throw call.refusal('its constant is no matrix');
  return dense(call, input, data, shape[0]!, shape[1]!, undefined);
};

/** (N · heads, m, k) by (N · heads, k, n). */
function joinedProduct(call: NodeCall, one: Joined, other: Joined): Joined {
  const alike = [one, other].every(
    ({ x, from, to }) => from === 0 && to === 1 && Number.isNaN(x.shape[0]) && x.shape[1] === one.x.shape[1],
  );
  if (!alike) throw call.refusal('its inputs count the batch in different ways');
  return { ...one, x: productOf(call, one.x, other.x) };
}

/** A constant (m, k) by (N, …, k, n): over the last axis but one, which for a moment is the last. */
function fromTheLeft(call: NodeCall, flow: Flow): Flow {
  const { shape, data } = call.weights(0);
  const rank = flow.shape.length;
  if (shape.length !== 2 || rank < 3 || Number.isNaN(flow.shape[rank - 2]))
    throw call.refusal('its constant is no matrix, or it multiplies across the batch');
  const swapped = (input: Flow): Flow => {
    const whole = input.flattened === undefined ? input : call.builder.plain(input);
    const axes = [...plainOrder(rank - 2), rank - 1, rank - 2];
    return { ...whole, shape: axes.map((axis) => whole.shape[axis]!), order: whole.order.map((axis) => axes.indexOf(axis)) };
  };
  return swapped(denseOn(call, swapped(flow), permuted(data, shape, [1, 0]), shape[1]!, shape[0]!, undefined));
}

/** What a constant matrix is to multiply: its last axis, which is not the batch nor one with it. */
function matrixOf(call: NodeCall): Flow | Joined {
  const [input] = call.inputs;
  const joined = input?.kind === 'joined' && input.to < input.x.shape.length - 1;
  const found = joined ? input : call.flow(0);
  if (found.kind === 'flow' && Number.isNaN(found.shape.at(-1))) throw call.refusal('it multiplies across the batch');
  return found;
}

function dense(
  call: NodeCall,
  given: Flow | Joined,
  kernel: Float32Array,
  rows: number,
  units: number,
  bias: Float32Array | undefined,
): Flow | Joined {
  if (given.kind === 'joined') return { ...given, x: denseOn(call, given.x, kernel, rows, units, bias) };
  return denseOn(call, given, kernel, rows, units, bias);
}

/** @param kernel [rows, units], over the last axis. */
export function denseOn(
  call: NodeCall,
  given: Flow,
  kernel: Float32Array,
  rows: number,
  units: number,
  bias: Float32Array | undefined,
): Flow {
  const input = given.flattened === undefined ? call.builder.batchFirst(given) : given;
  if (input.shape.at(-1) !== rows) throw call.damage(`its kernel has ${rows} rows where its input has ${input.shape.at(-1)} entries`);
  const folded = input.flattened;
  const data = folded === undefined ? kernel : permutedRows(kernel, folded.shape, folded.order, units);
  const shape = [...input.shape.slice(0, -1), units];
  return call.layer('Dense', { units, activation: 'linear', use_bias: bias !== undefined }, [input], shape, input.order, {
    kernel: { shape: [rows, units], data },
    ...(bias === undefined ? {} : { bias: { shape: [units], data: bias } }),
  });
}

/** Rows of a constant matrix by flowing indices; or one position out of what flows, as the last step of a sequence. */
export const gather: OpReader = (call) => {
  const [first, second] = call.inputs;
  if (first?.kind === 'flow' && second?.kind === 'constant') return position(call, first, second);
  if (first?.kind !== 'constant') throw call.refusal('it picks entries out of what flows through the network');
  const { shape, data } = call.weights(0);
  const indices = call.builder.plain(call.flow(1));
  if (shape.length !== 2 || call.int('axis', 0) !== 0) throw call.refusal('it is no embedding');
  if (elements(shape) !== data.length || shape[1] === 0) throw call.damage('its embeddings are empty');
  return call.layer(
    'Embedding',
    { input_dim: shape[0]!, output_dim: shape[1]!, mask_zero: false },
    [indices],
    [...indices.shape, shape[1]!],
    plainOrder(indices.shape.length + 1),
    { embeddings: { shape, data } },
  );
};
