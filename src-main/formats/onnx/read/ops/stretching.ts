// Expand and Tile: entries repeated along axes, or left to the next op where that stretches its inputs by itself.
import { plainOrder } from '../../axis-order.ts';
import { broadcast } from '../../../broadcasting.ts';
import { batchesIn, elements } from '../constant.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import type { OnnxValue, Stretched } from '../onnx-value.ts';

const mostEntries = 2 ** 28;

/** The size with which the model was exported stands for the batch's too. */
export const expand: OpReader = (call): OnnxValue => {
  const [input] = call.inputs;
  if (input?.kind === 'length') return input;
  const flow = call.unstretched(0);
  const rank = flow.shape.length;
  const given = Array.from(call.constant(1).data);
  if (given.length > rank) throw call.refusal('it puts axes in front of the batch');
  const sizes = given.map((size, at) => {
    const own = flow.shape[at + rank - given.length]!;
    if (!Number.isNaN(own) && batchesIn(size) !== undefined) throw call.refusal('it repeats an axis once for each sample');
    return Number.isNaN(own) ? own : size;
  });
  const before = input?.kind === 'stretched' ? input.shape : flow.shape;
  const shape = broadcast(before, sizes);
  if (shape === undefined) throw call.damage('its shape does not go over what it is to fill');
  return stretchedTo(call, flow, shape);
};

/** Each axis as often as said; what is longer than 1 is joined to itself. */
export const tile: OpReader = (call): OnnxValue => {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  const counts = Array.from(call.constant(1).data);
  if (
    counts.length !== rank ||
    counts.some((count, axis) => !Number.isSafeInteger(count) || count < 1 || (count > 1 && Number.isNaN(flow.shape[axis])))
  )
    throw call.refusal('it repeats the batch, or does not fit its input');
  const joined = counts.reduce((whole, count, axis) => {
    if (count === 1 || flow.shape[axis] === 1) return whole;
    if (count > 64) throw call.refusal(`it repeats an axis ${count} times`);
    const input = call.builder.batchFirst(whole);
    const shape = input.shape.with(axis, input.shape[axis]! * count);
    const copies = Array.from({ length: count }, () => input);
    return call.layer('Concatenate', { axis: input.order.indexOf(axis) }, copies, shape, input.order, {}, input.nonNegative);
  }, flow);
  return stretchedTo(
    call,
    joined,
    joined.shape.map((size, axis) => (size === 1 ? counts[axis]! : size)),
  );
};

function stretchedTo(call: NodeCall, x: Flow, shape: readonly number[]): Flow | Stretched {
  if (elements(shape.filter((size) => !Number.isNaN(size))) > mostEntries) throw call.refusal('it makes more entries than fit into memory');
  return shape.every((size, axis) => Object.is(size, x.shape[axis])) ? x : { kind: 'stretched', x, shape };
}

const done = new WeakMap<Stretched, Flow>();

/** All entries there: the axes that grow as spatial axes of an up-sampling by repetition. */
export function repeated(call: NodeCall, value: Stretched): Flow {
  const known = done.get(value);
  if (known !== undefined) return known;
  const { x, shape } = value;
  const batch = x.shape.findIndex(Number.isNaN);
  const grown = plainOrder(shape.length).filter((axis) => !Object.is(shape[axis], x.shape[axis]));
  const others = plainOrder(shape.length).filter((axis) => axis !== batch && !grown.includes(axis));
  const input = call.builder.stored(x, [batch, ...grown, ...others]);
  const [sizes, rest] = [grown, others].map((axes) => axes.map((axis) => shape[axis]!));
  const [n, entries] = [elements(sizes!), elements(rest!)];
  // One entry a sample, repeated: (N, 1, entries) to (N, n, entries), whichever axes these are.
  const [flat, long] = [
    [x.shape[batch]!, 1, entries],
    [x.shape[batch]!, n, entries],
  ];
  const sequence = call.layer('Reshape', { target_shape: [1, entries] }, [input], flat, plainOrder(3), {}, x.nonNegative);
  const all = call.layer('UpSampling1D', { size: n }, [sequence], long, plainOrder(3), {}, x.nonNegative);
  const result = call.layer('Reshape', { target_shape: [...sizes!, ...rest!] }, [all], shape, input.order, {}, x.nonNegative);
  done.set(value, result);
  return result;
}
