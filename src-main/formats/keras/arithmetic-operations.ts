// Sums, products, quotients and powers of tensors and constants.
import { stretchedFrom } from '../broadcasting.ts';
import type { Json } from '#network/model-artifact.ts';
import { isList } from '../containers/json.ts';
import { activation, chained, product, rescaling, reshaped, sampleOf } from './operation-call.ts';
import type { Given, Rule } from './operation-call.ts';

/** Two tensors, or a tensor and a number (or a number a channel, or an entry), which is a Rescaling. */
export function arithmetic(
  className: 'Add' | 'Subtract' | 'Multiply' | undefined,
  scaling: (value: number, tensorFirst: boolean) => [number, number],
): Rule {
  return (given) => {
    if (given.tensors.length === 2)
      return className === undefined ? undefined : { chain: [{ className, config: {} }], inputs: given.tensors };
    const constant = given.arguments.find((argument) => argument.kind === 'value' && argument.value !== null);
    if (constant?.kind !== 'value' || given.tensors.length !== 1) return undefined;
    const first = given.arguments[0]?.kind === 'tensor';
    const pairs = (isList(constant.value) ? constant.value.flat(8) : [constant.value]).map((value) =>
      typeof value === 'number' ? scaling(value, first) : ([NaN, NaN] as const),
    );
    if (pairs.length === 0 || pairs.flat().some((value) => !Number.isFinite(value))) return undefined;
    if (pairs.length === 1 && !isList(constant.value)) return chained(given, rescaling(pairs[0]![0], pairs[0]![1]));
    const spread = stretched(constant.value, given);
    if (spread === undefined) return undefined;
    const places = spread.length === pairs.length && spread.every((place, at) => place === at);
    const last = given.shape?.at(-1) ?? pairs.length;
    if (places && last === pairs.length)
      return chained(
        given,
        rescaling(
          pairs.map(([factor]) => factor),
          pairs.map(([, offset]) => offset),
        ),
      );
    const sample = sampleOf(given);
    if (sample === undefined || spread.length > mostNumbers) return undefined;
    return chained(
      given,
      reshaped([spread.length]),
      rescaling(
        spread.map((place) => pairs[place]![0]),
        spread.map((place) => pairs[place]![1]),
      ),
      reshaped(sample),
    );
  };
}

/** How many numbers a Rescaling may have. */
const mostNumbers = 65_536;

/** For each entry of a sample (or of its last axis, where no other is in the constant) its place in the constant; undefined where it doesn't fit. */
function stretched(constant: Json, given: Given): readonly number[] | undefined {
  const sizes: number[] = [];
  for (let inner: Json | undefined = constant; isList(inner); inner = inner[0]) sizes.push(inner.length);
  if (product(sizes) === sizes.at(-1) && (given.shape === undefined || given.shape.at(-1) === sizes.at(-1)))
    return Array.from({ length: sizes.at(-1)! }, (_, at) => at);
  const sample = sampleOf(given);
  if (sample === undefined || sizes.length > sample.length + 1 || (sizes.length === sample.length + 1 && sizes[0] !== 1)) return undefined;
  const full = [...sample.map(() => 1), ...sizes].slice(-sample.length);
  if (full.some((size, axis) => size !== 1 && size !== sample[axis])) return undefined;
  const place = stretchedFrom(full, sample);
  return Array.from({ length: product(sample) }, (_, entry) => place(entry));
}

/** By a number, of a number, or of two tensors: x / y = x · (1 / y). */
export const divided: Rule = (given) => {
  const [one, other] = given.tensors;
  if (other !== undefined && given.tensors.length === 2)
    return {
      chain: [
        { ...activation('reciprocal'), from: [other] },
        { className: 'Multiply', config: {}, from: [one!, 0] },
      ],
      inputs: given.tensors,
    };
  const dividend = given.arguments[0];
  if (dividend?.kind !== 'value') return arithmetic(undefined, (value) => [1 / value, 0])(given);
  return typeof dividend.value === 'number' ? chained(given, activation('reciprocal'), rescaling(dividend.value, 0)) : undefined;
};

/** xⁿ of whole numbers up to 8, as a product; roots and negative powers by their activations. */
export const power: Rule = (given) => {
  const argument = given.arguments[1];
  const exponent = argument?.kind === 'value' ? argument.value : given.value(1, 'y', 'a');
  if (typeof exponent !== 'number' || given.tensors.length !== 1) return undefined;
  if (exponent === 0.5) return chained(given, activation('sqrt'));
  if (exponent === -0.5) return chained(given, activation('sqrt'), activation('reciprocal'));
  if (exponent === -1) return chained(given, activation('reciprocal'));
  if (!Number.isInteger(exponent) || exponent < 1 || exponent > 8) return undefined;
  if (exponent === 1) return chained(given, activation('linear'));
  const [input] = given.tensors;
  return { chain: [{ className: 'Multiply', config: {}, from: Array.from({ length: exponent }, () => input!) }], inputs: given.tensors };
};

export const square: Rule = (given) => {
  const [input] = given.tensors;
  return given.tensors.length === 1
    ? { chain: [{ className: 'Multiply', config: {}, from: [input!, input!] }], inputs: given.tensors }
    : undefined;
};

/** The larger of x and −x. */
export const absolute: Rule = (given) => {
  const [input] = given.tensors;
  if (given.tensors.length !== 1) return undefined;
  return { chain: [rescaling(-1, 0), { className: 'Maximum', config: {}, from: [input!, 0] }], inputs: given.tensors };
};
