// Builds a Keras network while an ONNX graph is read, and keeps how each tensor's axes are stored in it.
import { plainName } from '../../keras/unique-names.ts';
import type { Json, JsonObject, LayerConfig, NamedTensor } from '#network/model-artifact.ts';
import { refusal, type Place } from '../../refusal.ts';
import { between, equalOrders, isPlain, plainOrder, type AxisOrder } from '../axis-order.ts';
import { batchSize, elements } from './constant.ts';

/** A tensor that a layer puts out. */
export interface Flow {
  readonly kind: 'flow';
  readonly layer: string;
  /** ONNX's sizes; NaN for the batch. */
  readonly shape: readonly number[];
  /** Axis k of the Keras tensor is axis `order[k]` in ONNX; the batch comes first, and axes of size 1 may be missing. */
  readonly order: AxisOrder;
  /** Sizes and order, without the batch, of what was flattened in another order than ONNX's: a dense layer permutes its rows instead. */
  readonly flattened?: { readonly shape: readonly number[]; readonly order: AxisOrder };
  /** Whether no entry can be below zero, so that zeros may pad a maximum. */
  readonly nonNegative: boolean;
}

interface Layer {
  readonly className: string;
  config: JsonObject;
  readonly inputs: readonly string[];
  weights: readonly NamedTensor[];
}

export interface LayerWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export class NetworkBuilder {
  readonly layers = new Map<string, Layer>();
  readonly place: Place;
  readonly #names = new Set<string>();
  #room = 2 ** 26;

  constructor(place: Place) {
    this.place = place;
  }

  /** Before constants are made. @throws StudioError `unsupported` once one file has made too many numbers */
  makeRoom(count: number): void {
    this.#room -= count;
    if (this.#room < 0)
      throw refusal(
        'unsupported',
        this.place,
        'Its ops on constants make more numbers than Espalier computes while it reads.',
        'Fold constants before exporting.',
      );
  }

  /** A name that no layer has and that fits into weights' names: `/block/conv1/Conv` becomes `block_conv1_Conv`. */
  unique(wanted: string): string {
    const base = plainName(
      wanted
        .replace(/[^\w.-]+/g, '_')
        .replace(/^[_.-]+|_+$/g, '')
        .slice(0, 200),
    );
    let name = base;
    for (let count = 2; this.#names.has(name); count++) name = `${base}_${count}`;
    this.#names.add(name);
    return name;
  }

  /** @returns the new layer's name. */
  add(
    className: string,
    wanted: string,
    config: JsonObject,
    inputs: readonly Flow[],
    weights: Readonly<Record<string, LayerWeight>> = {},
  ): string {
    const name = this.unique(wanted);
    this.layers.set(name, {
      className,
      config: { name, trainable: true, ...config },
      inputs: inputs.map(({ layer }) => layer),
      weights: Object.entries(weights).map(([role, { shape, data }]) => ({ name: `${name}/${role}`, dtype: 'float32', shape, data })),
    });
    return name;
  }

  /** Gives a dense or convolutional layer that has no bias one. */
  addBias(layer: string, bias: Float32Array): void {
    const found = this.layers.get(layer);
    if (found === undefined) return;
    found.config = { ...found.config, use_bias: true };
    found.weights = [...found.weights, { name: `${layer}/bias`, dtype: 'float32', shape: [bias.length], data: bias }];
  }

  /** Gives a layer normalization over one axis a scale or an offset. */
  addNormWeight(layer: string, role: 'gamma' | 'beta', data: Float32Array): void {
    const found = this.layers.get(layer);
    if (found === undefined) return;
    found.config = { ...found.config, [role === 'gamma' ? 'scale' : 'center']: true };
    found.weights = [...found.weights, { name: `${layer}/${role}`, dtype: 'float32', shape: [data.length], data }];
  }

  /** Gives a normalization by the root mean square its scale, if it has none but ones. */
  setScale(layer: string, data: Float32Array): boolean {
    const found = this.layers.get(layer);
    const [scale] = found?.weights ?? [];
    if (found === undefined || scale?.data.some((value) => value !== 1) !== false) return false;
    found.weights = [{ ...scale, data }];
    return true;
  }

  /** The flow with its axes in `order`, all of them there; Reshape and Permute where they aren't. */
  stored(flow: Flow, order: AxisOrder): Flow {
    if (flow.flattened !== undefined) return this.#straightened(flow, flow.flattened);
    if (equalOrders(flow.order, order)) return flow;
    if (order[0] !== flow.order[0])
      throw refusal(
        'unsupported',
        { ...this.place, member: flow.layer },
        'What follows this layer moves the batch axis away from the front.',
      );
    const kept = order.filter((axis) => flow.order.includes(axis));
    if (kept.length < order.length) {
      // Axes of size 1 are put in where they are wanted, if the others stand in the wanted order already; else at the end, to be moved.
      const full = equalOrders(kept, flow.order) ? order : [...flow.order, ...order.filter((axis) => !flow.order.includes(axis))];
      const target = full.slice(1).map((axis) => flow.shape[axis]!);
      return this.stored(
        { ...flow, layer: this.add('Reshape', `${flow.layer}_axes`, { target_shape: target }, [flow]), order: full },
        order,
      );
    }
    return { ...flow, layer: this.add('Permute', `${flow.layer}_permuted`, { dims: between(flow.order, order).slice(1) }, [flow]), order };
  }

  /** In ONNX's order, but for the batch, which comes first wherever it is there. */
  batchFirst(flow: Flow): Flow {
    const batch = flow.order[0]!;
    return this.stored(flow, batchInFront(batch, flow.shape.length));
  }

  /** In ONNX's order. */
  plain(flow: Flow): Flow {
    return this.stored(flow, plainOrder(flow.shape.length));
  }

  /** A flattened flow with its entries in ONNX's order: unfolded, permuted, flattened again. */
  #straightened(flow: Flow, { shape, order }: NonNullable<Flow['flattened']>): Flow {
    const unfolded = this.add('Reshape', `${flow.layer}_unfolded`, { target_shape: order.map((axis) => shape[axis]!) }, [flow]);
    const whole: Flow = {
      kind: 'flow',
      layer: unfolded,
      shape: [batchSize, ...shape],
      order: [0, ...order.map((axis) => axis + 1)],
      nonNegative: flow.nonNegative,
    };
    return this.flat(this.plain(whole));
  }

  /** (batch, …) as (batch, entries). */
  flat(flow: Flow): Flow {
    if (flow.shape.length === 2) return flow;
    const shape = [batchSize, elements(flow.shape.slice(1))];
    const nonNegative = flow.nonNegative;
    if (flow.order.length === 2) return { kind: 'flow', layer: flow.layer, shape, order: [0, 1], nonNegative };
    const layer = this.add('Flatten', `${flow.layer}_flat`, {}, [flow]);
    const moving = flow.order.filter((axis) => axis !== 0 && flow.shape[axis] !== 1);
    const inOrder = moving.every((axis, at) => at === 0 || axis > moving[at - 1]!);
    const flattened = { shape: flow.shape.slice(1), order: flow.order.slice(1).map((axis) => axis - 1) };
    return {
      kind: 'flow',
      layer,
      shape,
      order: [0, 1],
      nonNegative,
      ...(inOrder || isPlain(flow.order) ? {} : { flattened: withAllAxes(flattened) }),
    };
  }

  /** Several flows of one rank, stored alike. */
  alike(flows: readonly Flow[]): readonly Flow[] {
    const [first] = flows;
    const key = (flow: Flow): string => JSON.stringify(flow.flattened ?? null);
    if (first?.flattened !== undefined && flows.every((flow) => key(flow) === key(first))) return flows;
    const rank = first?.shape.length ?? 0;
    const order =
      flows.find((flow) => flow.flattened === undefined && flow.order.length === rank && !isPlain(flow.order))?.order ??
      batchInFront(first?.order[0] ?? 0, rank);
    return flows.map((flow) => this.stored(flow, order));
  }

  /** The layers that lead to the outputs, as Keras's JSON has them, and their weights. */
  finish(outputs: readonly string[]): { layers: LayerConfig[]; weights: NamedTensor[] } {
    const wanted = new Set<string>();
    const waiting = [...outputs];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (!wanted.has(name)) waiting.push(...(this.layers.get(name)?.inputs ?? []));
      wanted.add(name);
    }
    const kept = [...this.layers].filter(([name, { className }]) => wanted.has(name) || className === 'InputLayer');
    return {
      layers: kept.map(([name, { className, config, inputs }]): LayerConfig => ({
        class_name: className,
        name,
        config,
        inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input): Json => [input, 0, 0, {}])],
      })),
      weights: kept.flatMap(([, { weights }]) => weights),
    };
  }
}

function batchInFront(batch: number, rank: number): AxisOrder {
  return [batch, ...plainOrder(rank).filter((axis) => axis !== batch)];
}

/** Missing axes of size 1 are put behind: where they stand makes no difference to the entries. */
function withAllAxes({ shape, order }: { shape: readonly number[]; order: AxisOrder }): NonNullable<Flow['flattened']> {
  return { shape, order: [...order, ...plainOrder(shape.length).filter((axis) => !order.includes(axis))] };
}
