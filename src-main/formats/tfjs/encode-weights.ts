// Weights as a TensorFlow.js weight group holds them: whole, or kernels as halves or as one byte an entry.
import type { JsonObject, NamedTensor } from '#network/model-artifact.ts';
import { floatsToHalves } from '../half-floats.ts';

export type TfjsWeights = 'float32' | 'float16' | 'uint8';

export interface EncodedWeight {
  /** Its entry in the manifest. */
  readonly entry: JsonObject;
  readonly bytes: Uint8Array;
}

/**
 * Biases and statistics stay float32: they are few, and a variance of one byte would be worth nothing.
 * Worked example, uint8: −1, 0 and 1.55 have a scale of 0.01 and a minimum of −1.00, and are stored as 0, 100 and 255.
 */
export function encodeWeight({ name, shape, dtype, data }: NamedTensor, weights: TfjsWeights): EncodedWeight {
  const whole = { name, shape, dtype };
  if (weights === 'float32' || shape.length < 2 || !(data instanceof Float32Array))
    return { entry: whole, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  if (weights === 'float16')
    return { entry: { ...whole, quantization: { dtype: 'float16', original_dtype: 'float32' } }, bytes: floatsToHalves(data) };
  const { scale, zeroPoint } = bytesScale(data);
  return {
    entry: { ...whole, quantization: { dtype: 'uint8', scale, min: -zeroPoint * scale, original_dtype: 'float32' } },
    bytes: Uint8Array.from(data, (value) => Math.min(255, Math.max(0, Math.round(value / scale) + zeroPoint))),
  };
}

/** A stored byte q stands for (q − zero point) · scale; the zero point is whole, so that a pruned zero is a zero again. */
function bytesScale(data: Float32Array): { scale: number; zeroPoint: number } {
  let [least, most] = [0, 0];
  for (const value of data) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const scale = (most - least) / 255 || 1;
  return { scale, zeroPoint: Math.round(-least / scale) };
}
