// Pooling over windows and over everything.
import { flagOf } from '#network/config-values.ts';
import { int } from './attributes.ts';
import type { LayerWriter } from './layer-call.ts';
import { imageInput, imageOrder, poolWindow, windowAttributes } from './window.ts';

/**
 * Padding counts neither in maxima nor in means, in Keras as in ONNX's defaults. ONNX Runtime (to 1.30 at least) takes a Pad's zeros for such padding and
 * leaves them out of the maxima behind it; it doesn't where the pool's own padding is given in words.
 */
export function pooling(type: 'MaxPool' | 'AveragePool', axes: number): LayerWriter {
  return (call) => {
    const input = imageInput(call);
    const behindPad = call.graph.makerOf(input.name) === 'Pad';
    const name = call.op(type, [input.name], windowAttributes(call, poolWindow(call, axes), behindPad));
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
