// One node of an ONNX graph, with its attributes and inputs, on its way into a Keras network.
import type { StudioError } from '#contract/errors.ts';
import type { JsonObject } from '#network/model-artifact.ts';
import { AttributeProto_AttributeType as Type, type AttributeProto, type NodeProto } from '../generated/onnx_pb.ts';
import { printable, refusal } from '../../refusal.ts';
import type { AxisOrder } from '../axis-order.ts';
import { readTensor, type Constant } from './constant.ts';
import type { Flow, LayerWeight, NetworkBuilder } from './network-builder.ts';
import { reducedOver } from './ops/pooling.ts';

/** x · factor, times 1 + erf(x / √2) where `gate`, on the way to x Φ(x), which older exporters spell out. */
export interface GeluPart {
  readonly kind: 'gelu-part';
  readonly x: Flow;
  readonly factor: number;
  readonly hasX: boolean;
  readonly added: 0 | 1;
}

/** What a layer normalization over the last axis of x is made of, on the way to it. */
export interface NormalizationPart {
  readonly kind: 'normalization-part';
  readonly x: Flow;
  readonly stage: 'mean' | 'centred' | 'square' | 'variance' | 'deviation' | 'inverse';
  /** What was added to the variance so far. */
  readonly epsilon: number;
}

/** Whether x is above a number: only where a softplus goes over into x itself. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly x: Flow;
  readonly above: number;
}

/** What an op gives that only puts answers into another form (a label from scores): left out. */
export interface LeftOut {
  readonly kind: 'left-out';
  readonly op: string;
}

/** Axes `from` to `to` of x, the batch among them, are one axis in ONNX: only what keeps them together or takes them apart may follow. */
export interface Joined {
  readonly kind: 'joined';
  readonly x: Flow;
  readonly from: number;
  readonly to: number;
}

export type OnnxValue = Flow | Joined | Constant | GeluPart | NormalizationPart | Comparison | LeftOut;
/** @throws StudioError `unsupported` naming the op and the node, `damaged-file`. */
export type OpReader = (call: NodeCall) => OnnxValue | readonly OnnxValue[];

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
    if (input.kind === 'normalization-part' && input.stage === 'mean')
      return reducedOver(this, 'GlobalAveragePooling', input.x, [input.x.order.at(-1)!], true);
    if (input.kind === 'normalization-part') throw this.refusal('it follows a mean that is not part of a layer normalization');
    if (input.kind === 'joined') throw this.refusal('its input counts the batch and another axis as one');
    throw this.refusal(input.kind === 'comparison' ? 'it follows a comparison' : 'it follows an error function that is not part of a GELU');
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
