// Sums, products and the like of flows, as merging layers.
import { broadcast } from '../../../broadcasting.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { geluProduct, geluSum, scaledBy } from './gelu.ts';
import { between, magnitudePlusOne } from './activation.ts';
import {
  boundedLength,
  normalizationNegative,
  normalizationRoot,
  normalizationSquare,
  normalizationStep,
  squareOf,
} from './spelled-normalization.ts';
import { repeated } from './stretching.ts';
import { withConstant, type Arithmetic } from './with-constants.ts';

export function arithmetic(op: Arithmetic): OpReader {
  return (call) => {
    const [a, b] = call.inputs;
    const normalization = normalizationStep(call, op);
    if (normalization !== undefined) return normalization;
    const gelu = op === 'Mul' || op === 'Div' ? geluProduct(call, op) : op === 'Add' ? geluSum(call) : undefined;
    if (gelu !== undefined) return gelu;
    if (a?.kind === 'constant' || b?.kind === 'constant') return withConstant(call, op, a?.kind === 'constant' ? 0 : 1);
    if (op === 'Div') return quotient(call);
    if (op === 'Sub') {
      const taken = call.unstretched(1);
      const negative = call.builder.add('Rescaling', `${call.name}_negative`, { scale: -1, offset: 0 }, [taken]);
      return merge(call, 'Add', [call.unstretched(0), { ...taken, layer: negative, nonNegative: false }]);
    }
    const product = merge(call, op === 'Add' ? 'Add' : 'Multiply', [call.unstretched(0), call.unstretched(1)]);
    return op === 'Mul' && a === b && a?.kind === 'flow' ? squareOf(a, product) : product;
  };
}

/** x · x, √x or 1 / x; other powers no layer computes. */
export const power: OpReader = (call) => {
  const square = normalizationSquare(call);
  if (square !== undefined) return square;
  const { data } = call.constant(1);
  const exponent = data.length === 1 ? Number(data[0]) : NaN;
  const input = call.flow(0);
  if (exponent === 0.5) return call.same('Activation', { activation: 'sqrt' }, input, true);
  if (exponent === -1) return inverseOf(call, input);
  if (exponent !== 2) throw call.refusal('it is neither a square, a root nor a reciprocal');
  return squareOf(input, { ...input, layer: call.builder.add('Multiply', call.name, {}, [input, input]), nonNegative: true });
};

/** x / (1 + |x|) is a softsign; another quotient is x times one over what divides it. */
function quotient(call: NodeCall): Flow {
  const [x, divisor] = [call.unstretched(0), call.unstretched(1)];
  if (magnitudePlusOne(divisor) === x.layer) return call.same('Activation', { activation: 'softsign' }, x);
  return merge(call, 'Multiply', [x, inverseOf(call, divisor)]);
}

export const squareRoot: OpReader = (call) =>
  normalizationRoot(call, 'variance', 'deviation') ?? call.same('Activation', { activation: 'sqrt' }, call.flow(0), true);
export const reciprocal: OpReader = (call) => normalizationRoot(call, 'deviation', 'inverse') ?? inverseOf(call, call.flow(0));

/** 1 / x. */
export function inverseOf(call: NodeCall, flow: Flow): Flow {
  return call.same('Activation', { activation: 'reciprocal' }, flow, flow.nonNegative);
}

export const negative: OpReader = (call) => {
  const part = normalizationNegative(call);
  if (part !== undefined) return part;
  const input = call.flow(0);
  return scaledBy(input, -1, call.same('Rescaling', { scale: -1, offset: 0 }, input));
};

export function merging(className: 'Add' | 'Average' | 'Maximum' | 'Minimum'): OpReader {
  return (call): OnnxValue => {
    const constant = call.inputs.findIndex((input) => input?.kind === 'constant');
    if (constant >= 0) return bounded(call, className, constant);
    return call.inputs.length === 1
      ? call.flow(0)
      : merge(
          call,
          className,
          call.inputs.map((_, index) => call.unstretched(index)),
        );
  };
}

/** The larger or the smaller of what flows and one number. */
function bounded(call: NodeCall, className: string, constant: number): OnnxValue {
  const { data } = call.weights(constant);
  if (call.inputs.length !== 2 || data.length !== 1 || !className.startsWith('M')) throw call.refusal('one of its inputs is a constant');
  const bound = data[0]!;
  const length = className === 'Maximum' ? boundedLength(call, bound) : undefined;
  if (length !== undefined) return length;
  const flow = call.flow(1 - constant);
  return className === 'Maximum' ? between(call, flow, bound, undefined) : between(call, flow, undefined, bound);
}

/** What an Expand would repeat is repeated only where the layer itself does not come to the same shape without. */
function merge(call: NodeCall, className: string, given: readonly Flow[]): Flow {
  const wanted = stretchedShape(
    call,
    given.map((flow, index) => (call.inputs[index]?.kind === 'stretched' ? call.inputs[index].shape : flow.shape)),
  );
  const enough =
    given.every(({ shape }) => shape.length === wanted.length) &&
    same(
      wanted,
      stretchedShape(
        call,
        given.map(({ shape }) => shape),
      ),
    );
  const flows = enough
    ? given
    : given.map((flow, index) => (call.inputs[index]?.kind === 'stretched' ? repeated(call, { ...call.inputs[index], x: flow }) : flow));
  const alike = call.builder.alike(flows);
  const nonNegative = className === 'Maximum' ? flows.some((flow) => flow.nonNegative) : flows.every((flow) => flow.nonNegative);
  return { ...alike[0]!, layer: call.builder.add(className, call.name, {}, alike), shape: wanted, nonNegative };
}

function stretchedShape(call: NodeCall, shapes: readonly (readonly number[])[]): readonly number[] {
  const [first = [], ...others] = shapes;
  if (others.some(({ length }) => length !== first.length)) throw call.refusal('its inputs have different numbers of axes');
  return others.reduce((all, shape) => {
    const both = broadcast(all, shape);
    if (both === undefined) throw call.damage("its inputs' shapes don't fit");
    return both;
  }, first);
}

function same(one: readonly number[], other: readonly number[]): boolean {
  return one.every((size, axis) => Object.is(size, other[axis]));
}
