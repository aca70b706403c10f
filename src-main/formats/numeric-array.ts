// An array read from a file, in the three dtypes that Espalier keeps, and the way there from all the others.
import type { TensorData, TensorDtype } from '#network/model-artifact.ts';
import { halvesToFloats } from './half-floats.ts';
import { refusal, type Place } from './refusal.ts';

export interface NumericArray {
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** f: floating point, i: signed, u: unsigned; the digit is bytes. Booleans come as u1. */
export type RawType = 'f2' | 'f4' | 'f8' | 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8';

/** Of one element. */
export function bytesOf(type: RawType): number {
  return Number(type[1]);
}

/** Elements in little-endian order; floats become float32, u1 stays uint8, other integers become int32 where they fit. */
export function fromRaw(type: RawType, bytes: Uint8Array, place: Place): { dtype: TensorDtype; data: TensorData } {
  const own = new Uint8Array(bytes.length);
  own.set(bytes);
  return fromOwnRaw(type, own, place);
}

/** The same of bytes that nobody else has and that fill their memory: not copied where they are what is kept already. */
export function fromOwnRaw(type: RawType, own: Uint8Array<ArrayBuffer>, place: Place): { dtype: TensorDtype; data: TensorData } {
  const size = bytesOf(type);
  const view = new DataView(own.buffer);
  const count = own.length / size;
  if (type === 'u1') return { dtype: 'uint8', data: own };
  if (type === 'f4') return { dtype: 'float32', data: new Float32Array(own.buffer) };
  if (type === 'i4') return { dtype: 'int32', data: new Int32Array(own.buffer) };
  if (type === 'f2') return { dtype: 'float32', data: halvesToFloats(own) };
  if (type === 'f8')
    return { dtype: 'float32', data: Float32Array.from({ length: count }, (_, index) => view.getFloat64(index * 8, true)) };
  const at: Record<Exclude<RawType, 'u1' | 'f4' | 'i4' | 'f2' | 'f8'>, (index: number) => number> = {
    i1: (index) => view.getInt8(index),
    i2: (index) => view.getInt16(index * 2, true),
    u2: (index) => view.getUint16(index * 2, true),
    u4: (index) => view.getUint32(index * 4, true),
    i8: (index) => Number(view.getBigInt64(index * 8, true)),
    u8: (index) => Number(view.getBigUint64(index * 8, true)),
  };
  const data = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    const value = at[type](index);
    if (value > 0x7fff_ffff || value < -0x8000_0000)
      throw refusal(
        'unsupported',
        place,
        `It holds the whole number ${value}, which needs more than 32 bits.`,
        'Save it as int32 or float32.',
      );
    data[index] = value;
  }
  return { dtype: 'int32', data };
}

/** Reverses the bytes of each element, in a copy. */
export function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += size) {
    for (let byte = 0; byte < size; byte++) result[start + byte] = bytes[start + size - 1 - byte]!;
  }
  return result;
}

/** Product of a shape; Infinity where it is no safe count. */
export function safeElements(shape: readonly number[]): number {
  let product = 1;
  for (const size of shape) product *= size;
  return shape.every((size) => Number.isSafeInteger(size) && size >= 0) && Number.isSafeInteger(product) ? product : Infinity;
}
