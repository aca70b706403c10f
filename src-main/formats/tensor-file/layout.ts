// The bytes of the one container for models, datasets and checkpoints: magic, version, JSON header, aligned tensors, sha256.
import { z } from 'zod';
import type { Json, NamedTensor, TensorData, TensorDtype } from '#network/model-artifact.ts';

/*
 *  0   8 bytes   "ESPALIER"
 *  8   uint32    version, 1                     (all numbers little-endian)
 * 12   uint32    bytes of the header
 * 16   header    UTF-8 JSON {kind, content, tensors: [{name, dtype, shape, offset, bytes}]}, keys in alphabetical order
 *      zeros to the next multiple of 64: here the data begin, and `offset` counts from here
 *      tensors, each at a multiple of 64, zeros between
 *      32 bytes  sha256 of everything before
 */
export const magic = 'ESPALIER';
export const version = 1;
export const prefixBytes = 16;
export const trailerBytes = 32;
/** A cache line, and what vector instructions like best. */
const alignment = 64;
export const maxHeaderBytes = 64 * 1024 * 1024;

export const TensorFileKind = z.enum(['model', 'dataset', 'checkpoint']);
export type TensorFileKind = z.infer<typeof TensorFileKind>;

const TensorEntry = z.strictObject({
  name: z.string().max(1024),
  dtype: z.enum(['float32', 'int32', 'uint8']),
  shape: z.array(z.int().min(0)).max(32),
  offset: z.int().min(0),
  bytes: z.int().min(0),
});
export type TensorEntry = z.infer<typeof TensorEntry>;

export const Header = z.strictObject({
  kind: TensorFileKind,
  content: z.custom<Json>((value) => value !== undefined),
  tensors: z.array(TensorEntry).max(100_000),
});
export type Header = z.infer<typeof Header>;

export const itemBytes: Record<TensorDtype, number> = { float32: 4, int32: 4, uint8: 1 };

export function align(offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Where each tensor lies, in the order given. */
export function entriesOf(tensors: readonly Pick<NamedTensor, 'name' | 'dtype' | 'shape'>[]): TensorEntry[] {
  let end = 0;
  return tensors.map(({ name, dtype, shape }) => {
    const offset = align(end);
    const bytes = elements(shape) * itemBytes[dtype];
    end = offset + bytes;
    return { name, dtype, shape: [...shape], offset, bytes };
  });
}

/** JSON with keys in alphabetical order, so that equal content makes equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** `count` elements over memory of their own. */
export function typedArray(dtype: TensorDtype, bytes: Uint8Array<ArrayBuffer>, count: number): TensorData {
  if (dtype === 'float32') return new Float32Array(bytes.buffer, bytes.byteOffset, count);
  if (dtype === 'int32') return new Int32Array(bytes.buffer, bytes.byteOffset, count);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, count);
}

export function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
