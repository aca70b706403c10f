// Ops that pad and cut spatial axes, or pick one position of them.
import { channelsLast, plainOrder } from '../../axis-order.ts';
import { elements, type Constant } from '../constant.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import { edgePadded, fromPieces, type EdgeMode } from './edge-padding.ts';
import { cropped, everySth, zeroPadded } from './window.ts';

/** One number, or what lies at the edges, around the spatial axes; a cut where below zero. */
export const pad: OpReader = (call) => {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  const given = call.listed('pads', 1) ?? [];
  const value = call.has(2) ? Number(call.constant(2).data[0] ?? 0) : call.float('value', 0);
  const axes = call.has(3) ? Array.from(call.constant(3).data, (axis) => call.axis(axis, rank)) : plainOrder(rank);
  const mode = call.text('mode', 'constant');
  if (!['constant', 'reflect', 'edge', 'wrap'].includes(mode) || !Number.isFinite(value)) throw call.refusal('it pads in a way of its own');
  if (given.length !== 2 * axes.length || given.some((count) => !Number.isSafeInteger(count) || Math.abs(count) > 100_000))
    throw call.damage("its pads don't fit its axes");
  const all = (part: number): number[] =>
    plainOrder(rank).map((axis) => (axes.includes(axis) ? given[part * axes.length + axes.indexOf(axis)]! : 0));
  const [before, after] = [all(0), all(1)];
  if ([...before, ...after].every((count) => count === 0)) return flow;
  if (mode !== 'constant') {
    if ([...before, ...after].some((count) => count < 0)) throw call.refusal('it cuts and pads at once');
    return edgePadded(call, flow, mode as EdgeMode, before, after);
  }
  const moved = (by: number, each: Flow): Flow => (by === 0 ? each : call.same('Rescaling', { scale: 1, offset: by }, each));
  const [input, spatial] = spatialView(
    call,
    moved(-value, flow),
    plainOrder(rank).filter((axis) => before[axis] !== 0 || after[axis] !== 0),
  );
  const pick = (counts: readonly number[], sign: number): number[] => spatial.map((axis) => Math.max(0, sign * counts[axis]!));
  const grown = zeroPadded(call, input, pick(before, 1), pick(after, 1));
  return moved(value, cropped(call, grown, pick(before, -1), pick(after, -1)));
};

/** A cut out of each axis, or every s-th entry, or its entries backwards. */
export const slice: OpReader = (call) => {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  const [starts, ends] = [call.listed('starts', 1) ?? [], call.listed('ends', 2) ?? []];
  const axes = (call.listed('axes', 3) ?? starts.map((_, axis) => axis)).map((axis) => call.axis(axis, rank));
  if (starts.length !== axes.length || ends.length !== axes.length) throw call.damage('its starts, ends and axes are not equally many');
  const steps = call.has(4) ? Array.from(call.constant(4).data) : axes.map(() => 1);
  if (steps.some((step) => !Number.isInteger(step) || step === 0)) throw call.damage('it has no step');
  if (steps.some((step) => step < 0)) return backwards(call, flow, { starts, ends, axes, steps });
  const range = (axis: number): readonly [number, number] => {
    const [length, at] = [flow.shape[axis]!, axes.indexOf(axis)];
    // To the end of the batch, however long it is.
    if (Number.isNaN(length) && at >= 0 && starts[at] === 0 && ends[at]! >= 2 ** 31 - 1) return [0, 0];
    const place = (value: number): number => Math.min(length, Math.max(0, value < 0 ? value + length : value));
    return at < 0 ? [0, 0] : [place(starts[at]!), length - place(ends[at]!)];
  };
  const changed = axes.filter((axis) => !range(axis).every((count) => count === 0));
  if (changed.some((axis) => Number.isNaN(flow.shape[axis]) || range(axis)[0] + range(axis)[1] >= flow.shape[axis]!))
    throw call.refusal('it cuts samples out of the batch, or leaves nothing');
  const kept = changed.reduce((rest, axis) => cut(call, rest, axis, ...range(axis)), flow);
  const strided = axes.filter((_, at) => steps[at]! > 1);
  if (strided.length === 0) return kept;
  const [input, spatial] = spatialView(call, kept, strided);
  return everySth(
    call,
    input,
    spatial.map((axis) => (axes.includes(axis) ? steps[axes.indexOf(axis)]! : 1)),
  );
};

/** One axis from its end to its start. */
function backwards(
  call: NodeCall,
  flow: Flow,
  { starts, ends, axes, steps }: Readonly<Record<'starts' | 'ends' | 'axes' | 'steps', readonly number[]>>,
): Flow {
  const [axis, step] = [axes[0]!, steps[0]!];
  const length = flow.shape[axis]!;
  const [start, end] = [starts[0]!, ends[0]!].map((value) => (value < 0 ? value + length : value));
  if (axes.length !== 1 || step !== -1 || start! < length - 1 || end! >= 0)
    throw call.refusal('it takes some entries of an axis backwards');
  return fromPieces(
    call,
    flow,
    axis,
    Array.from({ length }, (_, at) => [length - 1 - at, length - at] as const),
  );
}

/** The entries of one axis but the first `before` and the last `after`. */
export function cut(call: NodeCall, flow: Flow, axis: number, before: number, after: number): Flow {
  const whole = flow.flattened === undefined ? flow : call.builder.plain(flow);
  const rank = whole.shape.length;
  if (Number.isNaN(whole.shape[axis])) throw call.refusal('it cuts samples out of the batch');
  const order = whole.order[0] === 0 && rank >= 2 ? channelsLast(rank) : undefined;
  const input =
    whole.order.length === rank ? whole : order === undefined ? call.builder.batchFirst(whole) : call.builder.stored(whole, order);
  const at = input.order.indexOf(axis);
  if (rank >= 3 && rank <= 5 && at < rank - 1) {
    const spatial = input.order.slice(1, -1);
    return cropped(
      call,
      input,
      spatial.map((each) => (each === axis ? before : 0)),
      spatial.map((each) => (each === axis ? after : 0)),
    );
  }
  return cutChannels(call, input, axis, before, after);
}

/** Channels as the second axis of an image one channel deep: (…, C) as (positions, C, 1), cropped, and back. */
function cutChannels(call: NodeCall, input: Flow, axis: number, before: number, after: number): Flow {
  const sizes = input.order.slice(1).map((each) => input.shape[each]!);
  const channels = sizes.at(-1)!;
  const positions = elements(sizes) / channels;
  const image = call.builder.add('Reshape', `${call.name}_channels`, { target_shape: [positions, channels, 1] }, [input]);
  const around = [
    [0, 0],
    [before, after],
  ];
  const kept = call.builder.add('Cropping2D', `${call.name}_cut`, { cropping: around, data_format: 'channels_last' }, [
    { ...input, layer: image },
  ]);
  const left = channels - before - after;
  const layer = call.builder.add('Reshape', call.name, { target_shape: [...sizes.slice(0, -1), left] }, [{ ...input, layer: kept }]);
  return { ...input, layer, shape: input.shape.map((size, each) => (each === axis ? left : size)) };
}

/** Pieces of one axis, side by side as they were. */
export const split: OpReader = (call) => {
  const flow = call.flow(0);
  const axis = call.axis(call.int('axis', 0), flow.shape.length);
  const length = flow.shape[axis]!;
  const lengths = call.pieces(length);
  const starts = lengths.map((_, at) => lengths.slice(0, at).reduce((sum, each) => sum + each, 0));
  return lengths.map((each, at) => cut(call, flow, axis, starts[at]!, length - starts[at]! - each));
};

/** One position along a spatial axis, which goes: all others are cut off. */
export function position(call: NodeCall, flow: Flow, indices: Constant): Flow {
  const axis = call.axis(call.int('axis', 0), flow.shape.length);
  const length = flow.shape[axis]!;
  if (indices.data.length !== 1 || indices.shape.length > 1 || Number.isNaN(length))
    throw call.refusal('it picks several entries, or samples of the batch');
  const index = call.axis(Number(indices.data[0]), length);
  const piece = cut(call, flow, axis, index, length - 1 - index);
  if (indices.shape.length === 1) return piece;
  const kept = piece.order.filter((each) => each !== axis);
  const left = plainOrder(flow.shape.length).filter((each) => each !== axis);
  if (kept.length < 2) throw call.refusal('it picks one number of each sample');
  return call.layer(
    'Reshape',
    { target_shape: kept.slice(1).map((each) => piece.shape[each]!) },
    [piece],
    left.map((each) => piece.shape[each]!),
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
  if (rank < 3 || rank > 5 || order === undefined) throw call.refusal('it changes the channels or the batch, which no layer of Keras does');
  return [call.builder.stored(flow, order), order.slice(1, -1)];
}
