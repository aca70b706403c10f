// Normalizations as exporters spell them out, over one axis: (x − mean) / √(mean of (x − mean)² + ε), x / √(mean of x² + ε), and x / ‖x‖.
import { plainOrder } from '../../axis-order.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall } from '../node-call.ts';
import type { NormalizationPart, OnnxValue } from '../onnx-value.ts';

/** Squares of flows, remembered by the flow that they are meanwhile. */
const squares = new WeakMap<Flow, Flow>();

/** x · x, of which a mean may be taken. */
export function squareOf(x: Flow, result: Flow): Flow {
  squares.set(result, x);
  return result;
}

/** The mean over one axis, kept there: how a normalization begins. Undefined where it is something else. */
export function meanOf(call: NodeCall): OnnxValue | undefined {
  const input = call.inputs[0];
  const rank = input?.kind === 'flow' ? input.shape.length : input?.kind === 'normalization-part' ? input.x.shape.length : 0;
  const axes = (call.listed('axes', 1) ?? []).map((axis) => call.axis(axis, rank));
  if (axes.length !== 1 || call.int('keepdims', 1) === 0) return undefined;
  const axis = axes[0]!;
  if (input?.kind === 'normalization-part')
    return input.stage === 'square' && input.axis === axis ? { ...input, stage: 'variance' } : undefined;
  if (input?.kind !== 'flow' || input.flattened !== undefined || Number.isNaN(input.shape[axis])) return undefined;
  const square = squares.get(input);
  const source = square ?? input;
  if (source.flattened !== undefined) return undefined;
  return {
    kind: 'normalization-part',
    x: withAxisLast(call, source, axis),
    source,
    averaged: input,
    axis,
    stage: square === undefined ? 'mean' : 'variance',
    centred: square === undefined,
    epsilon: 0,
  };
}

function withAxisLast(call: NodeCall, flow: Flow, axis: number): Flow {
  const rank = flow.shape.length;
  if (flow.order.length === rank && flow.order.at(-1) === axis) return flow;
  const batch = flow.order[0]!;
  return call.builder.stored(flow, [batch, ...plainOrder(rank).filter((each) => each !== batch && each !== axis), axis]);
}

/** x − mean, variance + ε, x or (x − mean) by the deviation; undefined where no part of a normalization is concerned. */
export function normalizationStep(call: NodeCall, op: 'Add' | 'Sub' | 'Mul' | 'Div'): OnnxValue | undefined {
  const [a, b] = call.inputs;
  const length = b?.kind === 'length' ? b : undefined;
  if (length !== undefined && op === 'Div' && a?.kind === 'flow' && a.layer === length.x.layer)
    return unitLength(call, length.x, length.axis);
  const parts = [a, b].filter((input) => input?.kind === 'normalization-part');
  if (parts.length === 0) return undefined;
  const [one, other] = [partOf(a), partOf(b)];
  if (op === 'Sub' && a?.kind === 'flow' && other?.stage === 'mean' && a.layer === other.source.layer)
    return { ...other, stage: 'centred' };
  if (op === 'Mul' && one?.stage === 'centred' && same(one, other, 'centred')) return { ...one, stage: 'square' };
  const constant = [a, b].find((input) => input?.kind === 'constant');
  const number = constant?.kind === 'constant' && constant.data.length === 1 ? Number(constant.data[0]) : undefined;
  if (op === 'Add' && number !== undefined) {
    const part = one ?? other;
    if (part?.stage === 'variance') return { ...part, epsilon: part.epsilon + number };
  }
  if (op === 'Div' && number === 1 && other?.stage === 'deviation') return { ...other, stage: 'inverse' };
  const divisor = op === 'Div' ? other : op === 'Mul' ? (one?.stage === 'inverse' ? one : other) : undefined;
  if (divisor?.stage === (op === 'Div' ? 'deviation' : 'inverse')) {
    const divided = divisor === one ? b : a;
    if (divisor.centred && same(divisor, partOf(divided), 'centred')) return normalised(call, divisor);
    if (!divisor.centred && divided?.kind === 'flow' && divided.layer === divisor.source.layer) return byRootMeanSquare(call, divisor);
  }
  // A mean that is wanted for itself.
  if (parts.every((part) => part?.kind === 'normalization-part' && part.stage === (part.centred ? 'mean' : 'variance'))) return undefined;
  throw call.refusal('it follows a mean that is not part of a normalization');
}

/** (x − mean)². */
export function normalizationSquare(call: NodeCall): OnnxValue | undefined {
  const part = partOf(call.inputs[0]);
  if (part === undefined || (part.stage === 'mean' && part.centred)) return undefined;
  if (part.stage !== 'centred' || Number(call.constant(1).data[0]) !== 2)
    throw call.refusal('it follows a mean that is not part of a normalization');
  return { ...part, stage: 'square' };
}

/** √(variance + ε), or one over it. */
export function normalizationRoot(call: NodeCall, from: NormalizationPart['stage'], to: NormalizationPart['stage']): OnnxValue {
  const part = partOf(call.inputs[0]);
  if (part?.stage !== from) throw call.refusal('it is not part of a normalization');
  return { ...part, stage: to };
}

/** The root of the sum of squares over one axis, kept there. */
export function lengthOf(call: NodeCall): OnnxValue {
  const x = call.flow(0);
  const rank = x.shape.length;
  const axes = (call.listed('axes', 1) ?? []).map((axis) => call.axis(axis, rank));
  if (axes.length !== 1 || Number.isNaN(x.shape[axes[0]!])) throw call.refusal('it does not run over one axis');
  return { kind: 'length', x, axis: axes[0]! };
}

/** A length with a number below which it isn't divided by. */
export function boundedLength(call: NodeCall, least: number): OnnxValue | undefined {
  const length = call.inputs.find((input) => input?.kind === 'length');
  if (length?.kind !== 'length') return undefined;
  if (!(least >= 0 && least <= 1e-6)) throw call.refusal('it bounds a length that is divided by');
  return length;
}

function unitLength(call: NodeCall, x: Flow, axis: number): Flow {
  const whole = x.flattened === undefined ? x : call.builder.plain(x);
  return call.same('UnitNormalization', { axis: -1 }, withAxisLast(call, whole, axis));
}

function partOf(value: OnnxValue | undefined): NormalizationPart | undefined {
  return value?.kind === 'normalization-part' ? value : undefined;
}

function same(one: NormalizationPart, other: NormalizationPart | undefined, stage: NormalizationPart['stage']): boolean {
  return other?.stage === stage && other.x.layer === one.x.layer;
}

function normalised(call: NodeCall, { x, epsilon }: NormalizationPart): Flow {
  return call.same('LayerNormalization', { axis: -1, epsilon, center: false, scale: false }, x);
}

/** Zhang and Sennrich 2019. */
function byRootMeanSquare(call: NodeCall, { x, epsilon, axis }: NormalizationPart): Flow {
  const size = x.shape[axis]!;
  return call.layer('RMSNormalization', { axis: -1, epsilon }, [x], x.shape, x.order, {
    scale: { shape: [size], data: new Float32Array(size).fill(1) },
  });
}
