// Pooling over windows and over everything.
import { channelsLast, plainOrder } from '../../axis-order.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import { entryByEntry } from './with-constants.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { meanOf } from './spelled-normalization.ts';
import { cropped, everySth, images, kerasPadding, positions, readWindow, zeroPadded, type Window } from './window.ts';

/**
 * Zeros may pad a maximum only where nothing is below zero. Elsewhere the maximum is taken at every position, padded as Keras pads (with −∞), and then every
 * s-th is kept.
 */
export const maxPool: OpReader = (call) => {
  const [{ input, spatial }, window] = [images(call), poolWindow(call)];
  if (call.isUsed(1)) throw call.refusal('its second output, the places of the maxima, is used');
  const output = outputOf(call, input, spatial, window);
  const keras = kerasPadding(spatial, window);
  if (keras !== undefined) return pool(call, 'MaxPooling', input, output, window.sizes, window.strides, keras);
  if (input.nonNegative)
    return pool(call, 'MaxPooling', zeroPadded(call, input, window.before, window.after), output, window.sizes, window.strides, 'valid');
  if (window.sizes.some((size, axis) => window.before[axis] !== Math.floor((size - 1) / 2)))
    throw call.refusal('it is padded unevenly and its input may be below zero');
  const everywhere = pool(
    call,
    'MaxPooling',
    input,
    input.shape,
    window.sizes,
    window.sizes.map(() => 1),
    'same',
  );
  const some = everySth(call, everywhere, window.strides);
  const surplus = spatial.map((length, axis) => Math.ceil(length / window.strides[axis]!) - output[axis + 2]!);
  if (surplus.some((count) => count < 0)) throw call.refusal('it is padded further than its window is wide');
  return cropped(
    call,
    some,
    surplus.map(() => 0),
    surplus,
  );
};

export const averagePool: OpReader = (call) => {
  const [{ input, spatial }, window] = [images(call), poolWindow(call)];
  const output = outputOf(call, input, spatial, window);
  const keras = kerasPadding(spatial, window);
  const counted = call.int('count_include_pad', 0) !== 0;
  if (keras === 'valid' || (keras === 'same' && !counted))
    return pool(call, 'AveragePooling', input, output, window.sizes, window.strides, keras);
  const padded = zeroPadded(call, input, window.before, window.after);
  const means = pool(call, 'AveragePooling', padded, output, window.sizes, window.strides, 'valid');
  // Until opset 19 what ceil_mode adds behind was told apart from the padding by no word; it never counts.
  const stated = counted ? call.ints('pads') : undefined;
  const real = (axis: number, at: number): number => {
    const [size, before] = [window.sizes[axis]!, counted ? (stated?.[axis] ?? 0) : 0];
    const end = spatial[axis]! + (counted ? (stated?.[axis + spatial.length] ?? 0) : 0);
    const start = at * window.strides[axis]! - window.before[axis]!;
    return Math.min(start + size, end) - Math.max(start, -before);
  };
  const counts = spatial.map((_, axis) => Array.from({ length: output[axis + 2]! }, (_each, at) => window.sizes[axis]! / real(axis, at)));
  if (counts.flat().every((factor) => factor === 1)) return means;
  const factors = counts.reduce<readonly number[]>((all, axis) => all.flatMap((one) => axis.map((other) => one * other)), [1]);
  return entryByEntry(call, 'Mul', 1, means, { shape: [1, 1, ...output.slice(2)], data: Float32Array.from(factors) });
};

/** With ceil_mode the last window may reach past the end; that is padding behind. */
function poolWindow(call: NodeCall): Window {
  const { spatial } = images(call);
  const window = readWindow(call, spatial);
  if (window.dilations.some((dilation) => dilation !== 1)) throw call.refusal('it is dilated');
  if (call.int('ceil_mode', 0) === 0) return window;
  const after = spatial.map((length, axis) => {
    const [size, stride, pad] = [window.sizes[axis]!, window.strides[axis]!, window.before[axis]!];
    const free = length + pad + window.after[axis]! - size;
    let count = Math.ceil(free / stride) + 1;
    // A window that would begin in the padding behind doesn't count.
    if ((count - 1) * stride >= length + pad) count--;
    return Math.max((count - 1) * stride + size - length - pad, window.after[axis]! - (free % stride));
  });
  if (after.some((pad) => pad < 0)) throw call.refusal('its windows end before its input does');
  return { ...window, after };
}

function outputOf(call: NodeCall, input: Flow, spatial: readonly number[], window: Window): number[] {
  return [...input.shape.slice(0, 2), ...positions(call, spatial, window)];
}

function pool(
  call: NodeCall,
  kind: string,
  input: Flow,
  output: readonly number[],
  sizes: readonly number[],
  strides: readonly number[],
  padding: string,
): Flow {
  const axes = sizes.length;
  const layer = call.builder.add(`${kind}${axes}D`, call.name, { pool_size: sizes, strides, padding, data_format: 'channels_last' }, [
    input,
  ]);
  return { kind: 'flow', layer, shape: output, order: channelsLast(axes + 2), nonNegative: input.nonNegative };
}

/** (N, C, spatial…) to (N, C, 1…); Keras's (N, C) leaves the ones out. */
export function globalPool(kind: 'GlobalAveragePooling' | 'GlobalMaxPooling'): OpReader {
  return (call) => {
    const axes = plainOrder(shapeOf(call.inputs[0]).length).slice(2);
    return (kind === 'GlobalAveragePooling' ? meanOf(call, axes) : undefined) ?? everything(call, kind);
  };
}

function shapeOf(value: OnnxValue | undefined): readonly number[] {
  return value?.kind === 'flow' ? value.shape : value?.kind === 'normalization-part' ? value.x.shape : [];
}

function everything(call: NodeCall, kind: string): Flow {
  const { input, spatial, channels } = images(call);
  const layer = call.builder.add(`${kind}${spatial.length}D`, call.name, { data_format: 'channels_last' }, [input]);
  return {
    kind: 'flow',
    layer,
    shape: [input.shape[0]!, channels, ...spatial.map(() => 1)],
    order: [0, 1],
    nonNegative: input.nonNegative,
  };
}

/** ReduceMean, ReduceMax and ReduceSum: over all spatial axes they are global pooling; the spatial axes are those that channels don't run over as stored. */
export function reduce(kind: ReductionKind, factor: 'sum' | 'negated' | 'none' = 'none'): OpReader {
  return (call) => {
    if (kind === 'GlobalAveragePooling' && factor === 'none' && call.int('keepdims', 1) !== 0) {
      const rank = shapeOf(call.inputs[0]).length;
      const mean = meanOf(
        call,
        (call.listed('axes', 1) ?? []).map((axis) => call.axis(axis, rank)).toSorted((x, y) => x - y),
      );
      if (mean !== undefined) return mean;
    }
    const given = call.flow(0);
    const negative = (flow: Flow): Flow => call.same('Rescaling', { scale: -1, offset: 0 }, flow);
    // The smallest is the negative of the largest negative.
    const flow = factor === 'negated' ? negative(given) : given;
    const rank = flow.shape.length;
    const axes = (call.listed('axes', 1) ?? flow.shape.map((_, axis) => axis))
      .map((axis) => call.axis(axis, rank))
      .toSorted((a, b) => a - b);
    const reduced = reducedOver(call, kind, flow, axes, call.int('keepdims', 1) !== 0);
    if (factor === 'none') return reduced;
    if (factor === 'negated') return { ...negative(reduced), nonNegative: given.nonNegative };
    const count = axes.reduce((all, axis) => all * flow.shape[axis]!, 1);
    return call.same('Rescaling', { scale: count, offset: 0 }, reduced, reduced.nonNegative);
  };
}

export type ReductionKind = 'GlobalAveragePooling' | 'GlobalMaxPooling';

/** The mean or the maximum over some axes of each sample. */
export function reducedOver(call: NodeCall, kind: ReductionKind, flow: Flow, axes: readonly number[], keep: boolean): Flow {
  const rank = flow.shape.length;
  const left = [...flow.shape.keys()].filter((axis) => axis !== 0 && !axes.includes(axis));
  if (axes.includes(0) || flow.order[0] !== 0 || rank > 5 || axes.length === 0 || (left.length === 0 && !keep))
    throw call.refusal('it runs over the batch, or leaves no axis beside it');
  const { nonNegative } = flow;
  const sizes = flow.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  if (left.length === 1) {
    const input = call.builder.stored(flow, [0, ...axes, left[0]!]);
    const layer = call.builder.add(`${kind}${axes.length}D`, call.name, { data_format: 'channels_last' }, [input]);
    if (keep) return { kind: 'flow', layer, shape: sizes, order: [0, left[0]!], nonNegative };
    return { kind: 'flow', layer, shape: [flow.shape[0]!, flow.shape[left[0]!]!], order: [0, 1], nonNegative };
  }
  // What goes away as steps, all that stays as channels.
  const input = call.builder.stored(flow, [0, ...axes, ...left]);
  const [steps, channels] = [axes, left].map((some) => some.reduce((all, axis) => all * flow.shape[axis]!, 1));
  const batch = flow.shape[0]!;
  const sequence = call.layer('Reshape', { target_shape: [steps!, channels!] }, [input], [batch, steps!, channels!], [0, 1, 2]);
  const pooled = call.layer(`${kind}1D`, { data_format: 'channels_last' }, [sequence], [batch, channels!], [0, 1]);
  const shape = keep ? sizes : [batch, ...left.map((axis) => flow.shape[axis]!)];
  return call.layer('Reshape', { target_shape: shape.slice(1) }, [pooled], shape, plainOrder(shape.length), {}, nonNegative);
}
