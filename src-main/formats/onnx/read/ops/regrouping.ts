// Reshapes in which the batch is not in front, or is one axis with others: PyTorch's attention counts batch · heads, and steps · batch.
import { equalOrders, plainOrder } from '../../axis-order.ts';
import { batches, batchesIn, batchSize, elements } from '../constant.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall } from '../node-call.ts';
import type { Joined } from '../onnx-value.ts';

/**
 * Where the batch comes to lie among the wanted sizes: `steps` of the axes before it and `parts` of those behind it are one axis with it.
 * Example: (6, N, 16) as (6, 4 N, 4): at 1, with 1 step and 4 parts.
 */
interface BatchPlace {
  readonly at: number;
  readonly steps: number;
  readonly parts: number;
}

/** The same entries in the same order under other sizes. @throws StudioError `unsupported` where the sizes don't tell where the batch is */
export function regrouped(call: NodeCall, flow: Flow, wanted: readonly number[]): Flow | Joined {
  const batch = flow.shape.findIndex(Number.isNaN);
  const [before, after] = [elements(flow.shape.slice(0, batch)), elements(flow.shape.slice(batch + 1))];
  const sizes = closed(wanted, before, after);
  const count = wanted.map(batchesIn).find((each) => each !== undefined);
  const place = sizes === undefined || batch < 0 ? undefined : batchPlace(sizes, before, after);
  if (place === undefined || (count !== undefined && place.steps * place.parts !== count) || sizes === undefined || sizes.length > 6)
    throw call.refusal('it mixes samples of a batch, or its shape does not fit');
  const { at, steps, parts } = place;
  const apart = (size: number): readonly number[] => (size > 1 ? [size] : []);
  const shape = [...sizes.slice(0, at), ...apart(steps), batchSize, ...apart(parts), ...sizes.slice(at + 1)];
  const first = at + apart(steps).length;
  const input = call.builder.batchFirst(flow);
  const order = [first, ...plainOrder(shape.length).filter((axis) => axis !== first)];
  const sample = shape.filter((size) => !Number.isNaN(size));
  const same = equalOrders(
    sample,
    input.order.slice(1).map((axis) => input.shape[axis]!),
  );
  const x: Flow = same
    ? { ...input, shape, order }
    : call.layer('Reshape', { target_shape: sample }, [input], shape, order, {}, flow.nonNegative);
  return steps === 1 && parts === 1 ? x : { kind: 'joined', x, from: at, to: first + apart(parts).length };
}

/** Sizes with the batch's as NaN; one that is open beside it is worked out. Undefined where that can't be. */
function closed(wanted: readonly number[], before: number, after: number): readonly number[] | undefined {
  const open = wanted.indexOf(-1);
  const batch = wanted.findIndex((size) => batchesIn(size) !== undefined);
  if (open < 0) return batch < 0 ? wanted : wanted.with(batch, batchSize);
  if (batch < 0) return wanted.with(open, batchSize);
  const count = batchesIn(wanted[batch]!)!;
  const [left, right] = [wanted.slice(0, batch), wanted.slice(batch + 1)].map((sizes) => elements(sizes.filter((each) => each !== -1)));
  // All that is counted with the batch on the side without the open size is known.
  const size = open < batch ? before / (count / (after / right!)) / left! : after / (count / (before / left!)) / right!;
  return wanted.with(batch, batchSize).with(open, size);
}

/** Where no size says so, the file has a batch of its own, whose size is what is left over. Axes that stay apart from it come first. */
function batchPlace(sizes: readonly number[], before: number, after: number): BatchPlace | undefined {
  const fixed = sizes.some(Number.isNaN) ? undefined : elements(sizes) / (before * after);
  const places = plainOrder(sizes.length).flatMap((at): BatchPlace[] => {
    if (fixed === undefined && !Number.isNaN(sizes[at])) return [];
    const steps = before / elements(sizes.slice(0, at));
    const parts = after / elements(sizes.slice(at + 1));
    const fits = Number.isSafeInteger(steps) && Number.isSafeInteger(parts) && steps > 0 && parts > 0;
    return fits && (fixed === undefined || sizes[at] === steps * fixed * parts) ? [{ at, steps, parts }] : [];
  });
  const rank = ({ at, steps, parts }: BatchPlace): number =>
    (steps === 1 && parts === 1 ? 0 : steps === 1 ? 1 : parts === 1 ? 2 : 3) + (steps * parts > 1 && at === sizes.length - 1 ? 4 : 0);
  return places.toSorted((one, other) => rank(one) - rank(other))[0];
}

/** ONNX's sizes: the batch's by itself, or counted as often as the others that are one with it have entries. */
export function seenShape(value: Flow | Joined): readonly number[] {
  if (value.kind === 'flow') return value.shape;
  const joined = value.x.shape.slice(value.from, value.to + 1).filter((size) => !Number.isNaN(size));
  return value.x.shape.toSpliced(value.from, joined.length + 1, batches(elements(joined)));
}

/** The axes in another order; those that are one stay neighbours. */
export function joinedTransposed(call: NodeCall, { x, from, to }: Joined): Joined {
  const seen = plainOrder(seenShape({ kind: 'joined', x, from, to }).length);
  const axes = call.ints('perm') ?? seen.toReversed();
  if (axes.length !== seen.length || new Set(axes).size !== seen.length || axes.some((axis) => seen[axis] === undefined))
    throw call.damage('its axes are not those of its input');
  const own = (axis: number): readonly number[] =>
    axis === from ? plainOrder(to - from + 1).map((each) => from + each) : [axis < from ? axis : axis + to - from];
  const all = axes.flatMap(own);
  const start = all.indexOf(from);
  return {
    kind: 'joined',
    x: { ...x, shape: all.map((axis) => x.shape[axis]!), order: x.order.map((axis) => all.indexOf(axis)) },
    from: start,
    to: start + to - from,
  };
}
