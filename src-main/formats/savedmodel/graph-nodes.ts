// A TensorFlow graph, node by node, as the message GraphDef.
import { bytes, entry, float, message, packed, string, whole, type Field } from './protobuf-writer.ts';

/** types.proto. */
export const dataTypes = { float: 1, int32: 3 } as const;
/** The release whose op definitions these are: any TensorFlow from 2.15 on reads it. */
const producer = 1882;

/** The value of an attribute, as attr_value.proto numbers its kinds. */
export type Attribute = (number: number) => Field;

export const attribute = {
  type:
    (value: number): Attribute =>
    (number) =>
      message(number, [whole(6, value)]),
  text:
    (value: string): Attribute =>
    (number) =>
      message(number, [string(2, value)]),
  integer:
    (value: number): Attribute =>
    (number) =>
      message(number, [whole(3, value)]),
  float:
    (value: number): Attribute =>
    (number) =>
      message(number, [float(4, value)]),
  flag:
    (value: boolean): Attribute =>
    (number) =>
      message(number, [whole(5, value)]),
  integers:
    (values: readonly number[]): Attribute =>
    (number) =>
      message(number, [message(1, [packed(3, values)])]),
  shape:
    (sizes: readonly number[]): Attribute =>
    (number) =>
      message(number, [shapeMessage(7, sizes)]),
  tensor:
    (dtype: number, shape: readonly number[], data: Uint8Array): Attribute =>
    (number) =>
      message(number, [message(8, [whole(1, dtype), shapeMessage(2, shape), bytes(4, data)])]),
};

export type Attributes = Readonly<Record<string, Attribute>>;

/** Attributes that say of further inputs that they are whole numbers. */
export function int32(...keys: readonly string[]): Attributes {
  return Object.fromEntries(keys.map((key) => [key, attribute.type(dataTypes.int32)]));
}

/** −1 is a free size. */
export function shapeMessage(number: number, sizes: readonly number[]): Field {
  return message(
    number,
    sizes.map((size) => message(2, [whole(1, size)])),
  );
}

export class GraphNodes {
  readonly #nodes: Field[] = [];
  readonly #names = new Set<string>();
  readonly #floats: { readonly name: string; readonly shape: string; readonly data: Uint8Array }[] = [];

  /** Adds a node whose inputs and outputs are floats (`T`) and answers with its name, which is `wanted` as far as TensorFlow allows. */
  add(wanted: string, op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.#node(wanted, op, inputs, { T: attribute.type(dataTypes.float), ...attributes });
  }

  placeholder(wanted: string, shape: readonly number[]): string {
    return this.#node(wanted, 'Placeholder', [], { dtype: attribute.type(dataTypes.float), shape: attribute.shape(shape) });
  }

  /** Equal constants are one: a layer that is called twice has its weights once. */
  floats(wanted: string, shape: readonly number[], values: Float32Array): string {
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const there = this.#floats.find((other) => other.shape === shape.join() && Buffer.compare(other.data, data) === 0);
    if (there !== undefined) return there.name;
    const name = this.#constant(wanted, dataTypes.float, shape, data);
    this.#floats.push({ name, shape: shape.join(), data });
    return name;
  }

  integers(wanted: string, shape: readonly number[], values: readonly number[]): string {
    return this.#constant(wanted, dataTypes.int32, shape, new Uint8Array(Int32Array.from(values).buffer));
  }

  /** The shape of a tensor at run time, as int32. */
  shapeOf(wanted: string, input: string): string {
    return this.#node(wanted, 'Shape', [input], { T: attribute.type(dataTypes.float), out_type: attribute.type(dataTypes.int32) });
  }

  /** Floats as int32. */
  wholeNumbers(wanted: string, input: string): string {
    return this.#node(wanted, 'Cast', [input], { SrcT: attribute.type(dataTypes.float), DstT: attribute.type(dataTypes.int32) });
  }

  /** Rows of a table of floats by their numbers. */
  gather(wanted: string, table: string, rows: string, axis: string): string {
    return this.#node(wanted, 'GatherV2', [table, rows, axis], {
      Tparams: attribute.type(dataTypes.float),
      Tindices: attribute.type(dataTypes.int32),
      Taxis: attribute.type(dataTypes.int32),
    });
  }

  /** GraphDef as the field of that number. */
  definition(number: number): Field {
    return message(number, [...this.#nodes, message(4, [whole(1, producer)])]);
  }

  #constant(wanted: string, dtype: number, shape: readonly number[], data: Uint8Array): string {
    return this.#node(wanted, 'Const', [], { dtype: attribute.type(dtype), value: attribute.tensor(dtype, shape, data) });
  }

  #node(wanted: string, op: string, inputs: readonly string[], attributes: Attributes): string {
    const plain = wanted.replaceAll(/[^A-Za-z0-9_.\\/>-]/g, '_').replace(/^[^A-Za-z0-9.]/, 'n_$&');
    let name = plain;
    for (let count = 1; this.#names.has(name.toLowerCase()); count++) name = `${plain}_${count}`;
    this.#names.add(name.toLowerCase());
    const attributeFields = Object.entries(attributes).map(([key, value]) => entry(5, key, value));
    this.#nodes.push(message(1, [string(1, name), string(2, op), ...inputs.map((input) => string(3, input)), ...attributeFields]));
    return name;
  }
}

/** A constant that is one number. */
export function number(graph: GraphNodes, name: string, value: number): string {
  return graph.floats(`${name}/${value}`, [], Float32Array.of(value));
}

/** The same entries of each sample under another shape. */
export function reshape(graph: GraphNodes, name: string, input: string, shape: readonly number[]): string {
  return graph.add(name, 'Reshape', [input, graph.integers(`${name}/shape`, [shape.length + 1], [-1, ...shape])], int32('Tshape'));
}
