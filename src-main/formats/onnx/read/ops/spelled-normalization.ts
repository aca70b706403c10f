// Normalizations as exporters spell them out: (x − mean) / √(mean of (x − mean)² + ε), x / √(mean of x² + ε), and x / ‖x‖.
import { plainOrder } from '../../axis-order.ts';
import { batchSize, elements, type Constant } from '../constant.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall } from '../node-call.ts';
import type { Length, NormalizationPart, OnnxValue } from '../onnx-value.ts';
import { withNumbers } from './with-constants.ts';
import { reducedOver } from './pooling.ts';

type Part = NormalizationPart;
type Op = 'Add' | 'Sub' | 'Mul' | 'Div';

/** Squares of flows, remembered by the flow that they are meanwhile. */
const squares = new WeakMap<Flow, Flow>();

/** x · x, of which a mean may be taken. */
export function squareOf(x: Flow, result: Flow): Flow {
  squares.set(result, x);
  return result;
}

/** The mean over some axes, kept there: how a normalization begins. Undefined where it is something else. */
export function meanOf(call: NodeCall, axes: readonly number[]): OnnxValue | undefined {
  const [input] = call.inputs;
  if (input?.kind === 'normalization-part')
    return input.stage === 'square' && String(input.axes) === String(axes) ? { ...input, stage: 'variance' } : undefined;
  if (input?.kind !== 'flow' || input.flattened !== undefined || axes.length === 0) return undefined;
  const square = squares.get(input);
  const x = square ?? input;
  if (x.flattened !== undefined || axes.some((axis) => Number.isNaN(x.shape[axis]))) return undefined;
  let mean: Flow | undefined;
  return {
    kind: 'normalization-part',
    x,
    axes,
    stage: square === undefined ? 'mean' : 'variance',
    centred: square === undefined,
    negated: false,
    epsilon: 0,
    mean: () => (mean ??= reducedOver(call, 'GlobalAveragePooling', input, axes, true)),
  };
}

/** Whether it is a mean that can still be wanted for itself. */
export function isBareMean({ stage, centred, epsilon, negated }: Part): boolean {
  return !negated && (centred ? stage === 'mean' : stage === 'variance' && epsilon === 0);
}

/** Sums and products of parts; undefined where no part of a normalization is concerned. */
export function normalizationStep(call: NodeCall, op: Op): OnnxValue | undefined {
  const [a, b] = call.inputs;
  const length = b?.kind === 'length' ? b : undefined;
  if (length !== undefined && op === 'Div' && a?.kind === 'flow' && a.layer === length.x.layer)
    return unitLength(call, length.x, length.axes);
  const [one, other] = [partOf(a), partOf(b)];
  if (one === undefined && other === undefined) return undefined;
  const constant = [a, b].find((input) => input?.kind === 'constant');
  const step =
    one !== undefined && other !== undefined
      ? ofTwo(call, op, one, other)
      : constant?.kind === 'constant'
        ? withConstant(op, (one ?? other)!, constant, one !== undefined)
        : withInput(call, op, (one ?? other)!, one === undefined ? a : b, one !== undefined);
  if (step !== undefined) return step;
  if ([one, other].every((part) => part === undefined || isBareMean(part))) return undefined;
  throw call.refusal('it follows a mean that is not part of a normalization');
}

function ofTwo(call: NodeCall, op: Op, one: Part, other: Part): OnnxValue | undefined {
  if (one.x.layer !== other.x.layer || String(one.axes) !== String(other.axes)) return undefined;
  const pair = (first: Part['stage'], second: Part['stage']): readonly [Part, Part] | undefined =>
    one.stage === first && other.stage === second ? [one, other] : one.stage === second && other.stage === first ? [other, one] : undefined;
  if (op === 'Mul') {
    if (pair('centred', 'centred') !== undefined) return { ...one, stage: 'square' };
    const [mean, inverse] = pair('mean', 'inverse') ?? [];
    if (mean !== undefined) return { ...inverse!, stage: 'shift', negated: mean.negated };
    const [, divisor] = pair('centred', 'inverse') ?? [];
    return divisor === undefined ? undefined : normalised(call, divisor);
  }
  if (op === 'Div') return one.stage === 'centred' && other.stage === 'deviation' ? normalised(call, other) : undefined;
  const [scaled, shift] = pair('scaled', 'shift') ?? [];
  const subtracted = op === 'Sub' ? shift === other : true;
  return shift !== undefined && subtracted && shift.negated === (op === 'Add')
    ? normalised(call, { ...scaled!, ...betaOf(shift) })
    : undefined;
}

function betaOf({ beta }: Part): { beta?: Constant } {
  return beta === undefined ? {} : { beta };
}

/** @param first whether the part comes first. */
function withConstant(op: Op, part: Part, constant: Constant, first: boolean): OnnxValue | undefined {
  const number = constant.data.length === 1 ? Number(constant.data[0]) : undefined;
  if (op === 'Add' && part.stage === 'variance' && number !== undefined) return { ...part, epsilon: part.epsilon + number };
  if (op === 'Div' && !first && part.stage === 'deviation' && number === 1) return { ...part, stage: 'inverse' };
  if (op === 'Mul' && part.stage === 'inverse' && part.gamma === undefined) return { ...part, gamma: constant };
  if (part.stage !== 'shift' || part.beta !== undefined) return undefined;
  if (op === 'Add' && part.negated) return { ...part, beta: constant };
  return op === 'Sub' && !first && !part.negated ? { ...part, beta: constant, negated: true } : undefined;
}

function withInput(call: NodeCall, op: Op, part: Part, input: OnnxValue | undefined, first: boolean): OnnxValue | undefined {
  if (input?.kind !== 'flow' || input.layer !== part.x.layer) return undefined;
  if (op === 'Sub' && !first && part.stage === 'mean') return { ...part, stage: 'centred' };
  const divides = (op === 'Mul' && part.stage === 'inverse') || (op === 'Div' && !first && part.stage === 'deviation');
  if (!divides) return undefined;
  return part.centred ? { ...part, stage: 'scaled' } : byRootMeanSquare(call, part);
}

/** (x − mean)². */
export function normalizationSquare(call: NodeCall): OnnxValue | undefined {
  const part = partOf(call.inputs[0]);
  if (part === undefined || isBareMean(part)) return undefined;
  if (part.stage !== 'centred' || Number(call.constant(1).data[0]) !== 2)
    throw call.refusal('it follows a mean that is not part of a normalization');
  return { ...part, stage: 'square' };
}

/** √(variance + ε), or one over it; undefined where it is something else. */
export function normalizationRoot(call: NodeCall, from: Part['stage'], to: Part['stage']): OnnxValue | undefined {
  const part = partOf(call.inputs[0]);
  return part?.stage === from ? { ...part, stage: to } : undefined;
}

/** A mean of squares, its root or one over that, wanted for itself; undefined where it is something else. */
export function meanSquareOf(call: NodeCall, part: Part): Flow | undefined {
  if (part.centred || part.negated || part.gamma !== undefined || !['variance', 'deviation', 'inverse'].includes(part.stage))
    return undefined;
  const mean = part.mean();
  const raised = part.epsilon === 0 ? mean : call.same('Rescaling', { scale: 1, offset: part.epsilon }, mean, part.epsilon > 0);
  if (part.stage === 'variance') return raised;
  const root = call.same('Activation', { activation: 'sqrt' }, raised, true);
  return part.stage === 'deviation' ? root : call.same('Activation', { activation: 'reciprocal' }, root, true);
}

/** The mean with its sign turned. */
export function normalizationNegative(call: NodeCall): OnnxValue | undefined {
  const part = partOf(call.inputs[0]);
  return part?.stage === 'mean' ? { ...part, negated: !part.negated } : undefined;
}

/** The root of the sum of squares; over one axis, kept there, it may be what x is divided by. */
export function lengthOf(call: NodeCall): OnnxValue {
  const x = call.flow(0);
  const axes = (call.listed('axes', 1) ?? []).map((axis) => call.axis(axis, x.shape.length)).toSorted((one, other) => one - other);
  const keep = call.int('keepdims', 1) !== 0;
  const length: Length = { kind: 'length', x, axes, keep };
  return axes.length === 1 && keep && !Number.isNaN(x.shape[axes[0]!]) ? length : flowOfLength(call, length);
}

/** A length that is wanted for itself. */
export function flowOfLength(call: NodeCall, { x, axes, keep }: Length): Flow {
  const squared: Flow = { ...x, layer: call.builder.add('Multiply', `${call.name}_square`, {}, [x, x]), nonNegative: true };
  const mean = reducedOver(call, 'GlobalAveragePooling', squared, axes, keep);
  const count = axes.reduce((all, axis) => all * x.shape[axis]!, 1);
  return call.same('Activation', { activation: 'sqrt' }, call.same('Rescaling', { scale: count, offset: 0 }, mean, true), true);
}

/** A length with a number below which it isn't divided by. */
export function boundedLength(call: NodeCall, least: number): OnnxValue | undefined {
  const length = call.inputs.find((input) => input?.kind === 'length');
  if (length?.kind !== 'length') return undefined;
  if (!(least >= 0 && least <= 1e-6)) throw call.refusal('it bounds a length that is divided by');
  return length;
}

function unitLength(call: NodeCall, x: Flow, axes: readonly number[]): Flow {
  const whole = x.flattened === undefined ? x : call.builder.plain(x);
  return call.same('UnitNormalization', { axis: -1 }, withAxesLast(call, whole, axes));
}

function partOf(value: OnnxValue | undefined): Part | undefined {
  return value?.kind === 'normalization-part' ? value : undefined;
}

function withAxesLast(call: NodeCall, flow: Flow, axes: readonly number[]): Flow {
  const rank = flow.shape.length;
  if (flow.order.length === rank && axes.every((axis, at) => flow.order[rank - axes.length + at] === axis)) return flow;
  const batch = flow.order[0]!;
  return call.builder.stored(flow, [batch, ...plainOrder(rank).filter((axis) => axis !== batch && !axes.includes(axis)), ...axes]);
}

function normalised(call: NodeCall, { x, axes, epsilon, gamma, beta }: Part): Flow {
  const bare = normalisedOver(call, withAxesLast(call, x, axes), axes.length, epsilon);
  const scaled = gamma === undefined ? bare : withNumbers(call, 'Mul', bare, gamma);
  return beta === undefined ? scaled : withNumbers(call, 'Add', scaled, beta);
}

/** Several axes are one while they are normalised, and so are all others. */
function normalisedOver(call: NodeCall, input: Flow, count: number, epsilon: number): Flow {
  const config = { axis: -1, epsilon, center: false, scale: false };
  if (count === 1) return call.same('LayerNormalization', config, input);
  const sizes = input.order.slice(1).map((axis) => input.shape[axis]!);
  const [others, entries] = [elements(sizes.slice(0, -count)), elements(sizes.slice(-count))];
  const matrix = call.layer('Reshape', { target_shape: [others, entries] }, [input], [batchSize, others, entries], plainOrder(3));
  const normal = call.same('LayerNormalization', config, matrix);
  return call.layer('Reshape', { target_shape: sizes }, [normal], input.shape, input.order);
}

/** Zhang and Sennrich 2019. */
function byRootMeanSquare(call: NodeCall, { x, epsilon, axes, gamma }: Part): Flow {
  if (axes.length !== 1) throw call.refusal('it divides by a root mean square over several axes');
  const input = withAxesLast(call, x, axes);
  const size = x.shape[axes[0]!]!;
  const result = call.layer('RMSNormalization', { axis: -1, epsilon }, [input], input.shape, input.order, {
    scale: { shape: [size], data: new Float32Array(size).fill(1) },
  });
  return gamma === undefined ? result : withNumbers(call, 'Mul', result, gamma);
}
