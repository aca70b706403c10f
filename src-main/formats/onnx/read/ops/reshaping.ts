// Ops that move entries about. Transpose, Squeeze and Unsqueeze mostly cost nothing: only the order of axes changes that is kept beside each tensor.
import { constantFlow } from './with-constants.ts';
import { arranged, equalOrders, plainOrder } from '../../axis-order.ts';
import { batchesIn, batchSize, elements } from '../constant.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import { joinedTransposed, regrouped } from './regrouping.ts';

export const unchanged: OpReader = (call) => {
  if (call.isUsed(1)) throw call.refusal('its second output is used');
  return call.flow(0);
};

export const flatten: OpReader = (call) => {
  const flow = call.flow(0);
  if (call.axis(call.int('axis', 1), flow.shape.length + 1) !== 1 || flow.order[0] !== 0)
    throw call.refusal('it does not flatten each sample');
  return flow.shape.length === 2 ? flow : call.builder.flat(flow);
};

export const transpose: OpReader = (call) => {
  const [given] = call.inputs;
  if (given?.kind === 'joined') return joinedTransposed(call, given);
  const flow = call.flow(0).flattened === undefined ? call.flow(0) : call.builder.plain(call.flow(0));
  const rank = flow.shape.length;
  const axes = call.ints('perm') ?? plainOrder(rank).toReversed();
  if (axes.length !== rank || new Set(axes).size !== rank || axes.some((axis) => flow.shape[axis] === undefined))
    throw call.damage('its axes are not those of its input');
  return { ...flow, shape: axes.map((axis) => flow.shape[axis]!), order: flow.order.map((axis) => axes.indexOf(axis)) };
};

/** Axes of size 1 that are gone were perhaps never stored; where they were, a Reshape takes them out. */
export const squeeze: OpReader = (call) => {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  const gone =
    call.listed('axes', 1)?.map((axis) => call.axis(axis, rank)) ?? flow.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  if (gone.some((axis) => flow.shape[axis] !== 1)) throw call.damage('it takes out an axis that is not of size 1');
  const left = plainOrder(rank).filter((axis) => !gone.includes(axis));
  const kept = flow.order.filter((axis) => !gone.includes(axis));
  const order = kept.map((axis) => left.indexOf(axis));
  const shape = left.map((axis) => flow.shape[axis]!);
  if (kept.length === flow.order.length) return { ...flow, shape, order };
  return call.layer(
    'Reshape',
    { target_shape: kept.slice(1).map((axis) => flow.shape[axis]!) },
    [flow],
    shape,
    order,
    {},
    flow.nonNegative,
  );
};

export const unsqueeze: OpReader = (call) => {
  const flow = call.flow(0).flattened === undefined ? call.flow(0) : call.builder.plain(call.flow(0));
  const listed = call.listed('axes', 1) ?? [];
  const rank = flow.shape.length + listed.length;
  const added = listed.map((axis) => call.axis(axis, rank));
  const old = plainOrder(rank).filter((axis) => !added.includes(axis));
  if (old.length !== flow.shape.length) throw call.damage('it names an axis twice');
  if (rank > 8) throw call.refusal('its output has more than eight axes');
  return {
    ...flow,
    shape: plainOrder(rank).map((axis) => (added.includes(axis) ? 1 : flow.shape[old.indexOf(axis)]!)),
    order: flow.order.map((axis) => old[axis]!),
  };
};

export const reshape: OpReader = (call) => {
  const [input] = call.inputs;
  const flow = input?.kind === 'joined' ? input.x : call.flow(0);
  const given = Array.from(call.has(1) ? call.constant(1).data : (call.ints('shape') ?? []), (size, axis) =>
    size === 0 && call.int('allowzero', 0) === 0 ? (flow.shape[axis] ?? 0) : size,
  );
  if (input?.kind === 'joined') return regrouped(call, flow, given);
  const relabelled = onesApart(call, flow, given) ?? lastTwoJoined(call, flow, given);
  if (relabelled !== undefined) return relabelled;
  const target = targetShape(call, flow, given);
  if (target === undefined) return regrouped(call, flow.flattened === undefined ? flow : call.builder.plain(flow), given);
  if (target.length === 2) return call.builder.flat(flow);
  const source = flow.flattened;
  if (source !== undefined && String(source.shape) === String(target.slice(1))) {
    const order = [0, ...source.order.map((axis) => axis + 1)];
    return call.layer('Reshape', { target_shape: arranged(target, order).slice(1) }, [flow], target, order, {}, flow.nonNegative);
  }
  const plain = call.builder.plain(flow);
  return call.layer('Reshape', { target_shape: target.slice(1) }, [plain], target, plainOrder(target.length), {}, flow.nonNegative);
};

/** Where only axes of size 1 come or go, the tensor stays as it is stored, wherever its batch axis is. */
function onesApart(call: NodeCall, flow: Flow, given: readonly number[]): Flow | undefined {
  const sample = elements(flow.shape.filter((size) => !Number.isNaN(size)));
  const known = elements(given.filter((size) => size !== -1 && !Number.isNaN(size)));
  const shape = given.map((size) => (size === -1 ? (given.some(Number.isNaN) ? sample / known : batchSize) : size));
  const [before, after] = [flow.shape, shape].map((sizes) => plainOrder(sizes.length).filter((axis) => sizes[axis] !== 1));
  const same = before!.length === after!.length && before!.every((axis, at) => Object.is(flow.shape[axis], shape[after![at]!]));
  if (!same || flow.flattened !== undefined || shape.length > 8) return undefined;
  const stored = flow.order.filter((axis) => before!.includes(axis));
  const order = stored.map((axis) => after![before!.indexOf(axis)]!);
  if (stored.length === flow.order.length) return { ...flow, shape, order };
  // A sample of one entry keeps an axis.
  if (stored.length < 2) return undefined;
  return call.layer(
    'Reshape',
    { target_shape: stored.slice(1).map((axis) => flow.shape[axis]!) },
    [flow],
    shape,
    order,
    {},
    flow.nonNegative,
  );
}

/** The last two axes as one, wherever the batch axis is, as after a recurrent layer that goes both ways. */
function lastTwoJoined(call: NodeCall, flow: Flow, given: readonly number[]): Flow | undefined {
  const rank = flow.shape.length;
  const [one, other] = [flow.shape[rank - 2]!, flow.shape[rank - 1]!];
  const inFront = flow.shape.slice(0, -2);
  const same =
    given.length === rank - 1 && inFront.every((size, axis) => Object.is(size, given[axis]) || (given[axis] === -1 && Number.isNaN(size)));
  const fits = given.at(-1) === one * other || given.at(-1) === -1;
  const together = flow.order.length === rank && flow.order[rank - 2] === rank - 2 && flow.order[rank - 1] === rank - 1;
  if (rank < 4 || flow.order[0] === 0 || !same || !fits || !together || Number.isNaN(one * other)) return undefined;
  const shape = [...inFront, one * other];
  const order = flow.order.slice(0, -1);
  return call.layer('Reshape', { target_shape: order.slice(1).map((axis) => shape[axis]!) }, [flow], shape, order, {}, flow.nonNegative);
}

/**
 * The batch stays as it is: −1 and the size with which the model was exported stand for it too where the rest fits a sample. Undefined where
 * the batch isn't in front, or doesn't stay an axis by itself.
 */
function targetShape(call: NodeCall, flow: Flow, wanted: readonly number[]): number[] | undefined {
  if (flow.order[0] !== 0) return undefined;
  const sample = elements(flow.shape.filter((size) => !Number.isNaN(size)));
  const [batch, ...rest] = wanted;
  if (rest.some(Number.isNaN) || wanted.some((size) => (batchesIn(size) ?? 1) > 1)) return undefined;
  if (batch === undefined || rest.some((size) => size === 0 || size < -1 || !Number.isSafeInteger(size)) || rest.length > 8)
    throw call.refusal('it has no axes, too many, or one of no size');
  const known = elements(rest.filter((size) => size !== -1));
  const filled = rest.map((size) => (size === -1 ? sample / known : size));
  if (wanted.filter((size) => size === -1).length > 1) throw call.damage('two of its sizes are open');
  if (elements(filled) !== sample || !filled.every(Number.isSafeInteger)) return undefined;
  return [batchSize, ...filled];
}

export const concatenate: OpReader = (call) => {
  const like = call.inputs.find((input) => input?.kind === 'flow');
  // A class token in front of a sequence, or a channel that is always the same.
  const flows = call.inputs.map((input, index) =>
    input?.kind === 'constant' && like?.kind === 'flow' ? constantFlow(call, index, like) : call.flow(index),
  );
  const rank = flows[0]!.shape.length;
  const axis = call.axis(call.int('axis', 1), rank);
  if (
    Number.isNaN(flows[0]!.shape[axis]) ||
    flows.some(({ shape }) => shape.length !== rank || shape.some((size, at) => at !== axis && !Object.is(size, flows[0]!.shape[at])))
  )
    throw call.refusal("it joins samples, or its inputs don't fit");
  if (flows.length === 1) return flows[0]!;
  const whole = flows.map((flow) => (flow.flattened === undefined ? flow : call.builder.plain(flow)));
  // Maps whose positions were all pooled away can be joined as they are.
  const bare = whole.every((flow) => equalOrders(flow.order, [0, axis]) && axis !== 0);
  const alike = bare ? whole : call.builder.alike(whole);
  const shape = flows[0]!.shape.map((size, at) => (at === axis ? flows.reduce((sum, flow) => sum + flow.shape[axis]!, 0) : size));
  const layer = call.builder.add('Concatenate', call.name, { axis: alike[0]!.order.indexOf(axis) }, alike);
  return { ...alike[0]!, layer, shape, nonNegative: flows.every((flow) => flow.nonNegative) };
};
