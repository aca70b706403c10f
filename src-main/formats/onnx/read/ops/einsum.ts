// Einsum of two operands as transpositions around a product of matrices.
import { permuted, plainOrder } from '../../axis-order.ts';
import { batchSize } from '../constant.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { denseOn } from './dense.ts';
import { productOf } from './product.ts';

/** `bhid,bhjd->bhij`, `nchw,cd->ndhw` and the like: one axis summed over, one or two in both operands, one of each operand's own. */
export const einsum: OpReader = (call): OnnxValue => {
  const equation = call.text('equation', '').replaceAll(' ', '');
  const [inputs = '', output] = equation.split('->');
  const [one, other, more] = inputs.split(',');
  if (one === undefined || other === undefined || more !== undefined || output === undefined || !/^[A-Za-z,>-]+$/.test(equation))
    throw call.refusal('its equation is not one of two operands with letters for axes');
  for (const letters of [one, other, output])
    if (new Set(letters).size !== letters.length) throw call.refusal('its equation names an axis twice');
  const summed = [...one].filter((letter) => other.includes(letter) && !output.includes(letter));
  if (summed.length !== 1) throw call.refusal('it does not sum over one axis');
  const [first, second] = call.inputs;
  if (second?.kind === 'constant') return byMatrix(call, 0, one, other, output, summed[0]!);
  if (first?.kind === 'constant') return byMatrix(call, 1, other, one, output, summed[0]!);
  const [a, b] = [call.flow(0), call.flow(1)];
  const shared = [...output].filter((letter) => one.includes(letter) && other.includes(letter));
  const own = [one, other].map((letters) => [...letters].filter((letter) => !shared.includes(letter) && letter !== summed[0]));
  const batchLetter = one[a.shape.findIndex(Number.isNaN)];
  const kept = [...shared, ...own[0]!, ...own[1]!];
  if ([...output].some((letter) => !kept.includes(letter))) throw call.damage('its equation gives an axis that is not there');
  if (batchLetter !== shared[0] || shared.length > 2 || own.some(({ length }) => length > 1) || kept.length !== output.length)
    throw call.refusal('it is no product of matrices, sample by sample');
  const left = lettered(call, a, one, [...shared, own[0]![0], summed[0]!]);
  const right = lettered(call, b, other, [...shared, summed[0]!, own[1]![0]]);
  const product = productOf(call, left, right);
  const names = [...shared, own[0]![0], own[1]![0]];
  const present = plainOrder(names.length).filter((axis) => names[axis] !== undefined);
  // An operand without an axis of its own was given one of size 1, which goes again.
  const sizes = present.map((axis) => product.shape[axis]!);
  const bare =
    present.length === names.length
      ? product
      : call.layer('Reshape', { target_shape: sizes.slice(1) }, [call.builder.plain(product)], sizes, plainOrder(sizes.length));
  return lettered(call, bare, present.map((axis) => names[axis]!).join(''), [...output]);
};

/** The flow with its axes in the order of `wanted`; one of size 1 for a letter that is not there. */
function lettered(call: NodeCall, given: Flow, letters: string, wanted: readonly (string | undefined)[]): Flow {
  const flow = given.flattened === undefined ? given : call.builder.plain(given);
  if (letters.length !== flow.shape.length) throw call.damage('its equation does not fit its inputs');
  const places = wanted.map((letter) => (letter === undefined ? -1 : letters.indexOf(letter)));
  return {
    ...flow,
    shape: places.map((axis) => (axis < 0 ? 1 : flow.shape[axis]!)),
    order: flow.order.map((axis) => places.indexOf(axis)),
  };
}

/** What flows, times a constant matrix: a dense layer on the summed axis. */
function byMatrix(call: NodeCall, at: 0 | 1, flowing: string, constant: string, output: string, summed: string): Flow {
  const { shape, data } = call.weights(1 - at);
  const unit = [...constant].find((letter) => letter !== summed);
  const rest = [...flowing].filter((letter) => letter !== summed);
  if (
    constant.length !== 2 ||
    shape.length !== 2 ||
    unit === undefined ||
    [...rest, unit].toSorted().join('') !== [...output].toSorted().join('')
  )
    throw call.refusal('its constant is no matrix');
  const input = lettered(call, call.flow(at), flowing, [...rest, summed]);
  if (!Object.is(input.shape.find(Number.isNaN), batchSize)) throw call.refusal('it sums over the batch');
  const kernel = constant.startsWith(summed) ? data : permuted(data, shape, [1, 0]);
  const [rows, units] = constant.startsWith(summed) ? [shape[0]!, shape[1]!] : [shape[1]!, shape[0]!];
  return lettered(call, denseOn(call, input, kernel, rows, units, undefined), [...rest, unit].join(''), [...output]);
}
