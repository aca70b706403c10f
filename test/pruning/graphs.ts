// Writes networks of any shape down in short: several inputs and outputs, layers called twice, models inside models.
import { isList, nameOf } from '#network/config-values.ts';
import type { Json, JsonObject, LayerConfig, ModelArtifact, Topology } from '#network/model-artifact.ts';
import { layer, randomInputs } from './networks.ts';

/** A layer and its calls, each naming what feeds it: `conv`, or `conv:1` for the answer of conv's second call; models count from 1. */
export type Row = readonly [LayerConfig, ...(readonly string[])[]];

export function conv(name: string, filters: number, more: JsonObject = {}): LayerConfig {
  return layer('Conv2D', name, { filters, kernel_size: [3, 3], padding: 'same', use_bias: true, activation: 'linear', ...more });
}

export function dense(name: string, units: number, more: JsonObject = {}): LayerConfig {
  return layer('Dense', name, { units, use_bias: true, activation: 'linear', ...more });
}

export function bn(name: string, more: JsonObject = {}): LayerConfig {
  return layer('BatchNormalization', name, { axis: [3], epsilon: 0.001, center: true, scale: true, ...more });
}

export function relu(name: string): LayerConfig {
  return layer('Activation', name, { activation: 'relu' });
}

export function depthwise(name: string, more: JsonObject = {}): LayerConfig {
  return layer('DepthwiseConv2D', name, { kernel_size: [3, 3], padding: 'same', depth_multiplier: 1, use_bias: false, ...more });
}

export function graph(inputs: Readonly<Record<string, readonly number[]>>, rows: readonly Row[], outputs: readonly string[]): Topology {
  const begun = Object.entries(inputs).map(([name, shape]) => ({
    ...layer('InputLayer', name, { batch_input_shape: [null, ...shape], sparse: false }),
    name,
    inbound_nodes: [],
  }));
  const rest = rows.map(([config, ...calls]) => ({
    ...config,
    name: nameOf(config.config),
    inbound_nodes: calls.map((from) => from.map(end)),
  }));
  return {
    class_name: 'Functional',
    config: {
      name: 'net',
      layers: [...begun, ...rest],
      input_layers: Object.keys(inputs).map((name) => [name, 0, 0]),
      output_layers: outputs.map((name) => end(name).slice(0, 3)),
    },
  };
}

/** A model as a layer of another. */
export function asLayer(name: string, { class_name: type, config }: Topology): LayerConfig {
  return {
    class_name: type,
    config: { ...config, name, layers: config.layers.map((inner): JsonObject => ({ ...inner, inbound_nodes: inner.inbound_nodes ?? [] })) },
  };
}

function end(from: string): Json[] {
  const [name = '', call = '0'] = from.split(':');
  return [name, Number(call), 0, {}];
}

/** Random numbers for every input of the network, two samples each. */
export function inputsFor({ topology }: ModelArtifact, seed: number): { shape: number[]; data: Float32Array }[] {
  return topology.config.layers.flatMap(({ config }, at) => {
    const stated = config['batch_input_shape'];
    if (!isList(stated)) return [];
    const shape = [2, ...stated.slice(1).map(Number)];
    return [{ shape, data: randomInputs(shape, seed + at) }];
  });
}
