// IDX, the format of MNIST, raw or gzipped: 0 0 type rank, big-endian sizes, then the elements.
import { gunzipSync } from 'node:zlib';
import { fromRaw, safeElements, swapped, type NumericArray, type RawType } from '../numeric-array.ts';
import { refusal, type Place } from '../refusal.ts';

const types: Record<number, RawType> = { 0x08: 'u1', 0x09: 'i1', 0x0b: 'i2', 0x0c: 'i4', 0x0d: 'f4', 0x0e: 'f8' };
const maxBytes = 2 * 1024 ** 3 - 1;

/** @throws StudioError `damaged-file`, `over-limit`. */
export function readIdx(bytes: Uint8Array, place: Place): NumericArray {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const file = packed ? unpack(bytes, place) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = types[file[2] ?? 0];
  const rank = file[3] ?? 0;
  const start = 4 + 4 * rank;
  if (file[0] !== 0 || file[1] !== 0 || type === undefined || rank < 1 || rank > 8 || file.length < start) {
    throw refusal('damaged-file', place, 'It does not begin as an IDX file does.');
  }
  const shape = Array.from({ length: rank }, (_, axis) => file.readUInt32BE(4 + 4 * axis));
  const size = Number(type[1]);
  const needed = safeElements(shape) * size;
  if (needed > maxBytes)
    throw refusal('over-limit', place, `Shape (${shape.join(', ')}) is larger than the ${maxBytes} bytes that are read.`);
  const body = file.subarray(start);
  if (body.length !== needed)
    throw refusal('damaged-file', place, `Shape (${shape.join(', ')}) needs ${needed} bytes, the file holds ${body.length}.`);
  return { shape, ...fromRaw(type, size === 1 ? body : swapped(body, size), place) };
}

function unpack(bytes: Uint8Array, place: Place): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.min(maxBytes, Math.max(16 * 1024 * 1024, bytes.length * 200)) });
  } catch (cause) {
    const long = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw refusal(
      long ? 'over-limit' : 'damaged-file',
      place,
      long ? 'It unpacks to more than 200 times its size.' : "It can't be unpacked: gzip finds an error in it.",
      undefined,
      cause,
    );
  }
}
