// Windows that slide over spatial axes: ONNX's pads as Keras's padding, with layers around where Keras has no word for them.
import { arranged, channelsLast } from '../../axis-order.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall } from '../node-call.ts';

export interface Window {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before and after each axis. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export interface Images {
  readonly input: Flow;
  readonly spatial: readonly number[];
  readonly channels: number;
}

/** (N, C, spatial…) with one to three spatial axes, stored with channels last. */
export function images(call: NodeCall): Images {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  if (rank < 3 || rank > 5 || flow.order[0] !== 0) throw call.refusal(`its input has ${rank} axes, or no batch in front`);
  return { input: call.builder.stored(flow, channelsLast(rank)), spatial: flow.shape.slice(2), channels: flow.shape[1]! };
}

export function readWindow(call: NodeCall, spatial: readonly number[], kernel?: readonly number[]): Window {
  const axes = spatial.length;
  const list = (name: string, otherwise: number): readonly number[] => {
    const values = call.ints(name) ?? Array.from({ length: axes }, () => otherwise);
    if (values.length !== axes || values.some((value) => !Number.isInteger(value) || value < 1 || value > 100_000))
      throw call.damage(`its ${name} don't fit its ${axes} axes`);
    return values;
  };
  const sizes = kernel ?? list('kernel_shape', 1);
  if (sizes.length !== axes || sizes.some((size) => size < 1)) throw call.damage('its kernel does not fit its input');
  const [strides, dilations] = [list('strides', 1), list('dilations', 1)];
  const [before, after] = pads(call, spatial, sizes, strides, dilations);
  return { sizes, strides, dilations, before, after };
}

function pads(
  call: NodeCall,
  spatial: readonly number[],
  sizes: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): readonly [readonly number[], readonly number[]] {
  const automatic = call.text('auto_pad', 'NOTSET');
  const none = spatial.map(() => 0);
  if (automatic === 'VALID') return [none, none];
  if (automatic === 'SAME_UPPER' || automatic === 'SAME_LOWER') {
    const totals = spatial.map((length, axis) => sameTotal(length, sizes[axis]!, strides[axis]!, dilations[axis]!));
    const [small, large] = [totals.map((total) => Math.floor(total / 2)), totals.map((total) => Math.ceil(total / 2))];
    return automatic === 'SAME_UPPER' ? [small, large] : [large, small];
  }
  const given = call.ints('pads') ?? [...none, ...none];
  if (given.length !== 2 * spatial.length || given.some((pad) => !Number.isInteger(pad) || pad < 0 || pad > 100_000))
    throw call.refusal("its pads don't fit its axes, or are below zero");
  return [given.slice(0, spatial.length), given.slice(spatial.length)];
}

/** What TensorFlow's `same` pads along one axis. */
export function sameTotal(length: number, size: number, stride: number, dilation: number): number {
  return Math.max((Math.ceil(length / stride) - 1) * stride + (size - 1) * dilation + 1 - length, 0);
}

/** ⌊(n + pads − reach − 1) / s⌋ + 1 on each axis. */
export function positions(call: NodeCall, spatial: readonly number[], { sizes, strides, dilations, before, after }: Window): number[] {
  return spatial.map((length, axis) => {
    const free = length + before[axis]! + after[axis]! - (sizes[axis]! - 1) * dilations[axis]! - 1;
    if (free < 0) throw call.damage('its window is larger than its input');
    return Math.floor(free / strides[axis]!) + 1;
  });
}

/** `valid` or `same` where Keras pads just so; undefined where it doesn't. */
export function kerasPadding(
  spatial: readonly number[],
  { sizes, strides, dilations, before, after }: Window,
): 'valid' | 'same' | undefined {
  if ([...before, ...after].every((pad) => pad === 0)) return 'valid';
  const totals = spatial.map((length, axis) => sameTotal(length, sizes[axis]!, strides[axis]!, dilations[axis]!));
  return totals.every((total, axis) => before[axis] === Math.floor(total / 2) && after[axis] === Math.ceil(total / 2)) ? 'same' : undefined;
}

/** The images with zeros around; `input` is stored as (batch, spatial…, channels). */
export function zeroPadded(call: NodeCall, input: Flow, before: readonly number[], after: readonly number[]): Flow {
  return bordered(call, input, before, after, 'ZeroPadding', 'padding', 1);
}

/** The images without their borders. */
export function cropped(call: NodeCall, input: Flow, before: readonly number[], after: readonly number[]): Flow {
  return bordered(call, input, before, after, 'Cropping', 'cropping', -1);
}

/** Every s-th entry of each spatial axis, from the first on: a maximum over windows of one. `input` is stored as (batch, spatial…, channels). */
export function everySth(call: NodeCall, input: Flow, strides: readonly number[]): Flow {
  const spatial = input.order.slice(1, -1);
  const shape = input.shape.map((size, axis) => (spatial.includes(axis) ? Math.ceil(size / strides[spatial.indexOf(axis)]!) : size));
  const config = { pool_size: strides.map(() => 1), strides, padding: 'valid', data_format: 'channels_last' };
  return { ...input, layer: call.builder.add(`MaxPooling${strides.length}D`, `${call.name}_every`, config, [input]), shape };
}

function bordered(
  call: NodeCall,
  input: Flow,
  before: readonly number[],
  after: readonly number[],
  className: string,
  key: string,
  sign: 1 | -1,
): Flow {
  if ([...before, ...after].every((count) => count === 0)) return input;
  const spatial = input.order.slice(1, -1);
  const shape = input.shape.map((size, axis) =>
    spatial.includes(axis) ? size + sign * (before[spatial.indexOf(axis)]! + after[spatial.indexOf(axis)]!) : size,
  );
  const around = before.map((count, axis) => [count, after[axis]!]);
  const axes = spatial.length;
  if (axes < 1 || axes > 3) throw call.refusal('it pads or cuts tensors of more axes than volumes have');
  // Keras's layers for one axis know no data_format.
  const config = axes === 1 ? { [key]: around[0]! } : { [key]: around, data_format: 'channels_last' };
  return { ...input, layer: call.builder.add(`${className}${axes}D`, `${call.name}_${key}`, config, [input]), shape };
}

/** Runs a layer for images over a sequence: (N, L, C) as (N, L, 1, C) and back. */
export function asImages(call: NodeCall, input: Flow, axes: number, shape: readonly number[], add: (image: Flow) => string): Flow {
  if (axes === 2) return { ...input, layer: add(input), shape };
  if (axes !== 1) throw call.refusal('it is depthwise over volumes');
  const [, length, channels] = arranged(input.shape, input.order);
  const image = call.builder.add('Reshape', `${call.name}_image`, { target_shape: [length!, 1, channels!] }, [input]);
  const layer = add({ ...input, layer: image });
  const [, ...target] = arranged(shape, input.order);
  return { ...input, layer: call.builder.add('Reshape', `${call.name}_sequence`, { target_shape: target }, [{ ...input, layer }]), shape };
}
