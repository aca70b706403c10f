// Reads a .tflite file: its tensors, its operators with their options, its ends and what was noted in it.
import { ByteBuffer } from 'flatbuffers';
import { StudioError } from '#contract/errors.ts';

export interface ReadTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** A number of the schema's `TensorType`. */
  readonly type: number;
  /** Little-endian; empty where the tensor is worked out. */
  readonly data: Uint8Array;
  readonly scales: readonly number[];
  readonly zeroPoint: number;
  /** The axis along which several scales run. */
  readonly axis: number;
}

export interface ReadOperator {
  /** A number of the schema's `BuiltinOperator`. */
  readonly code: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: Table | undefined;
}

export interface ReadTflite {
  readonly tensors: readonly ReadTensor[];
  readonly operators: readonly ReadOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly description: string;
  /** The text under the name "espalier"; empty where there is none. */
  readonly metadata: string;
}

/** A table of a flatbuffer; fields go by their number in the schema, and one that is left out is 0 or as `otherwise` says. */
export class Table {
  readonly #buffer: ByteBuffer;
  readonly #at: number;

  constructor(buffer: ByteBuffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  #field(number: number): number {
    const offset = this.#buffer.__offset(this.#at, 4 + 2 * number);
    return offset === 0 ? 0 : this.#at + offset;
  }

  int32(number: number, otherwise = 0): number {
    const field = this.#field(number);
    return field === 0 ? otherwise : this.#buffer.readInt32(field);
  }

  int8(number: number): number {
    const field = this.#field(number);
    return field === 0 ? 0 : this.#buffer.readInt8(field);
  }

  float32(number: number): number {
    const field = this.#field(number);
    return field === 0 ? 0 : this.#buffer.readFloat32(field);
  }

  table(number: number): Table | undefined {
    const field = this.#field(number);
    return field === 0 ? undefined : new Table(this.#buffer, this.#buffer.__indirect(field));
  }

  #vector<T>(number: number, width: number, read: (at: number) => T): T[] {
    const field = this.#field(number);
    if (field === 0) return [];
    const [start, length] = [this.#buffer.__vector(field), this.#buffer.__vector_len(field)];
    return Array.from({ length }, (_, index) => read(start + width * index));
  }

  tables(number: number): Table[] {
    return this.#vector(number, 4, (at) => new Table(this.#buffer, this.#buffer.__indirect(at)));
  }

  int32s(number: number): number[] {
    return this.#vector(number, 4, (at) => this.#buffer.readInt32(at));
  }

  floats(number: number): number[] {
    return this.#vector(number, 4, (at) => this.#buffer.readFloat32(at));
  }

  int64s(number: number): number[] {
    return this.#vector(number, 8, (at) => Number(this.#buffer.readInt64(at)));
  }

  bytes(number: number): Uint8Array {
    const field = this.#field(number);
    if (field === 0) return new Uint8Array(0);
    const start = this.#buffer.__vector(field);
    return this.#buffer.bytes().subarray(start, start + this.#buffer.__vector_len(field));
  }

  text(number: number): string {
    return new TextDecoder().decode(this.bytes(number));
  }
}

/** @throws StudioError `not-a-model` where the file doesn't bear the format's mark, `unsupported` for a file of several graphs. */
export function readTflite(file: Uint8Array): ReadTflite {
  const buffer = new ByteBuffer(file);
  if (file.length < 8 || !buffer.__has_identifier('TFL3'))
    throw new StudioError('not-a-model', 'It does not begin as a .tflite file does.');
  const model = new Table(buffer, buffer.readInt32(0));
  const [graph, second] = model.tables(2);
  if (graph === undefined || second !== undefined) throw new StudioError('unsupported', 'It holds more than one graph, or none.');
  const buffers = model.tables(4);
  const dataOf = (index: number): Uint8Array => buffers[index]?.bytes(0) ?? new Uint8Array(0);
  // Codes from 127 on are in the longer field.
  const codes = model.tables(1).map((code) => Math.max(code.int8(0), code.int32(3)));
  const note = model.tables(6).find((entry) => entry.text(0) === 'espalier');
  return {
    tensors: graph.tables(0).map((tensor) => {
      const quantization = tensor.table(4);
      return {
        name: tensor.text(3),
        shape: tensor.int32s(0),
        type: tensor.int8(1),
        data: dataOf(tensor.int32(2)),
        scales: quantization?.floats(2) ?? [],
        zeroPoint: quantization?.int64s(3)[0] ?? 0,
        axis: quantization?.int32(6) ?? 0,
      };
    }),
    operators: graph.tables(3).map((operator) => ({
      code: codes[operator.int32(0)] ?? -1,
      inputs: operator.int32s(1),
      outputs: operator.int32s(2),
      options: operator.table(4),
    })),
    inputs: graph.int32s(1),
    outputs: graph.int32s(2),
    description: model.text(3),
    metadata: note === undefined ? '' : new TextDecoder().decode(dataOf(note.int32(1))),
  };
}
