// Windows that slide over spatial axes: Keras's padding as ONNX's pads.
import { sizesOf, textOf } from '#network/config-values.ts';
import { isChannelsFirst } from '#network/layers/sliding-window.ts';
import { channelsFirst, plainOrder, type AxisOrder } from '../axis-order.ts';
import { ints, text, type Attribute } from './attributes.ts';
import type { Value } from './graph-writer.ts';
import type { LayerCall } from './layer-call.ts';

export interface Window {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** How ONNX stores the images of this layer: a layer that keeps channels first in Keras needs no other order. */
export function imageOrder(call: LayerCall, rank: number): AxisOrder {
  return isChannelsFirst(call.config) ? plainOrder(rank) : channelsFirst(rank);
}

export function imageInput(call: LayerCall): Value {
  return call.graph.stored(call.input, imageOrder(call, call.input.shape.length));
}

export function kernelWindow(call: LayerCall, axes: number): Window {
  return {
    sizes: sizesOf(call.config, 'kernel_size', axes),
    strides: sizesOf(call.config, 'strides', axes, 1),
    dilations: sizesOf(call.config, 'dilation_rate', axes, 1),
  };
}

export function poolWindow(call: LayerCall, axes: number): Window {
  const sizes = sizesOf(call.config, 'pool_size', axes, 2);
  const strides = (call.config['strides'] ?? null) === null ? sizes : sizesOf(call.config, 'strides', axes);
  return { sizes, strides, dilations: sizes.map(() => 1) };
}

/** kernel_shape, strides, dilations where not 1, and the padding. @param inWords the padding as `auto_pad`, not as numbers. */
export function windowAttributes(call: LayerCall, window: Window, inWords = false): Attribute[] {
  const { sizes, strides, dilations } = window;
  const mode = textOf(call.config, 'padding', 'valid');
  const words = mode === 'valid' ? 'VALID' : mode === 'same' ? 'SAME_UPPER' : undefined;
  return [
    ints('kernel_shape', sizes),
    ints('strides', strides),
    ...(dilations.some((dilation) => dilation !== 1) ? [ints('dilations', dilations)] : []),
    inWords && words !== undefined ? text('auto_pad', words) : padding(call, window),
  ];
}

/**
 * TensorFlow's `same` pads p = max((⌈n / s⌉ − 1) s + (k − 1) d + 1 − n, 0), the smaller half in front.
 * Worked example: n = 28, k = 3, s = 2: p = 13·2 + 3 − 28 = 1, so pads (0, 1); other frameworks' symmetric (1, 1) gives other answers.
 */
function padding(call: LayerCall, { sizes, strides, dilations }: Window): Attribute {
  const mode = textOf(call.config, 'padding', 'valid');
  const reach = sizes.map((size, axis) => (size - 1) * dilations[axis]!);
  if (mode === 'valid')
    return ints(
      'pads',
      [...reach, ...reach].map(() => 0),
    );
  if (mode === 'causal') return ints('pads', [...reach, ...reach.map(() => 0)]);
  if (mode !== 'same') throw call.refusal(`its padding ${mode} is not known`);
  const { shape } = call.input;
  const spatial = isChannelsFirst(call.config) ? shape.slice(2) : shape.slice(1, -1);
  const totals = spatial.map((length, axis) => {
    const stride = strides[axis]!;
    if (stride === 1) return reach[axis]!;
    return length === null ? null : Math.max((Math.ceil(length / stride) - 1) * stride + reach[axis]! + 1 - length, 0);
  });
  const known = totals.filter((total) => total !== null);
  if (known.length < totals.length) return text('auto_pad', 'SAME_UPPER');
  return ints('pads', [...known.map((total) => Math.floor(total / 2)), ...known.map((total) => Math.ceil(total / 2))]);
}
