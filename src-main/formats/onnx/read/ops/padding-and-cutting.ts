// Ops that pad and cut spatial axes, or pick one position of them.
import { channelsLast, plainOrder } from '../../axis-order.ts';
import type { Constant } from '../constant.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import { cropped, zeroPadded } from './window.ts';

/** Zeros, or a cut where below zero, around the spatial axes. */
export const pad: OpReader = (call) => {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  const given = call.listed('pads', 1) ?? [];
  const value = call.has(2) ? Number(call.constant(2).data[0] ?? 0) : call.float('value', 0);
  const axes = call.has(3) ? Array.from(call.constant(3).data, (axis) => call.axis(axis, rank)) : plainOrder(rank);
  if (call.text('mode', 'constant') !== 'constant' || value !== 0) throw call.refusal('it pads with something else than zeros');
  if (given.length !== 2 * axes.length || given.some((count) => !Number.isSafeInteger(count) || Math.abs(count) > 100_000))
    throw call.damage("its pads don't fit its axes");
  const all = (part: number): number[] =>
    plainOrder(rank).map((axis) => (axes.includes(axis) ? given[part * axes.length + axes.indexOf(axis)]! : 0));
  const [before, after] = [all(0), all(1)];
  if ([...before, ...after].every((count) => count === 0)) return flow;
  const [input, spatial] = spatialView(
    call,
    flow,
    plainOrder(rank).filter((axis) => before[axis] !== 0 || after[axis] !== 0),
  );
  const pick = (counts: readonly number[], sign: number): number[] => spatial.map((axis) => Math.max(0, sign * counts[axis]!));
  const grown = zeroPadded(call, input, pick(before, 1), pick(after, 1));
  return cropped(call, grown, pick(before, -1), pick(after, -1));
};

/** A cut out of the spatial axes. */
export const slice: OpReader = (call) => {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  const [starts, ends] = [call.listed('starts', 1) ?? [], call.listed('ends', 2) ?? []];
  const axes = (call.listed('axes', 3) ?? starts.map((_, axis) => axis)).map((axis) => call.axis(axis, rank));
  if (starts.length !== axes.length || ends.length !== axes.length) throw call.damage('its starts, ends and axes are not equally many');
  if (call.has(4) && Array.from(call.constant(4).data).some((step) => step !== 1))
    throw call.refusal('it takes every second entry, or goes backwards');
  const range = (axis: number): readonly [number, number] => {
    const [length, at] = [flow.shape[axis]!, axes.indexOf(axis)];
    const place = (value: number): number => Math.min(length, Math.max(0, value < 0 ? value + length : value));
    return at < 0 ? [0, 0] : [place(starts[at]!), length - place(ends[at]!)];
  };
  const changed = axes.filter((axis) => !range(axis).every((count) => count === 0));
  if (changed.length === 0) return flow;
  if (changed.some((axis) => Number.isNaN(flow.shape[axis]) || range(axis)[0] + range(axis)[1] >= flow.shape[axis]!))
    throw call.refusal('it cuts samples out of the batch, or leaves nothing');
  const [input, spatial] = spatialView(call, flow, changed);
  return cropped(
    call,
    input,
    spatial.map((axis) => range(axis)[0]),
    spatial.map((axis) => range(axis)[1]),
  );
};

/** One position along a spatial axis, which goes: all others are cut off. */
export function position(call: NodeCall, flow: Flow, indices: Constant): Flow {
  const axis = call.axis(call.int('axis', 0), flow.shape.length);
  const length = flow.shape[axis]!;
  if (indices.data.length !== 1 || indices.shape.length > 1 || Number.isNaN(length))
    throw call.refusal('it picks several entries, or samples of the batch');
  const index = call.axis(Number(indices.data[0]), length);
  const [input, spatial] = spatialView(call, flow, [axis]);
  const cut = cropped(
    call,
    input,
    spatial.map((each) => (each === axis ? index : 0)),
    spatial.map((each) => (each === axis ? length - 1 - index : 0)),
  );
  if (indices.shape.length === 1) return cut;
  const kept = cut.order.filter((each) => each !== axis);
  const left = plainOrder(flow.shape.length).filter((each) => each !== axis);
  return call.layer(
    'Reshape',
    { target_shape: kept.slice(1).map((each) => cut.shape[each]!) },
    [cut],
    left.map((each) => cut.shape[each]!),
    kept.map((each) => left.indexOf(each)),
    {},
    flow.nonNegative,
  );
}

/** Layers that pad and crop leave batch and channels alone; channels are whatever axis is stored last, or axis 1. */
function spatialView(call: NodeCall, flow: Flow, changed: readonly number[]): readonly [Flow, readonly number[]] {
  const rank = flow.shape.length;
  const fits = (order: readonly number[]): boolean =>
    order.length === rank && order[0] === 0 && !changed.includes(0) && !changed.includes(order.at(-1)!);
  const order = [flow.order, channelsLast(rank), plainOrder(rank)].find(fits);
  if (rank < 3 || rank > 4 || order === undefined) throw call.refusal('it changes the channels or the batch, which no layer of Keras does');
  return [call.builder.stored(flow, order), order.slice(1, -1)];
}
