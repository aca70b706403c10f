// Collects the nodes and initializers of an ONNX graph, and keeps the order of each tensor's axes.
import type { TensorShape } from '#network/config-values.ts';
import { arranged, between, equalOrders, isPlain, plainOrder, type AxisOrder } from '../axis-order.ts';
import { int, ints, type Attribute } from './attributes.ts';

/** A tensor of the ONNX graph. */
export interface Value {
  readonly name: string;
  /** As Keras has it, with the batch in front. */
  readonly shape: TensorShape;
  /** Axis k in ONNX is axis `order[k]` in Keras. */
  readonly order: AxisOrder;
  /** The shape and order of what was flattened, where that was another order than Keras's: a dense layer permutes its rows instead. */
  readonly flattened?: { readonly shape: TensorShape; readonly order: AxisOrder };
}

export interface Initializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface OnnxNode {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly Attribute[];
}

export class GraphWriter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, Initializer>();
  readonly #names = new Set<string>();
  readonly #orders = new Map<string, string>();
  readonly #final = new Map<string, string>();

  /** A name that nothing has yet. */
  unique(base: string): string {
    let name = base;
    for (let count = 2; this.#names.has(name); count++) name = `${base}_${count}`;
    this.#names.add(name);
    return name;
  }

  /** Adds a node with one output. @returns the output's name. */
  op(type: string, base: string, inputs: readonly string[], attributes: readonly Attribute[] = []): string {
    return this.opWithOutputs(type, base, inputs, attributes, [this.unique(base)])[0]!;
  }

  opWithOutputs(
    type: string,
    base: string,
    inputs: readonly string[],
    attributes: readonly Attribute[],
    outputs: readonly string[],
  ): readonly string[] {
    this.nodes.push({ type, name: this.unique(`${base}/${type}`), inputs, outputs, attributes });
    return outputs;
  }

  /** The op that puts a tensor out; undefined for inputs and initializers. */
  makerOf(tensor: string): string | undefined {
    return this.nodes.findLast(({ outputs }) => outputs.includes(tensor))?.type;
  }

  /** Renames what a node puts out, everywhere. @returns the name it has from now on: the old one where no node does, an earlier one where it was renamed before. */
  rename(tensor: string, name: string): string {
    const earlier = this.#final.get(tensor);
    if (earlier !== undefined || !this.nodes.some(({ outputs }) => outputs.includes(tensor))) return earlier ?? tensor;
    const swap = (each: string): string => (each === tensor ? name : each);
    this.nodes.forEach((node, at) => {
      this.nodes[at] = { ...node, inputs: node.inputs.map(swap), outputs: node.outputs.map(swap) };
    });
    this.#final.set(tensor, name);
    return name;
  }

  /** `key` names the tensor and what was done to it, so that layers called twice keep one copy. */
  floats(key: string, shape: readonly number[], data: () => Float32Array): string {
    return this.#initializer(key, shape, data);
  }

  integers(base: string, values: readonly number[]): string {
    return this.#initializer(`${base}:${values.join(',')}`, [values.length], () => BigInt64Array.from(values.map(BigInt)));
  }

  number(value: number): string {
    return this.#initializer(`number:${value}`, [], () => Float32Array.of(value));
  }

  #initializer(key: string, shape: readonly number[], data: () => Float32Array | BigInt64Array): string {
    const known = this.initializers.get(key);
    if (known !== undefined) return known.name;
    const name = this.unique(key);
    this.initializers.set(key, { name, shape, data: data() });
    return name;
  }

  /** The value with its axes stored in `order`; a Transpose where they aren't, made once. */
  stored(value: Value, order: AxisOrder): Value {
    if (value.flattened !== undefined) return this.#straightened(value, value.flattened);
    if (equalOrders(value.order, order)) return value;
    // One tensor may stand for several values, each a Permute of another: what counts is how the tensor itself is turned.
    const turned = between(value.order, order);
    const key = `${value.name}|${turned.join()}`;
    const name = this.#orders.get(key) ?? this.op('Transpose', `${value.name}_transposed`, [value.name], [ints('perm', turned)]);
    this.#orders.set(key, name);
    return { name, shape: value.shape, order };
  }

  /** A flattened value with its entries in Keras's order: unfolded, transposed and flattened again. */
  #straightened(value: Value, { shape, order }: NonNullable<Value['flattened']>): Value {
    const key = `${value.name}|straight ${shape.join()}|${order.join()}`;
    const known = this.#orders.get(key);
    if (known !== undefined) return { name: known, shape: value.shape, order: [0, 1] };
    const sizes = arranged(shape, order).map((size, axis) => (axis === 0 ? 0 : (size ?? -1)));
    const unfolded = this.op('Reshape', `${value.name}_unfolded`, [value.name, this.integers('shape', sizes)]);
    const result = this.flat(this.plain({ name: unfolded, shape, order }), value.shape);
    this.#orders.set(key, result.name);
    return result;
  }

  /** In Keras's own order. */
  plain(value: Value): Value {
    return this.stored(value, plainOrder(value.shape.length));
  }

  /** (N, …) as (N, entries), in whatever order the entries are stored. */
  flat(value: Value, shape: TensorShape): Value {
    const name = this.op('Flatten', `${value.name}_flat`, [value.name], [int('axis', 1)]);
    return { name, shape, order: [0, 1], ...(isPlain(value.order) ? {} : { flattened: { shape: value.shape, order: value.order } }) };
  }

  /** A value of the same shape and order under another name, as element-wise ops give it. */
  like(value: Value, name: string): Value {
    return { ...value, name };
  }

  /** Several values stored alike, in the order of one that isn't Keras's where there is one; of one rank. */
  alike(values: readonly Value[]): readonly Value[] {
    const [first] = values;
    const sameFlat = values.every(
      ({ flattened }) =>
        flattened !== undefined &&
        String(flattened.shape) === String(first?.flattened?.shape) &&
        equalOrders(flattened.order, first?.flattened?.order ?? []),
    );
    if (sameFlat) return values;
    const whole = values.map((value) => (value.flattened === undefined ? value : this.plain(value)));
    const order =
      whole.find((value) => !equalOrders(value.order, plainOrder(value.order.length)))?.order ?? plainOrder(first?.shape.length ?? 0);
    return whole.map((value) => this.stored(value, order));
  }
}

/** The sizes of a value as ONNX has them. */
export function storedShape(value: Value): TensorShape {
  return arranged(value.shape, value.order);
}
