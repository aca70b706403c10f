// One node of an ONNX graph, with its attributes and inputs, on its way into a Keras network.
import type { StudioError } from '#contract/errors.ts';
import type { JsonObject } from '#network/model-artifact.ts';
import { AttributeProto_AttributeType as Type, type AttributeProto, type NodeProto } from '../generated/onnx_pb.ts';
import { printable, refusal } from '../../refusal.ts';
import type { AxisOrder } from '../axis-order.ts';
import { readTensor, type Constant } from './constant.ts';
import type { Flow, LayerWeight, NetworkBuilder } from './network-builder.ts';
import type { OnnxValue } from './onnx-value.ts';
import { flowOfLength, isBareMean, meanSquareOf } from './ops/spelled-normalization.ts';
import { repeated } from './ops/stretching.ts';

/** @throws StudioError `unsupported` naming the op and the node, `damaged-file`. */
export type OpReader = (call: NodeCall) => OnnxValue | readonly OnnxValue[];

const notFlowing = {
  'normalization-part': 'it follows a mean that is not part of a normalization',
  'gelu-part': 'it follows an error function that is not part of a GELU',
  joined: 'its input counts the batch and another axis as one',
  comparison: 'it follows a comparison',
  'left-out': 'it follows an op that turns scores into labels',
} as const;

export class NodeCall {
  readonly builder: NetworkBuilder;
  readonly op: string;
  readonly opset: number;
  readonly inputs: readonly (OnnxValue | undefined)[];
  readonly node: NodeProto;
  /** How many nodes and outputs use a value. */
  readonly #uses: ReadonlyMap<string, number>;
  readonly #attributes: ReadonlyMap<string, AttributeProto>;

  constructor(
    builder: NetworkBuilder,
    node: NodeProto,
    inputs: readonly (OnnxValue | undefined)[],
    opset: number,
    uses: ReadonlyMap<string, number>,
  ) {
    this.builder = builder;
    this.node = node;
    this.op = node.opType;
    this.opset = opset;
    this.inputs = inputs;
    this.#uses = uses;
    this.#attributes = new Map(node.attribute.map((attribute) => [attribute.name, attribute]));
  }

  get name(): string {
    return this.node.name === '' ? (this.node.output[0] ?? this.op) : this.node.name;
  }

  /** Whether the `index`-th input is used by this node alone. */
  aloneUses(index: number): boolean {
    return this.#uses.get(this.node.input[index] ?? '') === 1;
  }

  isUsed(output: number): boolean {
    const name = this.node.output[output] ?? '';
    return name !== '' && (this.#uses.get(name) ?? 0) > 0;
  }

  refusal(why: string, whatToDo = 'Export the model again without it, or bring it in from Keras.'): StudioError {
    return refusal(
      'unsupported',
      { ...this.builder.place, member: this.name },
      `The op ${printable(this.op)} can't be read here: ${why}.`,
      whatToDo,
    );
  }

  damage(why: string): StudioError {
    return refusal('damaged-file', { ...this.builder.place, member: this.name }, `The op ${printable(this.op)} is wrong: ${why}.`);
  }

  flow(index: number): Flow {
    const input = this.inputs[index];
    if (input?.kind === 'flow') return input;
    if (input === undefined) throw this.damage(`its input ${index + 1} is missing`);
    if (input.kind === 'constant') throw this.refusal(`its input ${index + 1} is a constant`);
    return this.settled(input);
  }

  /** What a node has put out as a tensor of its own. */
  settled(input: Exclude<OnnxValue, Constant | Flow>): Flow {
    if (input.kind === 'stretched') return repeated(this, input);
    if (input.kind === 'length') return flowOfLength(this, input);
    const mean = input.kind !== 'normalization-part' ? undefined : isBareMean(input) ? input.mean() : meanSquareOf(this, input);
    if (mean !== undefined) return mean;
    throw this.refusal(notFlowing[input.kind]);
  }

  /** As `flow`, but not yet repeated where the op itself stretches its inputs. */
  unstretched(index: number): Flow {
    const input = this.inputs[index];
    return input?.kind === 'stretched' ? input.x : this.flow(index);
  }

  constant(index: number): Constant {
    const input = this.inputs[index];
    if (input?.kind === 'constant') return input;
    if (input === undefined) throw this.damage(`its input ${index + 1} is missing`);
    throw this.refusal(`its input ${index + 1} is not constant`);
  }

  has(index: number): boolean {
    return this.inputs[index] !== undefined;
  }

  /** Floating-point values. */
  weights(index: number): { shape: readonly number[]; data: Float32Array } {
    const { shape, data } = this.constant(index);
    return { shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
  }

  int(name: string, otherwise: number): number {
    const attribute = this.#attribute(name, Type.INT);
    return attribute === undefined ? otherwise : Number(attribute.i);
  }

  float(name: string, otherwise: number): number {
    return this.#attribute(name, Type.FLOAT)?.f ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    const attribute = this.#attribute(name, Type.STRING);
    return attribute === undefined ? otherwise : Buffer.from(attribute.s).toString('utf8').slice(0, 100);
  }

  texts(name: string): readonly string[] | undefined {
    return this.#attribute(name, Type.STRINGS)?.strings.map((each) => Buffer.from(each).toString('utf8').slice(0, 100));
  }

  ints(name: string): readonly number[] | undefined {
    return this.#attribute(name, Type.INTS)?.ints.map(Number);
  }

  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name, Type.FLOATS)?.floats;
  }

  tensor(name: string): Constant | undefined {
    const tensor = this.#attribute(name, Type.TENSOR)?.t;
    return tensor === undefined ? undefined : readTensor(tensor, this.builder.place);
  }

  /** Whole numbers that older opsets give as an attribute and newer ones as an input. */
  listed(name: string, index: number): readonly number[] | undefined {
    const values = this.ints(name) ?? (this.has(index) ? Array.from(this.constant(index).data) : undefined);
    if (values?.some(Number.isNaN) === true) throw this.refusal(`its ${name} depend on the size of the batch`);
    return values;
  }

  /** How long each piece of a Split is; all that are given must make up `length`. */
  pieces(length: number): readonly number[] {
    const count = this.int('num_outputs', this.node.output.length);
    const even = Math.ceil(length / count);
    const lengths = this.listed('split', 1) ?? Array.from({ length: count }, (_, at) => Math.min(even, length - at * even));
    if (Number.isNaN(length) || lengths.reduce((sum, each) => sum + each, 0) !== length || lengths.some((each) => !(each >= 1)))
      throw this.refusal('it splits the batch, or its pieces do not fit');
    return lengths;
  }

  /** An axis from either end, from the front. */
  axis(value: number, rank: number): number {
    const axis = value < 0 ? value + rank : value;
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank) throw this.damage('one of its axes is not there');
    return axis;
  }

  /** A flow out of a new layer. */
  layer(
    className: string,
    config: JsonObject,
    inputs: readonly Flow[],
    shape: readonly number[],
    order: AxisOrder,
    weights?: Readonly<Record<string, LayerWeight>>,
    nonNegative = false,
  ): Flow {
    return { kind: 'flow', layer: this.builder.add(className, this.name, config, inputs, weights), shape, order, nonNegative };
  }

  /** A flow out of a new layer that works entry by entry. */
  same(className: string, config: JsonObject, input: Flow, nonNegative = false): Flow {
    return { ...input, layer: this.builder.add(className, this.name, config, [input]), nonNegative };
  }

  #attribute(name: string, type: Type): AttributeProto | undefined {
    const attribute = this.#attributes.get(name);
    // Files of the first years leave the type out.
    if (attribute !== undefined && attribute.type !== type && attribute.type !== Type.UNDEFINED)
      throw this.damage(`its attribute ${name} is of another type`);
    return attribute;
  }
}
