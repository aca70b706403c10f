// Tensors whose values the file itself holds, or that follow from them and from shapes.
import { TensorProto_DataLocation as Location, TensorProto_DataType as Type, type TensorProto } from '../generated/onnx_pb.ts';
import { fromRaw, safeElements, type RawType } from '../../numeric-array.ts';
import { refusal, type Place } from '../../refusal.ts';

/** The batch's size where it appears among whole numbers: unknown, and so is all that is computed from it. */
export const batchSize = NaN;

/** What stands for a batch counted several times, as steps · batch, among whole numbers: no size of anything else is as large. */
const severalTimes = 2 ** 70;

export function batches(count: number): number {
  return count === 1 ? batchSize : count * severalTimes;
}

/** How often a size counts the batch; undefined where it is a plain number. */
export function batchesIn(size: number): number | undefined {
  return Number.isNaN(size) ? 1 : size >= severalTimes ? size / severalTimes : undefined;
}

/** The product of two sizes. */
export function timesSize(one: number, other: number): number {
  const [count, factor] = batchesIn(one) === undefined ? [batchesIn(other), one] : [batchesIn(one), other];
  return count !== undefined && Number.isInteger(factor) && factor >= 1 && factor < severalTimes ? batches(count * factor) : one * other;
}

export interface Constant {
  readonly kind: 'constant';
  readonly shape: readonly number[];
  /** Floats are weights; plain numbers are sizes, axes and indices, NaN for the batch. */
  readonly data: Float32Array | readonly number[];
}

export function integersConstant(values: readonly number[], shape: readonly number[] = [values.length]): Constant {
  return { kind: 'constant', shape, data: values };
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Sizes, axes, indices: never many. */
const maxWhole = 100_000;

const rawTypes: Readonly<Partial<Record<Type, RawType>>> = {
  [Type.FLOAT]: 'f4',
  [Type.DOUBLE]: 'f8',
  [Type.FLOAT16]: 'f2',
  [Type.INT8]: 'i1',
  [Type.INT16]: 'i2',
  [Type.INT32]: 'i4',
  [Type.INT64]: 'i8',
  [Type.UINT8]: 'u1',
  [Type.UINT16]: 'u2',
  [Type.UINT32]: 'u4',
  [Type.UINT64]: 'u8',
  [Type.BOOL]: 'u1',
};

/** @throws StudioError `unsupported` for other types, `damaged-file` where shape and bytes don't agree. */
export function readTensor(tensor: TensorProto, file: Place): Constant {
  const place = { ...file, member: tensor.name === '' ? 'a constant' : tensor.name };
  if (isExternal(tensor))
    throw refusal('unsafe-file', place, 'Its values are in another file, which is never followed.', 'Save it as one file.');
  const type = rawTypeOf(tensor, place);
  const shape = tensor.dims.map(Number);
  const count = safeElements(shape);
  const floating = type.startsWith('f');
  if (!floating && count > maxWhole)
    throw refusal(
      'unsupported',
      place,
      `It holds ${count} whole numbers; weights are read as floating-point numbers.`,
      'Save the model before quantising it.',
    );
  const whole = wholeNumbers(tensor, type, place);
  const data = whole ?? (floating ? floats(tensor, type, place) : []);
  if (data.length !== count)
    throw refusal('damaged-file', place, `Its shape (${shape.join(', ')}) and its ${data.length} values don't agree.`);
  return { kind: 'constant', shape, data };
}

export function isExternal({ dataLocation, externalData }: TensorProto): boolean {
  return dataLocation === Location.EXTERNAL || externalData.length > 0;
}

/** @throws StudioError `unsupported` */
export function rawTypeOf(tensor: TensorProto, place: Place): RawType {
  const type = isType(tensor.dataType) ? rawTypes[tensor.dataType] : undefined;
  if (type === undefined || tensor.segment !== undefined)
    throw refusal('unsupported', place, "Its values are of a type that Espalier doesn't read.", 'Save the model in float32.');
  return type;
}

function isType(value: number): value is Type {
  return value in rawTypes;
}

function floats(tensor: TensorProto, type: RawType, place: Place): Float32Array {
  if (tensor.rawData.length > 0) return raw(tensor.rawData, type, place);
  if (type === 'f8') return Float32Array.from(tensor.doubleData);
  if (type === 'f4') return Float32Array.from(tensor.floatData);
  // Halves come as the lower 16 bits of whole numbers.
  return raw(new Uint8Array(Uint16Array.from(tensor.int32Data).buffer), type, place);
}

function raw(bytes: Uint8Array, type: RawType, place: Place): Float32Array {
  if (bytes.length % Number(type[1]) !== 0) throw refusal('damaged-file', place, 'Its bytes are no whole number of values.');
  const { data } = fromRaw(type, bytes, place);
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** Whole numbers up to 2⁵³ exactly; INT64_MAX, "to the end" in slices, is near enough. */
function wholeNumbers(tensor: TensorProto, type: RawType, place: Place): readonly number[] | undefined {
  if (type.startsWith('f')) return undefined;
  const { rawData: bytes } = tensor;
  if (bytes.length === 0) return [...(tensor.int64Data.length > 0 ? tensor.int64Data : tensor.uint64Data).map(Number), ...tensor.int32Data];
  const size = Number(type[1]);
  if (bytes.length % size !== 0) throw refusal('damaged-file', place, 'Its bytes are no whole number of values.');
  if (type !== 'i8' && type !== 'u8') return Array.from(fromRaw(type, bytes, place).data);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, at) =>
    Number(type === 'i8' ? view.getBigInt64(at * 8, true) : view.getBigUint64(at * 8, true)),
  );
}
