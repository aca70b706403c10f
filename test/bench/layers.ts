// Keras layer configurations that the benchmark's networks need beside those of the starters: strides, additions, depthwise convolutions.
import type { Json, LayerConfig, Topology } from '#network/model-artifact.ts';
import { conv2d, flatten } from '#network/starters/layer-configs.ts';

export function strided(layer: LayerConfig, strides: number): LayerConfig {
  return { ...layer, config: { ...layer.config, strides: [strides, strides] } };
}

export function activated(layer: LayerConfig): LayerConfig {
  return { ...layer, config: { ...layer.config, activation: 'relu' } };
}

/** Same padding, no bias: a normalization follows. */
export function bareConvolution(name: string, filters: number, size: number, strides = 1): LayerConfig {
  return strided(conv2d(name, filters, size, { padding: 'same', bias: false }), strides);
}

/** 3 × 3, same padding, one filter a channel, no bias. */
export function depthwise(name: string, strides: number): LayerConfig {
  const { kernel_initializer, kernel_regularizer, kernel_constraint, filters, ...config } = bareConvolution(name, 1, 3, strides).config;
  return {
    class_name: 'DepthwiseConv2D',
    config: {
      ...config,
      depth_multiplier: Number(filters),
      depthwise_initializer: kernel_initializer!,
      depthwise_regularizer: kernel_regularizer!,
      depthwise_constraint: kernel_constraint!,
    },
  };
}

export function globalAveragePooling(name: string): LayerConfig {
  return { ...flatten(name), class_name: 'GlobalAveragePooling2D' };
}

export function addition(name: string): LayerConfig {
  return { class_name: 'Add', config: { name, trainable: true, dtype: 'float32' } };
}

/** A functional model under construction. */
export interface Wiring {
  /** Adds a layer fed by the layers named, and answers with its name. */
  add(layer: LayerConfig, ...from: readonly string[]): string;
  close(output: string): Topology;
}

export function wire(name: string, sampleShape: readonly number[]): Wiring {
  const layers: LayerConfig[] = [
    {
      class_name: 'InputLayer',
      name: 'input',
      inbound_nodes: [],
      config: { name: 'input', batch_input_shape: [null, ...sampleShape], dtype: 'float32', sparse: false },
    },
  ];
  const end = (layer: string): Json => [[layer, 0, 0]];
  return {
    add(layer, ...from) {
      const own = String(layer.config['name']);
      layers.push({ ...layer, name: own, inbound_nodes: [from.map((source) => [source, 0, 0, {}])] });
      return own;
    },
    close: (output) => ({ class_name: 'Functional', config: { name, layers, input_layers: end('input'), output_layers: end(output) } }),
  };
}
