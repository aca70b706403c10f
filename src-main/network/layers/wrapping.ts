// Layers around a layer: one over a sequence from both ends, one at every step by itself.
import { isObject, textOf, type TensorShape } from '../config-values.ts';
import type { JsonObject } from '../model-artifact.ts';
import { onlyShape, type LayerKind, type WeightSpec } from './layer-kind.ts';
import { recurrent } from './recurrent.ts';

/** The layer in a wrapper: its class and configuration. */
export function wrapped(config: JsonObject): { readonly type: string; readonly config: JsonObject } {
  const layer = config['layer'];
  return isObject(layer) && typeof layer['class_name'] === 'string' && isObject(layer['config'])
    ? { type: layer['class_name'], config: layer['config'] }
    : { type: '', config: {} };
}

const recurrentKinds: Readonly<Record<string, LayerKind>> = { SimpleRNN: recurrent(1, 1), GRU: recurrent(3, 1), LSTM: recurrent(4, 2) };
const directions = ['forward_rnn', 'backward_rnn'] as const;

/** A recurrent layer forwards and another backwards; `merge_mode` joins what they give. Its weights are `forward_rnn/kernel` and so on. */
export const bidirectional: LayerKind = {
  outputShape(config, inputs) {
    const shape = inner(config)?.outputShape(wrapped(config).config, inputs) ?? [];
    const joined = textOf(config, 'merge_mode', 'concat') === 'concat';
    return shape.map((size, axis) => (joined && axis === shape.length - 1 && size !== null ? 2 * size : size));
  },
  macs: (config, inputs, output) => 2 * (inner(config)?.macs?.(wrapped(config).config, inputs, output) ?? 0),
  weights: (config, inputs) =>
    directions.flatMap((direction) => prefixed(direction, inner(config)?.weights?.(wrapped(config).config, inputs) ?? [])),
  kernels: directions.flatMap((direction) => [`${direction}/kernel`, `${direction}/recurrent_kernel`]),
  channels: {
    role: 'consume',
    inputs: directions.map((direction) => ({ weight: `${direction}/kernel`, axis: 0 })),
    why: 'its units feed back into themselves at every step',
  },
};

function inner(config: JsonObject): LayerKind | undefined {
  return recurrentKinds[wrapped(config).type];
}

function prefixed(prefix: string, weights: readonly WeightSpec[]): readonly WeightSpec[] {
  return weights.map((weight) => ({ ...weight, name: `${prefix}/${weight.name}` }));
}

/** The same layer at every step; `kindOf` finds the inner one's kind. */
export function timeDistributed(kindOf: (className: string) => LayerKind | undefined): LayerKind {
  const one = (inputs: readonly TensorShape[]): readonly TensorShape[] => inputs.map((shape) => [shape[0] ?? null, ...shape.slice(2)]);
  return {
    outputShape(config, inputs) {
      const { type, config: own } = wrapped(config);
      const [batch = null, ...rest] = kindOf(type)?.outputShape(own, one(inputs)) ?? [];
      return [batch, onlyShape(inputs)[1] ?? null, ...rest];
    },
    macs(config, inputs, output) {
      const { type, config: own } = wrapped(config);
      const each = kindOf(type)?.macs?.(own, one(inputs), [output[0] ?? null, ...output.slice(2)]) ?? 0;
      return (onlyShape(inputs)[1] ?? 1) * each;
    },
    weights(config, inputs) {
      const { type, config: own } = wrapped(config);
      return kindOf(type)?.weights?.(own, one(inputs)) ?? [];
    },
    kernels: ['kernel', 'depthwise_kernel', 'pointwise_kernel', 'recurrent_kernel'],
    channels: { role: 'stop', why: 'it runs a layer at every step by itself' },
  };
}
