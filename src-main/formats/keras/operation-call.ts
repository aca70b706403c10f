// One call of an operation: its tensors, its plain arguments, and the layers that it becomes.
import type { Json, JsonObject } from '#network/model-artifact.ts';
import type { NamedLayer } from './equal-layers.ts';
import type { Argument, LayerCall } from './inbound-nodes.ts';

/** Fed by those that stand before it, by their places, or by tensors of the model; by the one before it alone where nothing is said. */
export interface OperationLayer extends NamedLayer {
  readonly from?: readonly (number | Json)[];
}

/** The layers that an operation becomes; the first is fed by `inputs` unless it says otherwise. */
export interface OperationLayers {
  readonly chain: readonly OperationLayer[];
  readonly inputs: readonly Json[];
  /** Which of them give the operation's outputs, where it has several; the last one otherwise. */
  readonly outputs?: readonly number[];
}

/** What each operation becomes, from its tensors and its plain arguments. */
export type Rule = (given: Given) => OperationLayers | undefined;

/** What a tensor's shape is as far as the layers before it tell it. */
export type ShapeOf = (reference: readonly Json[]) => readonly Json[] | undefined;

export class Given {
  readonly arguments: readonly Argument[];
  readonly #named: LayerCall['named'];
  readonly #config: JsonObject;
  readonly #read = new Set<string>(['x', 'y', 'x1', 'x2', 'name', 'dtype', 'trainable', 'function', 'initial', 'b']);

  readonly #shapeOf: ShapeOf;

  constructor({ positional, named }: LayerCall, config: JsonObject, shapeOf: ShapeOf = () => undefined) {
    this.#shapeOf = shapeOf;
    this.#named = named;
    this.#config = config;
    // Keras 2 names the second operand.
    const named2 = ['x', 'y', 'b'].flatMap((key) => {
      const value = named.get(key);
      return value !== undefined && 'kind' in value ? [value] : [];
    });
    this.arguments = [...positional, ...named2];
  }
  get tensors(): readonly Json[] {
    return this.arguments.flatMap((argument): Json[] => (argument.kind === 'tensor' ? [[...argument.reference, {}]] : []));
  }
  /** Of the only tensor, where the file tells it; the batch first. */
  get shape(): readonly Json[] | undefined {
    const [tensor, ...more] = this.arguments.filter(({ kind }) => kind === 'tensor');
    return tensor?.kind === 'tensor' && more.length === 0 ? (tensor.shape ?? this.#shapeOf(tensor.reference)) : undefined;
  }
  /** Of each tensor. */
  get shapes(): readonly (readonly Json[] | undefined)[] {
    return this.arguments.flatMap((argument) => (argument.kind === 'tensor' ? [argument.shape ?? this.#shapeOf(argument.reference)] : []));
  }
  /** A plain argument by any of its names, or in its place. */
  value(at: number, ...names: string[]): Json | undefined {
    for (const name of names) this.#read.add(name);
    for (const name of names) {
      const argument = this.#named.get(name);
      if (argument !== undefined && 'kind' in argument && argument.kind === 'value') return argument.value;
      if (this.#config[name] !== undefined) return this.#config[name];
    }
    const argument = this.arguments[at];
    return argument?.kind === 'value' ? argument.value : undefined;
  }
  /** A setting that no rule has asked for, and that isn't nothing: it would be lost. */
  get lost(): string | undefined {
    const told: [string, Json | undefined][] = [
      ...Object.entries(this.#config),
      ...[...this.#named].map(([key, value]): [string, Json | undefined] => [
        key,
        'kind' in value && value.kind === 'value' ? value.value : undefined,
      ]),
    ];
    return told.find(([key, value]) => !this.#read.has(key) && value !== null && value !== false && value !== undefined)?.[0];
  }
}

export const chained = (given: Given, ...chain: readonly OperationLayer[]): OperationLayers | undefined =>
  given.tensors.length === 1 ? { chain, inputs: given.tensors } : undefined;
export const only = (className: string, config: JsonObject, given: Given): OperationLayers | undefined =>
  chained(given, { className, config });

/** Sizes of the only tensor's sample, where all are told. */
export function sampleOf(given: Given): readonly number[] | undefined {
  const sizes = given.shape?.slice(1);
  return sizes?.every((size) => typeof size === 'number') === true ? sizes : undefined;
}

/** Axes of a sample counted from the batch on, the batch being 0; undefined where the batch is among them. */
export function axesOf(value: Json | undefined, rank: number): readonly number[] | undefined {
  const given = Array.isArray(value) ? (value as readonly Json[]) : [value ?? null];
  const axes = given
    .map((axis) => (typeof axis === 'number' ? (axis < 0 ? axis + rank : axis) : NaN))
    .toSorted((one, other) => one - other);
  return axes.every((axis) => axis >= 1 && axis < rank) && new Set(axes).size === axes.length ? axes : undefined;
}

export const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
export const reshaped = (sizes: readonly Json[]): NamedLayer => ({ className: 'Reshape', config: { target_shape: sizes } });
export const permuted = (dims: readonly number[]): NamedLayer => ({ className: 'Permute', config: { dims } });
export const rescaling = (scale: Json, offset: Json): NamedLayer => ({ className: 'Rescaling', config: { scale, offset } });
export const activation = (name: string): NamedLayer => ({ className: 'Activation', config: { activation: name } });
