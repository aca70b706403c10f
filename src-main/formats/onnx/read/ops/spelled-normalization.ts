// Layer normalization as exporters before opset 17 spell it out: (x − mean) / √(mean of (x − mean)² + ε), over the last axis.
import type { Flow } from '../network-builder.ts';
import type { NodeCall, NormalizationPart, OnnxValue } from '../node-call.ts';

/** The mean over the last axis as stored, kept there: how a normalization begins. Undefined where it is something else. */
export function meanOf(call: NodeCall): OnnxValue | undefined {
  const input = call.inputs[0];
  const rank = input?.kind === 'flow' ? input.shape.length : input?.kind === 'normalization-part' ? input.x.shape.length : 0;
  const axes = (call.listed('axes', 1) ?? []).map((axis) => call.axis(axis, rank));
  if (axes.length !== 1 || call.int('keepdims', 1) === 0) return undefined;
  if (input?.kind === 'normalization-part') return input.stage === 'square' ? { ...input, stage: 'variance' } : undefined;
  if (input?.kind !== 'flow' || input.flattened !== undefined || input.order.at(-1) !== axes[0]) return undefined;
  return { kind: 'normalization-part', x: input, stage: 'mean', epsilon: 0 };
}

/** x − mean, variance + ε, (x − mean) / deviation; undefined where no part of a normalization is concerned. */
export function normalizationStep(call: NodeCall, op: 'Add' | 'Sub' | 'Mul' | 'Div'): OnnxValue | undefined {
  const [a, b] = call.inputs;
  const parts = [a, b].filter((input) => input?.kind === 'normalization-part');
  if (parts.length === 0) return undefined;
  const [one, other] = [partOf(a), partOf(b)];
  if (op === 'Sub' && a?.kind === 'flow' && other?.stage === 'mean' && a.layer === other.x.layer) return { ...other, stage: 'centred' };
  if (op === 'Mul' && one?.stage === 'centred' && same(one, other, 'centred')) return { ...one, stage: 'square' };
  if (op === 'Add') {
    const part = one ?? other;
    const constant = [a, b].find((input) => input?.kind === 'constant');
    if (part?.stage === 'variance' && constant?.kind === 'constant' && constant.data.length === 1)
      return { ...part, stage: 'variance', epsilon: part.epsilon + Number(constant.data[0]) };
  }
  if (op === 'Div' && one?.stage === 'centred' && same(one, other, 'deviation')) return normalised(call, one.x, other!.epsilon);
  if (op === 'Mul') {
    const [centred, inverse] = one?.stage === 'centred' ? [one, other] : [other, one];
    if (centred?.stage === 'centred' && same(centred, inverse, 'inverse')) return normalised(call, centred.x, inverse!.epsilon);
  }
  // A mean that is wanted for itself.
  if (parts.every((part) => part?.kind === 'normalization-part' && part.stage === 'mean')) return undefined;
  throw call.refusal('it follows a mean that is not part of a layer normalization');
}

/** (x − mean)². */
export function normalizationSquare(call: NodeCall): OnnxValue | undefined {
  const part = partOf(call.inputs[0]);
  if (part === undefined) return undefined;
  if (part.stage !== 'centred' || Number(call.constant(1).data[0]) !== 2)
    throw call.refusal('it follows a mean that is not part of a layer normalization');
  return { ...part, stage: 'square' };
}

/** √(variance + ε), or one over it. */
export function normalizationRoot(call: NodeCall, from: NormalizationPart['stage'], to: NormalizationPart['stage']): OnnxValue {
  const part = partOf(call.inputs[0]);
  if (part?.stage !== from) throw call.refusal('it is not part of a layer normalization');
  return { ...part, stage: to };
}

function partOf(value: OnnxValue | undefined): NormalizationPart | undefined {
  return value?.kind === 'normalization-part' ? value : undefined;
}

function same(one: NormalizationPart, other: NormalizationPart | undefined, stage: NormalizationPart['stage']): boolean {
  return other?.stage === stage && other.x.layer === one.x.layer;
}

function normalised(call: NodeCall, x: Flow, epsilon: number): Flow {
  return call.same('LayerNormalization', { axis: -1, epsilon, center: false, scale: false }, x);
}
