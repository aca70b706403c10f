// The samples of a source, or its labels, as rows that are read by ranges; a set larger than memory is never there as a whole.
import { fromRaw, swapped, type NumericArray, type RawType } from '../numeric-array.ts';
import { refusal, type Place } from '../refusal.ts';
import type { ByteSource } from '../containers/guarded-file.ts';

export interface Rows {
  readonly count: number;
  /** Of one row; [] for a plain column of numbers. */
  readonly shape: readonly number[];
  readonly dtype: NumericArray['dtype'];
  /** Bytes from 0 to 255 that stand for light; all other numbers are fed as they are. */
  readonly pixels: boolean;
  /** Rows `from` up to but without `to`, one after another. */
  read(from: number, to: number): NumericArray['data'];
}

export function rowLength({ shape }: Pick<Rows, 'shape'>): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Where an array's numbers lie in a source, and how they are written there. */
export interface StoredArray {
  readonly source: ByteSource;
  readonly start: number;
  readonly shape: readonly number[];
  readonly type: RawType;
  readonly bigEndian: boolean;
  readonly boolean?: boolean;
}

/** Rows of an array in row-major order. @throws StudioError `unsupported` as they are read, for whole numbers beyond 32 bits. */
export function rowsOf({ source, start, shape, type, bigEndian, boolean = false }: StoredArray, place: Place): Rows {
  const [count = 1, ...rest] = shape;
  const size = Number(type[1]);
  const rowBytes = rest.reduce((product, length) => product * length, 1) * size;
  const dtype = type === 'u1' ? 'uint8' : type[0] === 'f' ? 'float32' : 'int32';
  return {
    count,
    shape: rest,
    dtype,
    pixels: type === 'u1' && !boolean,
    read(from, to) {
      const bytes = source.read(start + from * rowBytes, (to - from) * rowBytes);
      if (bytes.length !== (to - from) * rowBytes) throw refusal('damaged-file', place, 'It became shorter while it was being read.');
      return fromRaw(type, bigEndian && size > 1 ? swapped(bytes, size) : bytes, place).data;
    },
  };
}

export function rowsInMemory({ shape: [count = 1, ...shape], dtype, data }: NumericArray, pixels: boolean): Rows {
  const size = shape.reduce((product, length) => product * length, 1);
  return { count, shape, dtype, pixels, read: (from, to) => data.subarray(from * size, to * size) };
}

/** The same rows with another shape of as many numbers. */
export function reshaped(rows: Rows, shape: readonly number[]): Rows {
  return { ...rows, shape };
}

/** Row indices so that about eight megabytes are read at once. */
export function* pieces(rows: Rows): Iterable<[from: number, to: number]> {
  const at = Math.max(1, Math.floor((8 * 1024 * 1024) / Math.max(1, rowLength(rows) * (rows.dtype === 'uint8' ? 1 : 4))));
  for (let from = 0; from < rows.count; from += at) yield [from, Math.min(rows.count, from + at)];
}
