// `x[:, 1:4]`, `x[..., -1]`, `x[:, ::2]`: parts of a tensor as Croppings, Reshapes and poolings of one entry.
import type { Json } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import type { NamedLayer } from './equal-layers.ts';

interface Part {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
  readonly step: number;
  /** A number as index takes its axis away. */
  readonly drop: boolean;
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

const everything: Json = { class_name: '__slice__', config: { start: null, stop: null, step: null } };

/**
 * @param shape with the batch first. @param given as Keras keeps it: a slice, a number, an ellipsis, null for a new axis, or a list of them.
 * Undefined for what these layers can't do.
 */
export function slicing(shape: readonly Json[], given: Json | undefined): readonly NamedLayer[] | undefined {
  const [batch, ...sizes] = shape;
  const [first, ...keys] = withoutEllipsis((isList(given) ? given : [given ?? null]).map(named), shape.length);
  if (batch !== null || first === undefined || !isWhole(first) || !sizes.every((size) => typeof size === 'number')) return undefined;
  const along = keys.filter((key) => key !== null);
  if (along.length > sizes.length) return undefined;
  const parts = along.map((each, axis) => partOf(each, axis, sizes[axis]!));
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length) return undefined;
  const layers: NamedLayer[] = [];
  let now: readonly number[] = sizes;
  for (const part of known) {
    if (part.begin === 0 && part.end === now[part.axis]) continue;
    const { row, then } = cut(now, part);
    layers.push(...row);
    now = then;
  }
  if (known.some(({ step }) => step > 1)) {
    const { row, then } = strided(now, known);
    layers.push(...row);
    now = then;
  }
  const left = axesLeft(keys, known, now);
  if (left.length !== now.length) layers.push({ className: 'Reshape', config: { target_shape: left } });
  // A single number a sample has no axis left beside the batch, which no layer gives.
  return left.length === 0 ? undefined : layers.length === 0 ? [{ className: 'Activation', config: { activation: 'linear' } }] : layers;
}

/** Keras 2 writes `{start, stop, step}` for what Keras 3 calls a slice. */
function named(key: Json): Json {
  return isObject(key) && key.class_name === undefined && 'start' in key ? { class_name: '__slice__', config: key } : key;
}

/** The ellipsis as the whole axes that it stands for. */
function withoutEllipsis(keys: readonly Json[], rank: number): readonly Json[] {
  const at = keys.findIndex((key) => isObject(key) && key.class_name === '__ellipsis__');
  if (at < 0) return keys;
  const named = keys.filter((key, index) => key !== null && index !== at).length;
  return keys.toSpliced(at, 1, ...Array.from({ length: Math.max(0, rank - named) }, () => everything));
}

function isWhole(key: Json): boolean {
  const config = isObject(key) && isObject(key.config) ? key.config : undefined;
  return isObject(key) && key.class_name === '__slice__' && ['start', 'stop', 'step'].every((part) => (config?.[part] ?? null) === null);
}

/** The sizes once numbers have taken their axes away and new ones are there. */
function axesLeft(keys: readonly Json[], parts: readonly Part[], now: readonly number[]): readonly number[] {
  let axis = 0;
  const named = keys.flatMap((key): number[] => {
    if (key === null) return [1];
    const size = now[axis]!;
    return parts[axis++]!.drop ? [] : [size];
  });
  return [...named, ...now.slice(axis)];
}

function cut(now: readonly number[], { axis, begin, end }: Part): { row: NamedLayer[]; then: readonly number[] } {
  const edges: Json = [begin, now[axis]! - end];
  const then = now.with(axis, end - begin);
  const spatial = now.length - 1;
  if (axis < spatial && spatial <= 3) {
    const cropping = Array.from({ length: spatial }, (_, at): Json => (at === axis ? edges : [0, 0]));
    const config = spatial === 1 ? { cropping: edges } : { cropping, data_format: 'channels_last' };
    return { row: [{ className: `Cropping${spatial}D`, config }], then };
  }
  return {
    row: [
      { className: 'Reshape', config: { target_shape: [product(now.slice(0, axis)), now[axis]!, product(now.slice(axis + 1))] } },
      { className: 'Cropping2D', config: { cropping: [[0, 0], edges], data_format: 'channels_last' } },
      { className: 'Reshape', config: { target_shape: then } },
    ],
    then,
  };
}

/** Every second entry is the largest of windows of one entry, two apart. */
function strided(now: readonly number[], parts: readonly Part[]): { row: NamedLayer[]; then: readonly number[] } {
  const steps = now.map((_, axis) => parts[axis]?.step ?? 1);
  const then = now.map((size, axis) => Math.ceil(size / steps[axis]!));
  const picking = (strides: readonly number[]): NamedLayer => ({
    className: `MaxPooling${strides.length}D`,
    config: { pool_size: strides.map(() => 1), strides, padding: 'valid', data_format: 'channels_last' },
  });
  const spatial = now.length - 1;
  if (spatial >= 1 && spatial <= 3 && steps.at(-1) === 1) return { row: [picking(steps.slice(0, -1))], then };
  const row: NamedLayer[] = [];
  let sizes = now;
  for (const [axis, step] of steps.entries()) {
    if (step === 1) continue;
    const [before, after] = [product(sizes.slice(0, axis)), product(sizes.slice(axis + 1))];
    sizes = sizes.with(axis, then[axis]!);
    row.push({ className: 'Reshape', config: { target_shape: [before, now[axis]!, after] } }, picking([1, step]), {
      className: 'Reshape',
      config: { target_shape: sizes },
    });
  }
  return { row, then };
}

function partOf(key: Json, axis: number, size: number): Part | undefined {
  const within = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
  if (typeof key === 'number') {
    const begin = key < 0 ? key + size : key;
    return Number.isInteger(begin) && begin >= 0 && begin < size ? { axis, begin, end: begin + 1, step: 1, drop: true } : undefined;
  }
  if (!isObject(key) || key.class_name !== '__slice__' || !isObject(key.config)) return undefined;
  const { start, stop, step: given } = key.config;
  const step = given ?? 1;
  if (typeof step !== 'number' || !Number.isInteger(step) || step < 1) return undefined;
  const [begin, end] = [typeof start === 'number' ? within(start) : 0, typeof stop === 'number' ? within(stop) : size];
  return begin < end ? { axis, begin, end, step, drop: false } : undefined;
}
