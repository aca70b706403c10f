// GELU as exporters before opset 20 spell it out: x · ½ · (1 + erf(x / √2)), in any order of its products.
import type { Constant } from '../constant.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import type { GeluPart, OnnxValue } from '../onnx-value.ts';

const near = (value: number, expected: number): boolean => Math.abs(value - expected) < 1e-3;

/** Products of x and numbers, remembered by the layer that they are kept as meanwhile. */
const scaled = new WeakMap<object, { x: Flow; factor: number }>();

export const erf: OpReader = (call) => {
  const found = scaled.get(call.flow(0));
  if (found === undefined || !near(found.factor, Math.SQRT1_2)) throw call.refusal('it is not part of a GELU');
  return { kind: 'gelu-part', x: found.x, factor: 1, hasX: false, added: 0 };
};

/** 1 − erf(−x / √2), which is 1 + erf(x / √2). */
export const erfc: OpReader = (call) => {
  const found = scaled.get(call.flow(0));
  if (found === undefined || !near(found.factor, -Math.SQRT1_2)) throw call.refusal('it is not part of a GELU');
  return { kind: 'gelu-part', x: found.x, factor: 1, hasX: false, added: 1 };
};

/** Remembers that a flow is a multiple of another. */
export function scaledBy(x: Flow, factor: number, result: Flow): Flow {
  const before = scaled.get(x);
  scaled.set(result, { x: before?.x ?? x, factor: factor * (before?.factor ?? 1) });
  return result;
}

/** erf(x / √2) + 1. */
export function geluSum(call: NodeCall): OnnxValue | undefined {
  const [part, constant] = partAnd(call);
  if (part === undefined) return undefined;
  if (constant?.data.length !== 1 || constant.data[0] !== 1 || part.added !== 0 || part.hasX || part.factor !== 1)
    throw call.refusal('it follows an error function that is not part of a GELU');
  return { ...part, added: 1 };
}

/** Part · x, part · number, x · number; the whole GELU once all is there. */
export function geluProduct(call: NodeCall, op: 'Mul' | 'Div'): OnnxValue | undefined {
  const [part, constant] = partAnd(call);
  if (part === undefined) return rememberScale(call, op);
  if (part.added === 0) throw call.refusal('it follows an error function that is not part of a GELU');
  const flow = call.inputs.find((input) => input?.kind === 'flow');
  if (constant?.data.length === 1 && op === 'Mul') return finished(call, { ...part, factor: part.factor * Number(constant.data[0]) });
  const known = flow === undefined ? undefined : (scaled.get(flow) ?? { x: flow, factor: 1 });
  const isX = (candidate: Flow): boolean => candidate.layer === part.x.layer;
  if (flow === undefined || known === undefined || part.hasX || op !== 'Mul')
    throw call.refusal('it follows an error function that is not part of a GELU');
  if (isX(flow)) return finished(call, { ...part, hasX: true });
  if (isX(known.x)) return finished(call, { ...part, hasX: true, factor: part.factor * known.factor });
  throw call.refusal('it follows an error function that is not part of a GELU');
}

function finished(call: NodeCall, part: GeluPart): OnnxValue {
  return part.hasX && near(part.factor, 0.5) ? call.same('Activation', { activation: 'gelu' }, part.x) : part;
}

/** x times ½ or 1 / √2 may become part of a GELU; it is a Rescaling all the same, which goes if nothing uses it. */
function rememberScale(call: NodeCall, op: 'Mul' | 'Div'): OnnxValue | undefined {
  const at = call.inputs.findIndex((input) => input?.kind === 'constant' && input.data.length === 1);
  const x = call.inputs[1 - at];
  if (at < 0 || x?.kind !== 'flow' || (op === 'Div' && at === 0)) return undefined;
  const number = Number(call.constant(at).data[0]);
  const factor = op === 'Mul' ? number : 1 / number;
  if (!near(factor, 0.5) && !near(factor, Math.SQRT1_2)) return undefined;
  return scaledBy(x, factor, call.same('Rescaling', { scale: factor, offset: 0 }, x, x.nonNegative));
}

function partAnd(call: NodeCall): readonly [GeluPart | undefined, Constant | undefined] {
  return [call.inputs.find((input) => input?.kind === 'gelu-part'), call.inputs.find((input) => input?.kind === 'constant')];
}
