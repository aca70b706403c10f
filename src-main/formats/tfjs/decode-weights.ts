// The tensors of a TensorFlow.js weight group: one after another, whole or quantised to uint8, uint16 or float16.
import type { JsonObject } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { halvesToFloats } from '../half-floats.ts';
import { fromRaw, safeElements, type NumericArray } from '../numeric-array.ts';
import { printable, refusal, type Place } from '../refusal.ts';

const maxWeights = 100_000;

/** A quantised value q stands for q · scale + min. @throws StudioError `damaged-file`, `unsupported`, `over-limit`. */
export function decodeWeights(specifications: readonly JsonObject[], bytes: Uint8Array, place: Place): Map<string, NumericArray> {
  if (specifications.length > maxWeights) throw refusal('over-limit', place, `It lists more than ${maxWeights} weights.`);
  const arrays = new Map<string, NumericArray>();
  let offset = 0;
  for (const { name, shape: sizes, dtype, quantization } of specifications) {
    if (typeof name !== 'string' || name === '' || name.length > 1024 || !isList(sizes))
      throw refusal('damaged-file', place, 'A weight has no name or no shape.');
    if (arrays.has(name)) throw refusal('damaged-file', place, `Two weights are named ${printable(name)}.`);
    const shape = sizes.map((size) => (typeof size === 'number' ? size : NaN));
    const count = safeElements(shape);
    const packed = isObject(quantization) ? quantization.dtype : dtype;
    const width = { float32: 4, int32: 4, uint8: 1, bool: 1, uint16: 2, float16: 2 }[typeof packed === 'string' ? packed : ''];
    if (width === undefined || (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool' && dtype !== 'uint8')) {
      throw refusal(
        'unsupported',
        { ...place, member: name },
        'Its dtype is not one that Espalier reads.',
        'Convert the model with float32 weights.',
      );
    }
    if (shape.length > 8 || !(count * width <= bytes.length - offset)) {
      throw refusal(
        'damaged-file',
        { ...place, member: name, offset },
        `Its shape needs more bytes than the weight files still hold (${bytes.length - offset}).`,
      );
    }
    const part = bytes.subarray(offset, offset + count * width);
    offset += part.length;
    arrays.set(name, {
      shape,
      ...(isObject(quantization)
        ? dequantised(part, quantization, { ...place, member: name })
        : fromRaw(width === 1 ? 'u1' : dtype === 'int32' ? 'i4' : 'f4', part, place)),
    });
  }
  if (offset !== bytes.length)
    throw refusal(
      'damaged-file',
      { ...place, offset },
      `The weight files hold ${bytes.length - offset} bytes more than the manifest names.`,
    );
  return arrays;
}

function dequantised(part: Uint8Array, quantization: JsonObject, place: Place): Pick<NumericArray, 'dtype' | 'data'> {
  const { dtype, scale, min } = quantization;
  if (dtype === 'float16') {
    const data = halvesToFloats(part);
    return { dtype: 'float32', data };
  }
  if ((dtype !== 'uint8' && dtype !== 'uint16') || typeof scale !== 'number' || typeof min !== 'number')
    throw refusal('damaged-file', place, "How it is quantised can't be read.");
  const value = dtype === 'uint8' ? (index: number) => part[index]! : (index: number) => part[2 * index]! | (part[2 * index + 1]! << 8);
  const data = Float32Array.from({ length: part.length / (dtype === 'uint8' ? 1 : 2) }, (_, index) =>
    Math.fround(value(index) * scale + min),
  );
  return { dtype: 'float32', data };
}
