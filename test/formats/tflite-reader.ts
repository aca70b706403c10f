// A small reader of .tflite files for tests, by the flatbuffer format alone: no code shared with the writer.

/** A table of a flatbuffer: fields by their number in the schema. */
class Table {
  readonly #bytes: DataView;
  readonly #at: number;
  constructor(bytes: DataView, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }
  /** Where the field lies; 0 where it is left out. */
  field(number: number): number {
    const vtable = this.#at - this.#bytes.getInt32(this.#at, true);
    const slot = 4 + 2 * number;
    const offset = slot < this.#bytes.getUint16(vtable, true) ? this.#bytes.getUint16(vtable + slot, true) : 0;
    return offset === 0 ? 0 : this.#at + offset;
  }
  int32(number: number): number {
    return this.field(number) === 0 ? 0 : this.#bytes.getInt32(this.field(number), true);
  }
  int8(number: number): number {
    return this.field(number) === 0 ? 0 : this.#bytes.getInt8(this.field(number));
  }
  /** The place of the first entry of a vector and how many there are. */
  vector(number: number): readonly [start: number, length: number] {
    const field = this.field(number);
    if (field === 0) return [0, 0];
    const at = field + this.#bytes.getUint32(field, true);
    return [at + 4, this.#bytes.getUint32(at, true)];
  }
  tables(number: number): Table[] {
    const [start, length] = this.vector(number);
    return Array.from({ length }, (_, index) => new Table(this.#bytes, start + 4 * index + this.#bytes.getUint32(start + 4 * index, true)));
  }
  table(number: number): Table | undefined {
    const field = this.field(number);
    return field === 0 ? undefined : new Table(this.#bytes, field + this.#bytes.getUint32(field, true));
  }
  text(number: number): string {
    const [start, length] = this.vector(number);
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, length).toString('utf8');
  }
  floats(number: number): number[] {
    const [start, length] = this.vector(number);
    return Array.from({ length }, (_, index) => this.#bytes.getFloat32(start + 4 * index, true));
  }
  int32s(number: number): number[] {
    const [start, length] = this.vector(number);
    return Array.from({ length }, (_, index) => this.#bytes.getInt32(start + 4 * index, true));
  }
}

export interface ReadTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly signature: readonly number[];
  /** 0 float32, 1 float16, 2 int32, 9 int8. */
  readonly type: number;
  readonly data: Uint8Array;
  /** Where its data begins in the file; 0 without data. */
  readonly at: number;
  readonly scales: readonly number[];
  readonly zeroPoint: number;
}

export function readTflite(file: Uint8Array): {
  readonly identifier: string;
  readonly tensors: ReadonlyMap<string, ReadTensor>;
  readonly codes: readonly number[];
  readonly metadata: string;
} {
  const bytes = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const model = new Table(bytes, bytes.getUint32(0, true));
  const buffers = model.tables(4);
  const dataOf = (index: number): readonly [number, number] => buffers[index]!.vector(0);
  const codes = model.tables(1).map((code) => code.int32(3));
  const graph = model.tables(2)[0]!;
  const tensors = graph.tables(0).map((tensor): ReadTensor => {
    const [at, length] = dataOf(tensor.int32(2));
    const quantization = tensor.table(4);
    const [zero] = quantization?.vector(3) ?? [0];
    return {
      name: tensor.text(3),
      shape: tensor.int32s(0),
      signature: tensor.int32s(7),
      type: tensor.int8(1),
      data: file.subarray(at, at + length),
      at: length === 0 ? 0 : at,
      scales: quantization?.floats(2) ?? [],
      zeroPoint: zero === 0 ? 0 : Number(bytes.getBigInt64(zero, true)),
    };
  });
  const [at, length] = dataOf(model.tables(6)[0]!.int32(1));
  return {
    identifier: Buffer.from(file.subarray(4, 8)).toString('latin1'),
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    codes: graph.tables(3).map((operator) => codes[operator.int32(0)]!),
    metadata: Buffer.from(file.subarray(at, at + length)).toString('utf8'),
  };
}
