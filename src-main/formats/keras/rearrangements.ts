// Operations that move entries about: other axes, parts, pieces side by side, zeros around.
import type { Json } from '#network/model-artifact.ts';
import { isList } from '../containers/json.ts';
import { axesOf, chained, only, permuted, product, reshaped, sampleOf } from './operation-call.ts';
import type { Given, OperationLayer, OperationLayers, Rule } from './operation-call.ts';
import { slicing } from './slice-operation.ts';

const slice = (start: number, stop: number): Json => ({ class_name: '__slice__', config: { start, stop, step: null } });
const whole: Json = { class_name: '__slice__', config: { start: null, stop: null, step: null } };
const numbers = (value: Json | undefined): readonly number[] | undefined =>
  isList(value) && value.every((each) => typeof each === 'number') ? value : undefined;

export const item: Rule = (given) => {
  const sliced = given.shape === undefined ? undefined : slicing(given.shape, given.value(1, 'key', 'slice_spec'));
  return sliced === undefined ? undefined : chained(given, ...sliced);
};

/** The same entries with other axes of length 1. */
const reaxed =
  (change: (shape: readonly Json[], axes: readonly number[]) => readonly Json[] | undefined): Rule =>
  (given) => {
    const [axis, { shape }] = [given.value(1, 'axis'), given];
    const axes = isList(axis) ? numbers(axis) : typeof axis === 'number' ? [axis] : undefined;
    const target = shape === undefined || axes === undefined ? undefined : change(shape, axes);
    if (target === undefined || target[0] !== null || target.length < 2 || !target.slice(1).every((size) => typeof size === 'number'))
      return undefined;
    return only('Reshape', { target_shape: target.slice(1) }, given);
  };

export const expandDims = reaxed((shape, axes) => {
  const rank = shape.length + axes.length;
  return axes
    .map((axis) => (axis < 0 ? rank + axis : axis))
    .toSorted((one, other) => one - other)
    .reduce<readonly Json[]>((sizes, axis) => sizes.toSpliced(axis, 0, 1), shape);
});
export const squeeze = reaxed((shape, axes) => {
  const gone = axes.map((axis) => (axis < 0 ? shape.length + axis : axis));
  return gone.every((axis) => shape[axis] === 1) ? shape.filter((_, axis) => !gone.includes(axis)) : undefined;
});

const reordered = (given: Given, order: readonly number[]): OperationLayers | undefined =>
  order[0] === 0 ? only('Permute', { dims: order.slice(1) }, given) : undefined;

export const transpose: Rule = (given) => {
  const axes = numbers(given.value(1, 'axes', 'perm'));
  const rank = given.shape?.length;
  return axes === undefined
    ? undefined
    : reordered(
        given,
        axes.map((axis) => (axis < 0 && rank !== undefined ? axis + rank : axis)),
      );
};
export const swapaxes: Rule = (given) => {
  const rank = given.shape?.length ?? 0;
  const [one, other] = [given.value(1, 'axis1'), given.value(2, 'axis2')].map((axis) => axesOf(axis, rank)?.[0]);
  if (one === undefined || other === undefined) return undefined;
  return reordered(
    given,
    Array.from({ length: rank }, (_, axis) => (axis === one ? other : axis === other ? one : axis)),
  );
};
export const moveaxis: Rule = (given) => {
  const rank = given.shape?.length ?? 0;
  const [from, to] = [given.value(1, 'source'), given.value(2, 'destination')].map((axis) => axesOf(axis, rank));
  if (from?.length !== 1 || to?.length !== 1) return undefined;
  const rest = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== from[0]);
  return reordered(given, rest.toSpliced(to[0]!, 0, from[0]!));
};

/** Pieces of one axis, one an output. */
function pieces(given: Given, axis: number, ends: readonly (readonly [number, number])[], drop: boolean): OperationLayers | undefined {
  const [input] = given.tensors;
  if (given.shape === undefined || input === undefined) return undefined;
  const chain: OperationLayer[] = [];
  const outputs: number[] = [];
  for (const [begin, end] of ends) {
    const key = [...Array.from({ length: axis }, () => whole), drop ? begin : slice(begin, end)];
    const row = slicing(given.shape, key);
    if (row === undefined) return undefined;
    chain.push(...row.map((layer, at): OperationLayer => (at === 0 ? { ...layer, from: [input] } : layer)));
    outputs.push(chain.length - 1);
  }
  return outputs.length === 0 ? undefined : { chain, inputs: given.tensors, outputs };
}

export const split: Rule = (given) => {
  const rank = given.shape?.length ?? 0;
  const [axis] = axesOf(given.value(2, 'axis') ?? (given.value(1, 'num_or_size_splits') === undefined ? 0 : -1), rank) ?? [];
  const asked = given.value(1, 'indices_or_sections', 'num_or_size_splits');
  const size = axis === undefined ? undefined : given.shape?.[axis];
  if (axis === undefined || typeof size !== 'number') return undefined;
  const sections = typeof asked === 'number' ? Array.from({ length: asked }, (_, at) => (at * size) / asked) : undefined;
  const begins = sections ?? (numbers(asked) === undefined ? undefined : [0, ...numbers(asked)!]);
  if (begins === undefined || !begins.every((begin) => Number.isInteger(begin))) return undefined;
  return pieces(
    given,
    axis,
    begins.map((begin, at) => [begin, begins[at + 1] ?? size] as const),
    false,
  );
};
export const unstack: Rule = (given) => {
  given.value(1, 'num');
  const [axis] = axesOf(given.value(2, 'axis') ?? 0, given.shape?.length ?? 0) ?? [];
  const size = axis === undefined ? undefined : given.shape?.[axis];
  if (axis === undefined || typeof size !== 'number') return undefined;
  return pieces(
    given,
    axis,
    Array.from({ length: size }, (_, at) => [at, at + 1] as const),
    true,
  );
};

/** Each with an axis of length 1 more, side by side. */
export const stack: Rule = (given) => {
  const { tensors, shapes } = given;
  const shape = shapes[0];
  const sizes = shape?.slice(1);
  const [axis] = axesOf(given.value(tensors.length, 'axis') ?? 0, (shape?.length ?? 0) + 1) ?? [];
  if (axis === undefined || sizes === undefined || !sizes.every((size) => typeof size === 'number')) return undefined;
  if (shapes.some((other) => JSON.stringify(other?.slice(1)) !== JSON.stringify(sizes))) return undefined;
  const target = sizes.toSpliced(axis - 1, 0, 1);
  const chain = tensors.map((tensor): OperationLayer => ({ ...reshaped(target), from: [tensor] }));
  return { chain: [...chain, { className: 'Concatenate', config: { axis }, from: chain.map((_, at) => at) }], inputs: tensors };
};

/** The same tensor several times side by side, axis by axis. */
export const tile: Rule = (given) => {
  const rank = given.shape?.length ?? 0;
  const times = numbers(given.value(1, 'repeats', 'multiples'));
  if (rank === 0 || times?.length !== rank || times[0] !== 1 || given.tensors.length !== 1) return undefined;
  const chain: OperationLayer[] = [];
  for (const [axis, count] of times.entries()) {
    if (count < 1 || count > 64) return undefined;
    const before = chain.length === 0 ? given.tensors[0]! : chain.length - 1;
    if (count > 1) chain.push({ className: 'Concatenate', config: { axis }, from: Array.from({ length: count }, () => before) });
  }
  return chain.length === 0 ? only('Activation', { activation: 'linear' }, given) : { chain, inputs: given.tensors };
};

/** Each entry several times in a row. */
export const repeat: Rule = (given) => {
  const [axis] = axesOf(given.value(2, 'axis'), given.shape?.length ?? 0) ?? [];
  const [count, sizes] = [given.value(1, 'repeats'), sampleOf(given)];
  if (axis === undefined || sizes === undefined || typeof count !== 'number') return undefined;
  const [before, after] = [product(sizes.slice(0, axis - 1)), product(sizes.slice(axis))];
  return chained(
    given,
    reshaped([before, sizes[axis - 1]!, after]),
    { className: 'UpSampling2D', config: { size: [1, count], interpolation: 'nearest', data_format: 'channels_last' } },
    reshaped(sizes.with(axis - 1, sizes[axis - 1]! * count)),
  );
};

/** Zeros around axes other than the batch. */
export const pad: Rule = (given) => {
  const [edges, sizes] = [given.value(1, 'pad_width', 'paddings'), sampleOf(given)];
  const constant = given.value(3, 'constant_values') ?? 0;
  const mode = String(given.value(2, 'mode') ?? 'constant').toLowerCase();
  if (!isList(edges) || mode !== 'constant' || constant !== 0) return undefined;
  const pairs = edges.map((each) => numbers(each));
  if (!pairs.every((each) => each?.length === 2)) return undefined;
  const [batch, ...around] = pairs as readonly (readonly number[])[];
  const channels = around.at(-1) ?? [];
  const spatial = around.slice(0, -1);
  if (batch?.some((count) => count !== 0) === true) return undefined;
  if (channels.every((count) => count === 0) && spatial.length >= 1 && spatial.length <= 3) {
    const padding: Json = spatial.length === 1 ? [...spatial[0]!] : spatial.map((each): Json => [...each]);
    const config = spatial.length === 1 ? { padding } : { padding, data_format: 'channels_last' };
    return only(`ZeroPadding${spatial.length}D`, config, given);
  }
  if (sizes === undefined || spatial.some((each) => each.some((count) => count !== 0))) return undefined;
  return chained(
    given,
    reshaped([product(sizes.slice(0, -1)), sizes.at(-1)!, 1]),
    { className: 'ZeroPadding2D', config: { padding: [[0, 0], [...channels]], data_format: 'channels_last' } },
    reshaped([...sizes.slice(0, -1), sizes.at(-1)! + channels[0]! + channels[1]!]),
  );
};

/** (H, W, C · b²) as (H · b, W · b, C), or the way back. */
export const blocks =
  (spread: boolean): Rule =>
  (given) => {
    const [size, sizes] = [given.value(1, 'block_size'), sampleOf(given)];
    if (typeof size !== 'number' || sizes?.length !== 3 || String(given.value(2, 'data_format') ?? 'channels_last') === 'channels_first')
      return undefined;
    const [height, width, channels] = sizes as [number, number, number];
    return spread
      ? chained(
          given,
          reshaped([height, width, size, size, channels / size ** 2]),
          permuted([1, 3, 2, 4, 5]),
          reshaped([height * size, width * size, channels / size ** 2]),
        )
      : chained(
          given,
          reshaped([height / size, size, width / size, size, channels]),
          permuted([1, 3, 2, 4, 5]),
          reshaped([height / size, width / size, channels * size ** 2]),
        );
  };
