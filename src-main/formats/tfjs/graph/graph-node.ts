// One node of a TensorFlow graph as tfjs's model.json has it: attributes checked, inputs by name.
import type { Json, JsonObject } from '#network/model-artifact.ts';
import type { StudioError } from '#contract/errors.ts';
import type { Flow, NetworkBuilder } from '../../onnx/read/network-builder.ts';
import { isList, isObject } from '../../containers/json.ts';
import { printable, refusal } from '../../refusal.ts';

/** Values that the file itself holds, or that follow from them and from shapes; NaN stands for the batch. */
export interface GraphConstant {
  readonly kind: 'constant';
  readonly shape: readonly number[];
  readonly data: Float32Array | readonly number[];
}

export type GraphValue = Flow | GraphConstant;

export class GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly GraphValue[];
  readonly builder: NetworkBuilder;
  readonly #attributes: JsonObject;
  readonly #alone: (index: number) => boolean;

  constructor(node: JsonObject, inputs: readonly GraphValue[], builder: NetworkBuilder, alone: (index: number) => boolean) {
    this.name = String(node.name);
    this.op = String(node.op);
    this.inputs = inputs;
    this.builder = builder;
    this.#attributes = isObject(node.attr) ? node.attr : {};
    this.#alone = alone;
  }

  /** Whether nothing else uses the `index`-th input. */
  aloneUses(index: number): boolean {
    return this.#alone(index);
  }

  refusal(why: string): StudioError {
    return refusal(
      'unsupported',
      { ...this.builder.place, member: printable(this.name) },
      `The op ${printable(this.op)} can't be read here: ${why}.`,
      'Convert the model again as a layers model (tfjs_layers_model), or bring it in from Keras.',
    );
  }

  flow(index: number): Flow {
    const input = this.inputs[index];
    if (input?.kind !== 'flow') throw this.refusal(`its input ${index + 1} does not flow through the network`);
    return input;
  }

  constant(index: number): GraphConstant {
    const input = this.inputs[index];
    if (input?.kind !== 'constant') throw this.refusal(`its input ${index + 1} is not constant`);
    return input;
  }

  /** Sizes, axes, paddings. */
  numbers(index: number): number[] {
    return Array.from(this.constant(index).data);
  }

  weights(index: number): { shape: readonly number[]; data: Float32Array } {
    const { shape, data } = this.constant(index);
    return { shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
  }

  text(key: string, otherwise: string): string {
    const value = this.#value(key, 's');
    return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : otherwise;
  }

  texts(key: string): string[] {
    return this.#list(key, 's').map((each) => Buffer.from(String(each), 'base64').toString('utf8'));
  }

  flag(key: string): boolean {
    return this.#value(key, 'b') === true;
  }

  number(key: string, otherwise: number): number {
    const value = this.#value(key, 'f') ?? this.#value(key, 'i');
    return value === undefined ? otherwise : Number(value);
  }

  ints(key: string): number[] {
    return this.#list(key, 'i').map(Number);
  }

  /** Of a placeholder; −1 and what is missing is NaN. */
  shape(): number[] {
    const shape = this.#value('shape', 'shape');
    const sizes = isObject(shape) && isList(shape.dim) ? shape.dim : [];
    return sizes.map((dim) => (isObject(dim) && Number(dim.size) >= 1 ? Number(dim.size) : NaN));
  }

  /** A flow out of a new layer. */
  layer(
    className: string,
    config: JsonObject,
    inputs: readonly Flow[],
    shape: readonly number[],
    weights?: Parameters<NetworkBuilder['add']>[4],
  ): Flow {
    return flowOf(this.builder.add(className, this.name, config, inputs, weights), shape);
  }

  #value(key: string, kind: string): Json | undefined {
    const attribute = this.#attributes[key];
    return isObject(attribute) ? attribute[kind] : undefined;
  }

  #list(key: string, kind: string): readonly Json[] {
    const list = this.#value(key, 'list');
    return isObject(list) && isList(list[kind]) ? list[kind] : [];
  }
}

export function flowOf(layer: string, shape: readonly number[]): Flow {
  return { kind: 'flow', layer, shape, order: shape.map((_, axis) => axis), nonNegative: false };
}
