// The layers that Espalier knows: which settings each has, and which weights, in Keras's and tfjs-layers' order.
import type { JsonObject } from '#network/model-artifact.ts';

export interface LayerRule {
  /** Settings beside `name`, `trainable`, `dtype` and `batch_input_shape`; what isn't listed must be at its default. */
  readonly keys: readonly string[];
  /** Names of the weights that a layer of this config has. */
  readonly weights: (config: JsonObject) => readonly string[];
  /** Axes of the first weight. */
  readonly kernelRank?: number;
  /** The setting that is the size of the kernel's last axis. */
  readonly outputs?: string;
}

const kernel = ['kernel_initializer', 'kernel_regularizer', 'kernel_constraint'];
const bias = ['use_bias', 'bias_initializer', 'bias_regularizer', 'bias_constraint'];
const depthwise = ['depth_multiplier', 'depthwise_initializer', 'depthwise_regularizer', 'depthwise_constraint'];
const window = ['kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate'];
const pool = ['pool_size', 'strides', 'padding', 'data_format'];

const withBias =
  (...names: string[]) =>
  (config: JsonObject) =>
    config.use_bias === false ? names : [...names, 'bias'];
const norm =
  (...statistics: string[]) =>
  (config: JsonObject) => [...(config.scale === false ? [] : ['gamma']), ...(config.center === false ? [] : ['beta']), ...statistics];

function conv(rank: number): LayerRule {
  return {
    keys: ['filters', ...window, 'activation', ...kernel, ...bias, 'activity_regularizer'],
    weights: withBias('kernel'),
    kernelRank: rank + 2,
    outputs: 'filters',
  };
}

function plain(...keys: string[]): LayerRule {
  return { keys, weights: () => [] };
}

export const layerTable: ReadonlyMap<string, LayerRule> = new Map(
  Object.entries({
    InputLayer: plain('sparse'),
    Dense: {
      keys: ['units', 'activation', ...kernel, ...bias, 'activity_regularizer'],
      weights: withBias('kernel'),
      kernelRank: 2,
      outputs: 'units',
    },
    Conv1D: conv(1),
    Conv2D: conv(2),
    Conv3D: conv(3),
    // Its kernel is (height, width, filters, channels in): the outputs are not the last axis.
    Conv2DTranspose: {
      keys: ['filters', ...window, 'output_padding', 'activation', ...kernel, ...bias, 'activity_regularizer'],
      weights: withBias('kernel'),
      kernelRank: 4,
    },
    DepthwiseConv2D: {
      keys: [...window, ...depthwise, 'activation', ...bias, 'activity_regularizer'],
      weights: withBias('depthwise_kernel'),
      kernelRank: 4,
      outputs: 'depth_multiplier',
    },
    SeparableConv2D: {
      keys: [
        'filters',
        ...window,
        ...depthwise,
        'pointwise_initializer',
        'pointwise_regularizer',
        'pointwise_constraint',
        'activation',
        ...bias,
        'activity_regularizer',
      ],
      weights: withBias('depthwise_kernel', 'pointwise_kernel'),
      kernelRank: 4,
      outputs: 'depth_multiplier',
    },
    BatchNormalization: {
      keys: [
        'axis',
        'momentum',
        'epsilon',
        'center',
        'scale',
        'beta_initializer',
        'gamma_initializer',
        'moving_mean_initializer',
        'moving_variance_initializer',
        'beta_regularizer',
        'gamma_regularizer',
        'beta_constraint',
        'gamma_constraint',
      ],
      weights: norm('moving_mean', 'moving_variance'),
      kernelRank: 1,
    },
    LayerNormalization: {
      keys: ['axis', 'epsilon', 'center', 'scale', 'beta_initializer', 'gamma_initializer', 'beta_regularizer', 'gamma_regularizer'],
      weights: norm(),
    },
    Embedding: {
      keys: ['input_dim', 'output_dim', 'embeddings_initializer', 'embeddings_regularizer', 'embeddings_constraint', 'mask_zero'],
      weights: () => ['embeddings'],
      kernelRank: 2,
      outputs: 'output_dim',
    },
    PReLU: { keys: ['alpha_initializer', 'alpha_regularizer', 'alpha_constraint', 'shared_axes'], weights: () => ['alpha'] },
    Activation: plain('activation'),
    ReLU: plain('max_value'),
    LeakyReLU: plain('alpha'),
    ELU: plain('alpha'),
    Softmax: plain('axis'),
    Dropout: plain('rate', 'seed', 'noise_shape'),
    SpatialDropout1D: plain('rate', 'seed'),
    GaussianDropout: plain('rate'),
    GaussianNoise: plain('stddev'),
    AlphaDropout: plain('rate'),
    Flatten: plain('data_format'),
    Reshape: plain('target_shape'),
    Permute: plain('dims'),
    RepeatVector: plain('n'),
    Masking: plain('mask_value'),
    Rescaling: plain('scale', 'offset'),
    ZeroPadding2D: plain('padding', 'data_format'),
    Cropping2D: plain('cropping', 'data_format'),
    UpSampling2D: plain('size', 'data_format', 'interpolation'),
    MaxPooling1D: plain(...pool),
    MaxPooling2D: plain(...pool),
    MaxPooling3D: plain(...pool),
    AveragePooling1D: plain(...pool),
    AveragePooling2D: plain(...pool),
    AveragePooling3D: plain(...pool),
    GlobalMaxPooling1D: plain('data_format'),
    GlobalMaxPooling2D: plain('data_format'),
    GlobalAveragePooling1D: plain('data_format'),
    GlobalAveragePooling2D: plain('data_format'),
    Add: plain(),
    Multiply: plain(),
    Average: plain(),
    Maximum: plain(),
    Minimum: plain(),
    Concatenate: plain('axis'),
    Dot: plain('axes', 'normalize'),
  } satisfies Record<string, LayerRule>),
);

/** Models as layers, under all the names they have had. */
export const modelClasses: ReadonlyMap<string, 'Sequential' | 'Functional'> = new Map([
  ['Sequential', 'Sequential'],
  ['Functional', 'Functional'],
  ['Model', 'Functional'],
]);
