// IDX, the format of MNIST: 0 0 type rank, big-endian sizes, then the elements.
import { safeElements, type RawType } from '../numeric-array.ts';
import { refusal, type Place } from '../refusal.ts';
import type { ByteSource } from './guarded-file.ts';

const types: Record<number, RawType> = { 0x08: 'u1', 0x09: 'i1', 0x0b: 'i2', 0x0c: 'i4', 0x0d: 'f4', 0x0e: 'f8' };
const maxBytes = 64 * 1024 ** 3;

export interface IdxHeader {
  readonly shape: readonly number[];
  readonly type: RawType;
  /** Where the elements begin; they fill the rest of the file exactly. */
  readonly start: number;
}

/** @throws StudioError `damaged-file`, `over-limit`. */
export function readIdxHeader(source: ByteSource, place: Place): IdxHeader {
  const file = source.read(0, 4 + 4 * 8);
  const type = types[file[2] ?? 0];
  const rank = file[3] ?? 0;
  const start = 4 + 4 * rank;
  if (file[0] !== 0 || file[1] !== 0 || type === undefined || rank < 1 || rank > 8 || file.length < start) {
    throw refusal('damaged-file', { ...place, offset: 0 }, 'It does not begin as an IDX file does.');
  }
  const shape = Array.from({ length: rank }, (_, axis) => file.readUInt32BE(4 + 4 * axis));
  const needed = safeElements(shape) * Number(type[1]);
  if (needed > maxBytes)
    throw refusal('over-limit', { ...place, offset: 4 }, `Shape (${shape.join(', ')}) is larger than the ${maxBytes} bytes that are read.`);
  const held = source.bytes - start;
  if (held !== needed)
    throw refusal(
      'damaged-file',
      { ...place, offset: start },
      `Shape (${shape.join(', ')}) needs ${needed} bytes, the file holds ${held}.`,
    );
  return { shape, type, start };
}
