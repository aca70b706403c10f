// Convolutions of all kinds as Conv and ConvTranspose; kernels from (window, in, out) to ONNX's (out, in, window).
import { activationOf, countOf, flagOf, sizesOf, textOf } from '#network/config-values.ts';
import { channelsIn, isChannelsFirst } from '#network/layers/sliding-window.ts';
import { permuted } from '../axis-order.ts';
import { activated } from './activation.ts';
import { int, ints } from './attributes.ts';
import type { Value } from './graph-writer.ts';
import type { LayerCall, LayerWriter } from './layer-call.ts';
import { imageInput, imageOrder, kernelWindow, windowAttributes } from './window.ts';

export function convolution(axes: number): LayerWriter {
  return (call) => {
    const kernel = outputFirst(call, 'kernel', axes);
    const group = countOf(call.config, 'groups', 1);
    return finish(
      call,
      call.op(
        'Conv',
        [imageInput(call).name, kernel, ...bias(call)],
        [...windowAttributes(call, kernelWindow(call, axes)), int('group', group)],
      ),
    );
  };
}

/** Output channel c·m + q comes from input channel c: ONNX's groups of one input channel count in the same order. */
export function depthwise(axes: number): LayerWriter {
  return (call) =>
    finish(
      call,
      call.op(
        'Conv',
        [imageInput(call).name, perChannel(call, axes), ...bias(call)],
        [...windowAttributes(call, kernelWindow(call, axes)), int('group', channelsIn(call.input.shape, call.config))],
      ),
    );
}

export function separable(axes: number): LayerWriter {
  return (call) => {
    const group = int('group', channelsIn(call.input.shape, call.config));
    const middle = call.op(
      'Conv',
      [imageInput(call).name, perChannel(call, axes)],
      [...windowAttributes(call, kernelWindow(call, axes)), group],
    );
    return finish(call, call.op('Conv', [middle, outputFirst(call, 'pointwise_kernel', axes), ...bias(call)]));
  };
}

/**
 * The gradient of a convolution. Of the full result, s (n − 1) + k long, `same` keeps s·n: max(k − s, 0) entries go, the smaller half in front;
 * where the stride is longer than the window, s − k entries that nothing reached are added behind.
 */
export function transposed(axes: number): LayerWriter {
  return (call) => {
    const { name, shape, data } = call.weight('kernel');
    const { sizes, strides, dilations } = kernelWindow(call, axes);
    if ((call.config['output_padding'] ?? null) !== null) throw call.refusal('it has an output padding of its own');
    if (dilations.some((dilation) => dilation !== 1)) throw call.refusal('it is dilated');
    const same = textOf(call.config, 'padding', 'valid') === 'same';
    const surplus = sizes.map((size, axis) => (same ? Math.max(size - strides[axis]!, 0) : 0));
    const order = [axes + 1, axes, ...sizes.map((_, axis) => axis)];
    const kernel = call.graph.floats(
      `${name}|${order.join()}`,
      order.map((axis) => shape[axis]!),
      () => permuted(data, shape, order),
    );
    return finish(
      call,
      call.op(
        'ConvTranspose',
        [imageInput(call).name, kernel, ...bias(call)],
        [
          ints('kernel_shape', sizes),
          ints('strides', strides),
          ints('pads', [...surplus.map((count) => Math.floor(count / 2)), ...surplus.map((count) => Math.ceil(count / 2))]),
          ints(
            'output_padding',
            sizes.map((size, axis) => Math.max(strides[axis]! - size, 0)),
          ),
        ],
      ),
    );
  };
}

function finish(call: LayerCall, name: string): Value {
  return activated(call, { name, shape: call.shape, order: imageOrder(call, call.shape.length) }, activationOf(call.config));
}

function bias(call: LayerCall): readonly string[] {
  return flagOf(call.config, 'use_bias', true) ? [call.initializer('bias')] : [];
}

/** (window, in, out) as (out, in, window). */
function outputFirst(call: LayerCall, role: string, axes: number): string {
  const { name, shape, data } = call.weight(role);
  const order = [axes + 1, axes, ...Array.from({ length: axes }, (_, axis) => axis)];
  return call.graph.floats(
    `${name}|${order.join()}`,
    order.map((axis) => shape[axis]!),
    () => permuted(data, shape, order),
  );
}

/** (window, channels, multiplier) as (channels · multiplier, 1, window). */
function perChannel(call: LayerCall, axes: number): string {
  const role = call.hasWeight('depthwise_kernel') ? 'depthwise_kernel' : 'kernel';
  const { name, shape, data } = call.weight(role);
  const order = [axes, axes + 1, ...Array.from({ length: axes }, (_, axis) => axis)];
  const window = sizesOf(call.config, 'kernel_size', axes);
  if (isChannelsFirst(call.config) && shape[axes] !== call.input.shape[1]) throw call.refusal('its kernel does not fit its channels');
  return call.graph.floats(`${name}|depthwise`, [shape[axes]! * shape[axes + 1]!, 1, ...window], () => permuted(data, shape, order));
}
