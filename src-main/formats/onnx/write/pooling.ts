// Pooling over windows and over everything.
import { flagOf } from '#network/config-values.ts';
import { int } from './attributes.ts';
import type { LayerWriter } from './layer-call.ts';
import { imageInput, imageOrder, poolWindow, windowAttributes } from './window.ts';

/** Padding counts neither in maxima nor in means, in Keras as in ONNX's defaults. */
export function pooling(type: 'MaxPool' | 'AveragePool', axes: number): LayerWriter {
  return (call) => {
    const name = call.op(type, [imageInput(call).name], windowAttributes(call, poolWindow(call, axes)));
    return { name, shape: call.shape, order: imageOrder(call, call.shape.length) };
  };
}

export function globalPooling(type: 'GlobalMaxPool' | 'GlobalAveragePool'): LayerWriter {
  return (call) => {
    const pooled = call.op(type, [imageInput(call).name]);
    if (flagOf(call.config, 'keepdims', false)) return { name: pooled, shape: call.shape, order: imageOrder(call, call.shape.length) };
    return { name: call.op('Flatten', [pooled], [int('axis', 1)]), shape: call.shape, order: [0, 1] };
  };
}
