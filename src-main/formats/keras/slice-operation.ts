// `x[:, 1:4]`, `x[:, -1]`: parts of a tensor as Croppings and Reshapes.
import type { Json } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import type { NamedLayer } from './equal-layers.ts';

interface Part {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
  /** A number as index takes its axis away. */
  readonly drop: boolean;
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

/** @param shape with the batch first. @param key as Keras keeps it: a slice, a number, or a list of them. Undefined for what these layers can't do. */
export function slicing(shape: readonly Json[], key: Json | undefined): readonly NamedLayer[] | undefined {
  const [batch, ...sizes] = shape;
  const [first, ...keys] = isList(key) ? key : [key ?? null];
  const whole =
    isObject(first) && ['start', 'stop', 'step'].every((part) => (isObject(first.config) ? (first.config[part] ?? null) : 0) === null);
  if (batch !== null || !whole || keys.length > sizes.length || !sizes.every((size) => typeof size === 'number')) return undefined;
  const parts = keys.map((each, axis) => partOf(each, axis, sizes[axis]!));
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length) return undefined;
  const layers: NamedLayer[] = [];
  let now: readonly number[] = sizes;
  for (const { axis, begin, end } of known) {
    if (begin === 0 && end === now[axis]) continue;
    const edges: Json = [begin, now[axis]! - end];
    const then = now.with(axis, end - begin);
    const spatial = now.length - 1;
    if (axis < spatial && spatial <= 3) {
      const cropping = Array.from({ length: spatial }, (_, at): Json => (at === axis ? edges : [0, 0]));
      layers.push({
        className: `Cropping${spatial}D`,
        config: spatial === 1 ? { cropping: edges } : { cropping, data_format: 'channels_last' },
      });
    } else {
      layers.push({
        className: 'Reshape',
        config: { target_shape: [product(now.slice(0, axis)), now[axis]!, product(now.slice(axis + 1))] },
      });
      layers.push({ className: 'Cropping2D', config: { cropping: [[0, 0], edges], data_format: 'channels_last' } });
      layers.push({ className: 'Reshape', config: { target_shape: then } });
    }
    now = then;
  }
  const dropped = known.filter(({ drop }) => drop).map(({ axis }) => axis);
  const left = now.filter((_, axis) => !dropped.includes(axis));
  if (dropped.length > 0) layers.push({ className: 'Reshape', config: { target_shape: left.length === 0 ? [1] : left } });
  // A single number a sample has no axis left beside the batch, which no layer gives.
  return left.length === 0 ? undefined : layers.length === 0 ? [{ className: 'Activation', config: { activation: 'linear' } }] : layers;
}

function partOf(key: Json, axis: number, size: number): Part | undefined {
  const within = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
  if (typeof key === 'number') {
    const begin = key < 0 ? key + size : key;
    return Number.isInteger(begin) && begin >= 0 && begin < size ? { axis, begin, end: begin + 1, drop: true } : undefined;
  }
  if (!isObject(key) || key.class_name !== '__slice__' || !isObject(key.config)) return undefined;
  const { start, stop, step } = key.config;
  if ((step ?? 1) !== 1) return undefined;
  const [begin, end] = [typeof start === 'number' ? within(start) : 0, typeof stop === 'number' ? within(stop) : size];
  return begin < end ? { axis, begin, end, drop: false } : undefined;
}
