// How many bytes a network's weights take: raw, gzipped, as int8, and sparsely encoded.
import { gzipSync } from 'node:zlib';
import type { ByteSizes } from '#contract/network.ts';
import { elementCount, roleOf } from './layer-weights.ts';
import type { NamedTensor } from './model-artifact.ts';

/** Sums over all tensors, each encoded by itself. */
export function measureBytes(tensors: readonly NamedTensor[]): ByteSizes {
  const sum = (bytesOf: (tensor: NamedTensor) => number): number => tensors.reduce((total, tensor) => total + bytesOf(tensor), 0);
  return { raw: sum(rawBytes), gzip: sum(gzipBytes), int8: sum(int8Bytes), sparse: sum(sparseBytes) };
}

export function rawBytes(tensor: NamedTensor): number {
  return tensor.data.byteLength;
}

/** Level 6, gzip's own default, over the numbers' bytes in little-endian order. */
export function gzipBytes({ data }: NamedTensor): number {
  return gzipSync(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), { level: 6 }).byteLength;
}

/** A kernel's entry takes 1 byte, and each output channel a float32 scale; everything else 4 bytes an entry (biases in int32). */
export function int8Bytes(tensor: NamedTensor): number {
  const role = roleOf(tensor.name);
  const quantized = tensor.dtype === 'float32' && tensor.shape.length > 1 && (role.endsWith('kernel') || role === 'embeddings');
  return quantized ? elementCount(tensor.shape) + 4 * scales(role, tensor.shape) : tensor.data.byteLength;
}

/** TFLite's rule: a scale an output channel; a depthwise kernel has input channels × multiplier of them. */
function scales(role: string, shape: readonly number[]): number {
  return role === 'depthwise_kernel' ? elementCount(shape.slice(-2)) : (shape.at(-1) ?? 1);
}

/**
 * The non-zeros in full, and where they are by the shorter of
 * - a bitmap: 1 bit an entry;
 * - run lengths: 1 byte before each non-zero with the zeros since the last, 255 standing for 255 zeros and no value.
 * A tensor that neither makes shorter stays raw.
 */
export function sparseBytes(tensor: NamedTensor): number {
  const { data } = tensor;
  let nonzero = 0;
  let runBytes = 0;
  let zeros = 0;
  for (const value of data) {
    if (value === 0) {
      zeros++;
      continue;
    }
    nonzero++;
    runBytes += 1 + Math.floor(zeros / 255);
    zeros = 0;
  }
  const where = Math.min(Math.ceil(data.length / 8), runBytes);
  return Math.min(nonzero * data.BYTES_PER_ELEMENT + where, data.byteLength);
}

export function countNonzero({ data }: NamedTensor): number {
  let nonzero = 0;
  for (const value of data) if (value !== 0) nonzero++;
  return nonzero;
}
