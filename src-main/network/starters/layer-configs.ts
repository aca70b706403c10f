// Keras layer configurations in a few words, for the networks that ship with the studio.
import type { Json, JsonObject, LayerConfig, Topology } from '../model-artifact.ts';

type Activation = 'linear' | 'relu' | 'softmax';
const shared = { trainable: true, dtype: 'float32' };
const initializers: JsonObject = {
  kernel_initializer: { class_name: 'GlorotUniform', config: { seed: null } },
  bias_initializer: { class_name: 'Zeros', config: {} },
  kernel_regularizer: null,
  bias_regularizer: null,
  activity_regularizer: null,
  kernel_constraint: null,
  bias_constraint: null,
};

/** Layers in order; the first one gets the shape of a sample. */
export function sequential(name: string, sampleShape: readonly number[], layers: readonly LayerConfig[]): Topology {
  const [first, ...rest] = layers;
  const withInput = first === undefined ? [] : [{ ...first, config: { ...first.config, batch_input_shape: [null, ...sampleShape] } }];
  return { class_name: 'Sequential', config: { name, layers: [...withInput, ...rest] } };
}

export function dense(name: string, units: number, activation: Activation): LayerConfig {
  return { class_name: 'Dense', config: { name, ...shared, units, activation, use_bias: true, ...initializers } };
}

export function conv2d(name: string, filters: number, size: number, options: { padding: 'valid' | 'same'; bias: boolean }): LayerConfig {
  return {
    class_name: 'Conv2D',
    config: {
      name,
      ...shared,
      filters,
      kernel_size: [size, size],
      strides: [1, 1],
      padding: options.padding,
      data_format: 'channels_last',
      dilation_rate: [1, 1],
      activation: 'linear',
      use_bias: options.bias,
      ...initializers,
    },
  };
}

/** Momentum 0.9 in place of Keras's 0.99, so that the moving statistics are right after a short training too. */
export function batchNormalization(name: string): LayerConfig {
  return {
    class_name: 'BatchNormalization',
    config: {
      name,
      ...shared,
      axis: -1,
      momentum: 0.9,
      epsilon: 0.001,
      center: true,
      scale: true,
      beta_initializer: { class_name: 'Zeros', config: {} },
      gamma_initializer: { class_name: 'Ones', config: {} },
      moving_mean_initializer: { class_name: 'Zeros', config: {} },
      moving_variance_initializer: { class_name: 'Ones', config: {} },
      beta_regularizer: null,
      gamma_regularizer: null,
      beta_constraint: null,
      gamma_constraint: null,
    },
  };
}

export function relu(name: string): LayerConfig {
  return { class_name: 'Activation', config: { name, ...shared, activation: 'relu' } };
}

export function maxPooling(name: string): LayerConfig {
  return {
    class_name: 'MaxPooling2D',
    config: { name, ...shared, pool_size: [2, 2], strides: [2, 2], padding: 'valid', data_format: 'channels_last' },
  };
}

export function flatten(name: string): LayerConfig {
  return { class_name: 'Flatten', config: { name, ...shared, data_format: 'channels_last' } };
}

/** Same padding, no bias: a normalization follows. */
export function bareConvolution(name: string, filters: number, size: number, strides = 1): LayerConfig {
  const layer = conv2d(name, filters, size, { padding: 'same', bias: false });
  return { ...layer, config: { ...layer.config, strides: [strides, strides] } };
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
  return { class_name: 'Add', config: { name, ...shared } };
}

/** A functional model under construction. */
export interface Wiring {
  /** Adds a layer fed by the layers named, and answers with its name. */
  add(layer: LayerConfig, ...from: readonly string[]): string;
  close(output: string): Topology;
}

/** Begins with an input layer named `input`. */
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
