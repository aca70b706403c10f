// NumPy's .npy: a header read by a small grammar, numbers only; object arrays (pickles) are refused. Also writes them.
import { fromRaw, safeElements, swapped, type NumericArray, type RawType } from '../numeric-array.ts';
import { refusal, type Place } from '../refusal.ts';
import { sourceOf, type ByteSource } from './guarded-file.ts';

/** Format 1.0 to 3.0, as numpy/lib/format.py describes: keys in alphabetical order, a Python literal. */
const grammar =
  /^\{\s*'descr':\s*('[^']*'|\[.*\]),\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(((?:\s*\d+\s*(?:,|(?=\))))*\s*)\),?\s*\}\s*$/s;
const types = /^([<>|=])(f2|f4|f8|i1|i2|i4|i8|u1|u2|u4|u8|b1)$/;
/** Larger sets are read by ranges; this is what a file may hold at all. */
const maxBytes = 64 * 1024 ** 3;
const maxInMemory = 1024 ** 3;
const longestHeader = 65_536;

/** Strings of NumPy are of one length, 4 bytes or 1 a character, filled up with zeros. */
const textType = /^[<>|=]?([US])(\d{1,4})$/;
const maxTexts = 20_000_000;

export interface NpyHeader {
  readonly shape: readonly number[];
  readonly type: RawType;
  readonly bigEndian: boolean;
  readonly boolean: boolean;
  readonly fortran: boolean;
  /** Where the numbers begin; they fill the rest of the file exactly. */
  readonly start: number;
}

interface Literal {
  /** As it is written, without quotes. */
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  readonly start: number;
  readonly at: Place;
}

/** @throws StudioError `damaged-file`. */
function readLiteral(source: ByteSource, place: Place): Literal {
  const file = source.read(0, 12 + longestHeader);
  if (file.length < 12 || file.toString('latin1', 0, 6) !== '\x93NUMPY')
    throw refusal('damaged-file', { ...place, offset: 0 }, 'It does not begin as a .npy array does.');
  const wide = file[6]! > 1;
  const start = wide ? 12 : 10;
  const length = wide ? file.readUInt32LE(8) : file.readUInt16LE(8);
  if (file[6]! < 1 || file[6]! > 3 || length > longestHeader || start + length > file.length)
    throw refusal('damaged-file', { ...place, offset: 6 }, 'Its header is cut short or of an unknown version.');
  const at = { ...place, offset: start };
  const header = grammar.exec(file.toString('latin1', start, start + length));
  if (header === null) throw refusal('damaged-file', at, 'Its header is not written as NumPy writes it.');
  const descr = header[1]!.slice(1, -1);
  const shape = header[3]!
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  return { descr, fortran: header[2] === 'True', shape, start: start + length, at };
}

/** @throws StudioError `damaged-file`, `unsafe-file` for object arrays, `unsupported` for other dtypes, `over-limit`. */
export function readNpyHeader(source: ByteSource, place: Place): NpyHeader {
  const { descr, fortran, shape, start, at } = readLiteral(source, place);
  if (/^[<>|=]?O/.test(descr))
    throw refusal(
      'unsafe-file',
      at,
      'It is an array of Python objects, which only running code could open.',
      'Save it with a number dtype, as float32 or int64.',
    );
  const type = types.exec(descr);
  if (type === null)
    throw refusal('unsupported', at, `Its dtype ${descr.slice(0, 40)} is not a plain number.`, 'Save it as float32, uint8 or int64.');
  const raw = rawType(type[2]!);
  const size = Number(raw[1]);
  const elements = safeElements(shape);
  if (shape.length > 32 || elements * size > maxBytes)
    throw refusal(
      'over-limit',
      at,
      `An array of shape (${shape.slice(0, 8).join(', ')}) is larger than the ${maxBytes} bytes that are read.`,
    );
  const held = source.bytes - start;
  if (held !== elements * size)
    throw refusal(
      'damaged-file',
      { ...place, offset: start },
      `Shape (${shape.join(', ')}) needs ${elements * size} bytes, the file holds ${held}.`,
    );
  return {
    shape,
    type: raw,
    bigEndian: type[1] === '>',
    boolean: type[2] === 'b1',
    fortran: fortran && shape.length > 1,
    start,
  };
}

/** A column of strings; undefined where it is none. @throws StudioError as `readNpyHeader`. */
export function readTexts(source: ByteSource, place: Place): string[] | undefined {
  const { descr, shape, start, at } = readLiteral(source, place);
  const found = textType.exec(descr);
  if (found === null) return undefined;
  const [, kind, length] = found;
  const size = Number(length) * (kind === 'U' ? 4 : 1);
  const count = safeElements(shape);
  if (shape.length < 1 || shape.slice(1).some((each) => each !== 1))
    throw refusal('wrong-labels', at, `Labels of words have the shape (${shape.join(', ')}).`, 'Save one word for each sample.');
  if (count > maxTexts || size > 4096 || count * size > maxInMemory)
    throw refusal('over-limit', at, `It holds ${count} texts of ${size} bytes.`);
  if (source.bytes - start !== count * size)
    throw refusal(
      'damaged-file',
      { ...place, offset: start },
      `Shape (${shape.join(', ')}) needs ${count * size} bytes, the file holds ${source.bytes - start}.`,
    );
  const bytes = source.read(start, count * size);
  const swappedCodes = descr.startsWith('>');
  return Array.from({ length: count }, (_, index) => {
    const own = bytes.subarray(index * size, (index + 1) * size);
    if (kind === 'S') return own.toString('utf8').replace(/\0+$/, '');
    let text = '';
    for (let character = 0; character + 4 <= own.length; character += 4) {
      const code = swappedCodes ? own.readUInt32BE(character) : own.readUInt32LE(character);
      if (code > 0x10ffff)
        throw refusal('damaged-file', { ...place, offset: start + index * size + character }, 'It holds a character that there is not.');
      if (code !== 0) text += String.fromCodePoint(code);
    }
    return text;
  });
}

/** The whole array. @throws StudioError as `readNpyHeader` does; `over-limit` beyond two gigabytes. */
export function readNpy(bytes: Uint8Array, place: Place): NumericArray {
  const source = sourceOf(bytes);
  const header = readNpyHeader(source, place);
  return arrayAt(source, header, place);
}

/** @throws StudioError `over-limit` beyond two gigabytes, `unsupported` for whole numbers beyond 32 bits. */
export function arrayAt(source: ByteSource, { shape, type, bigEndian, fortran, start }: NpyHeader, place: Place): NumericArray {
  const size = Number(type[1]);
  if (source.bytes > maxInMemory)
    throw refusal(
      'over-limit',
      place,
      `It has ${source.bytes} bytes; in this order of axes at most ${maxInMemory} are read.`,
      'Save it in C order (numpy.ascontiguousarray).',
    );
  const body = source.read(start, source.bytes - start);
  const { dtype, data } = fromRaw(type, bigEndian ? swapped(body, size) : body, place);
  return fortran ? { dtype, shape, data: toRowMajor(data, shape) } : { dtype, shape, data };
}

function rawType(name: string): RawType {
  const all: readonly RawType[] = ['f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8'];
  return all.find((type) => type === name) ?? 'u1';
}

/** Fortran order has the first axis fastest: element (i, j) of (2, 3) lies at i + 2j, and goes to 3i + j. */
function toRowMajor(data: NumericArray['data'], shape: readonly number[]): NumericArray['data'] {
  const result = data.slice();
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    result[to] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

export function npyBytes({ dtype, shape, data }: NumericArray): Uint8Array {
  return Buffer.concat([npyHeader(dtype, shape), Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

/** Format 1.0, C order, data 64-byte aligned as NumPy does it. */
export function npyHeader(dtype: NumericArray['dtype'], shape: readonly number[]): Buffer {
  const descr = { float32: '<f4', int32: '<i4', uint8: '|u1' }[dtype];
  const literal = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const length = Math.ceil((10 + literal.length + 1) / 64) * 64 - 10;
  const header = Buffer.alloc(10 + length, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(length, 8);
  header.write(literal, 10, 'latin1');
  header.write('\n', 10 + length - 1, 'latin1');
  return header;
}
