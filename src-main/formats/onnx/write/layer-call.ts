// One call of a layer on its way into ONNX: what it is given, and what it needs to write itself.
import { StudioError } from '#contract/errors.ts';
import { nameOf, type TensorShape } from '#network/config-values.ts';
import type { GraphNode } from '#network/graph.ts';
import { roleOf } from '#network/layer-weights.ts';
import type { JsonObject, NamedTensor } from '#network/model-artifact.ts';
import type { GraphWriter, Value } from './graph-writer.ts';

/** Writes one call of a layer: its first output, or all of them. @throws StudioError `unsupported`, `damaged-file`. */
export type LayerWriter = (call: LayerCall) => Value | readonly Value[];

export class LayerCall {
  readonly graph: GraphWriter;
  readonly id: string;
  readonly type: string;
  readonly config: JsonObject;
  readonly inputs: readonly Value[];
  /** Of the first output. */
  readonly shape: TensorShape;
  readonly #weights: readonly NamedTensor[];
  readonly #node: GraphNode;

  constructor(graph: GraphWriter, node: GraphNode, inputs: readonly Value[], shape: TensorShape, weights: readonly NamedTensor[]) {
    this.graph = graph;
    this.id = node.id;
    this.type = node.type;
    this.config = node.config;
    this.inputs = inputs;
    this.shape = shape;
    this.#weights = weights;
    this.#node = node;
  }

  /** The same call on other values. */
  on(inputs: readonly Value[]): LayerCall {
    return new LayerCall(this.graph, this.#node, inputs, this.shape, this.#weights);
  }

  /** A call of the layer that this one is around; `prefix` begins the names of its weights. */
  inner(type: string, config: JsonObject, inputs: readonly Value[], shape: TensorShape, prefix = ''): LayerCall {
    const weights = this.#weights.flatMap((tensor) => {
      const role = roleOf(tensor.name);
      return role.startsWith(prefix)
        ? [{ ...tensor, name: `${this.#node.layer}${prefix === '' ? '' : `|${prefix.replace('/', '')}`}/${role.slice(prefix.length)}` }]
        : [];
    });
    return new LayerCall(this.graph, { ...this.#node, type, config }, inputs, shape, weights);
  }

  get input(): Value {
    const [input] = this.inputs;
    if (input === undefined) throw new StudioError('damaged-file', 'The layer has no input.', { where: this.place });
    return input;
  }

  get place(): string {
    return `layer "${nameOf(this.config)}" (${this.type})`;
  }

  /** The op's output on the input's name, in the shape and order of the value given. */
  op(type: string, inputs: readonly string[], attributes: Parameters<GraphWriter['op']>[3] = []): string {
    return this.graph.op(type, this.id, inputs, attributes);
  }

  hasWeight(role: string): boolean {
    return this.#weights.some(({ name }) => roleOf(name) === role);
  }

  /** `kernel`, with its values as float32. */
  weight(role: string): NamedTensor & { readonly data: Float32Array } {
    const tensor = this.#weights.find(({ name }) => roleOf(name) === role);
    if (tensor === undefined) throw new StudioError('damaged-file', `The layer's weights "${role}" are missing.`, { where: this.place });
    const { data } = tensor;
    return { ...tensor, data: data instanceof Float32Array ? data : Float32Array.from(data) };
  }

  /** The weight as an initializer, as it is. */
  initializer(role: string): string {
    const { name, shape, data } = this.weight(role);
    return this.graph.floats(name, shape, () => data);
  }

  refusal(why: string, whatToDo = 'Replace the layer, or export to another format.'): StudioError {
    return new StudioError('unsupported', `ONNX export can't write this layer: ${why}.`, { where: this.place, whatToDo });
  }
}
