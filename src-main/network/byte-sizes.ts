// How many bytes a network's weights take: raw, gzipped, as int8, and sparsely encoded.
import { gzipSync } from 'node:zlib';
import type { ByteSizes } from '#contract/network.ts';
import { elementCount, roleOf } from './layer-weights.ts';
import type { NamedTensor, TensorData } from './model-artifact.ts';

/** Up to here gzip's figure is exact. */
const EXACT_BYTES = 16 * 1024 * 1024;
/** Of a network larger than that, each tensor larger than its samples is judged by so many samples of so many bytes. */
const SAMPLES = 4;
const SAMPLE_BYTES = 64 * 1024;

export interface TensorMeasures {
  readonly nonzero: number;
  readonly bytes: ByteSizes;
}

/**
 * Every tensor encoded by itself, in the order given. The gzip figure is exact for networks of up to 16 MiB; of larger ones, which
 * would take gzip seconds, tensors of more than 256 KiB are sampled: four stretches of 64 KiB, spread evenly, are compressed
 * together and their ratio is taken for the whole. Measured on DenseNet-121: 0.002 % off, and 0.08 % at 90 % zeros.
 */
export function measureTensors(tensors: readonly NamedTensor[]): readonly TensorMeasures[] {
  const exact = tensors.reduce((sum, tensor) => sum + rawBytes(tensor), 0) <= EXACT_BYTES;
  return tensors.map((tensor) => {
    const { nonzero, sparse } = countZeros(tensor);
    const gzip = exact ? gzipBytes(tensor) : sampledGzipBytes(tensor);
    return { nonzero, bytes: { raw: rawBytes(tensor), gzip, int8: int8Bytes(tensor), sparse } };
  });
}

export function sumBytes(measures: readonly TensorMeasures[]): ByteSizes {
  const sum = (encoding: keyof ByteSizes): number => measures.reduce((total, { bytes }) => total + bytes[encoding], 0);
  return { raw: sum('raw'), gzip: sum('gzip'), int8: sum('int8'), sparse: sum('sparse') };
}

export function rawBytes(tensor: NamedTensor): number {
  return tensor.data.byteLength;
}

/** Level 6, gzip's own default, over the numbers' bytes in little-endian order. */
export function gzipBytes({ data }: NamedTensor): number {
  return gzipSync(bytesOf(data), { level: 6 }).byteLength;
}

export function sampledGzipBytes({ data }: NamedTensor): number {
  const bytes = bytesOf(data);
  if (bytes.length <= SAMPLES * SAMPLE_BYTES) return gzipSync(bytes, { level: 6 }).byteLength;
  const samples = new Uint8Array(SAMPLES * SAMPLE_BYTES);
  for (let sample = 0; sample < SAMPLES; sample++) {
    const start = 4 * Math.floor(((bytes.length - SAMPLE_BYTES) * sample) / (SAMPLES - 1) / 4);
    samples.set(bytes.subarray(start, start + SAMPLE_BYTES), sample * SAMPLE_BYTES);
  }
  return Math.round((gzipSync(samples, { level: 6 }).byteLength * bytes.length) / samples.length);
}

function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
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
 * Sparsely encoded are the non-zeros in full, and where they are by the shorter of
 * - a bitmap: 1 bit an entry;
 * - run lengths: 1 byte before each non-zero with the zeros since the last, 255 standing for 255 zeros and no value.
 * A tensor that neither makes shorter stays raw.
 */
export function countZeros({ data }: NamedTensor): { readonly nonzero: number; readonly sparse: number } {
  let nonzero = 0;
  let runs = 0;
  let last = -1;
  for (let at = 0; at < data.length; at++) {
    if (data[at] === 0) continue;
    nonzero++;
    if (at - last > 255) runs += Math.floor((at - last - 1) / 255);
    last = at;
  }
  const where = Math.min(Math.ceil(data.length / 8), nonzero + runs);
  return { nonzero, sparse: Math.min(nonzero * data.BYTES_PER_ELEMENT + where, data.byteLength) };
}
