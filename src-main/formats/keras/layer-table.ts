// The layers that Espalier knows: which settings each has, and which weights, in Keras's and tfjs-layers' order.
import { wrapped } from '#network/layers/wrapping.ts';
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
const scaleAndShift = ['beta_initializer', 'gamma_initializer', 'beta_regularizer', 'gamma_regularizer'];
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
    keys: ['filters', ...window, 'groups', 'activation', ...kernel, ...bias, 'activity_regularizer'],
    weights: withBias('kernel'),
    kernelRank: rank + 2,
    outputs: 'filters',
  };
}

/** Its kernel is (window, filters, channels in): the outputs are not the last axis. */
function transposedConv(rank: number): LayerRule {
  return {
    keys: ['filters', ...window, 'output_padding', 'activation', ...kernel, ...bias, 'activity_regularizer'],
    weights: withBias('kernel'),
    kernelRank: rank + 2,
  };
}

function depthwiseConv(rank: number): LayerRule {
  return {
    keys: [...window, ...depthwise, 'activation', ...bias, 'activity_regularizer'],
    weights: withBias('depthwise_kernel'),
    kernelRank: rank + 2,
    outputs: 'depth_multiplier',
  };
}

function separableConv(rank: number): LayerRule {
  return {
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
    kernelRank: rank + 2,
    outputs: 'depth_multiplier',
  };
}

function recurrent(...more: string[]): LayerRule {
  return {
    keys: [
      'units',
      'activation',
      'recurrent_initializer',
      'recurrent_regularizer',
      'recurrent_constraint',
      'dropout',
      'recurrent_dropout',
      'return_sequences',
      'return_state',
      'go_backwards',
      'unroll',
      ...kernel,
      ...bias,
      'activity_regularizer',
      ...more,
    ],
    weights: withBias('kernel', 'recurrent_kernel'),
    kernelRank: 2,
  };
}

/** A layer around another, whose weights follow from the inner one's. */
function wrapper(weights: (inner: readonly string[]) => readonly string[], ...keys: string[]): LayerRule {
  return {
    keys: ['layer', ...keys],
    weights: (config) => {
      const { type, config: inner } = wrapped(config);
      return weights(layerTable.get(type)?.weights(inner) ?? []);
    },
  };
}

const projections = ['query', 'key', 'value', 'attention_output'];

function plain(...keys: string[]): LayerRule {
  return { keys, weights: () => [] };
}

function inDimensions(dimensions: readonly number[], rules: (axes: number) => Record<string, LayerRule>): Record<string, LayerRule> {
  return Object.assign({}, ...dimensions.map(rules)) as Record<string, LayerRule>;
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
    // Said as a Dense once its weights and shapes are known.
    EinsumDense: {
      keys: ['equation', 'output_shape', 'bias_axes', 'activation', ...kernel, ...bias.slice(1), 'activity_regularizer'],
      weights: ({ bias_axes: axes }) => ['kernel', ...(typeof axes === 'string' && axes !== '' ? ['bias'] : [])],
    },
    Conv1D: conv(1),
    Conv2D: conv(2),
    Conv3D: conv(3),
    Conv1DTranspose: transposedConv(1),
    Conv2DTranspose: transposedConv(2),
    Conv3DTranspose: transposedConv(3),
    DepthwiseConv1D: depthwiseConv(1),
    DepthwiseConv2D: depthwiseConv(2),
    SeparableConv1D: separableConv(1),
    SeparableConv2D: separableConv(2),
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
      keys: ['axis', 'epsilon', 'center', 'scale', ...scaleAndShift],
      weights: norm(),
    },
    GroupNormalization: { keys: ['groups', 'axis', 'epsilon', 'center', 'scale', ...scaleAndShift], weights: norm() },
    UnitNormalization: plain('axis'),
    RMSNormalization: { keys: ['axis', 'epsilon'], weights: () => ['scale'] },
    LayerScale: { keys: ['init_values', 'projection_dim'], weights: () => ['gamma'] },
    // Folded into a Rescaling once its statistics are read.
    Normalization: {
      keys: ['axis', 'mean', 'variance', 'invert'],
      weights: (config) => ((config.mean ?? null) === null ? ['mean', 'variance', 'count'] : []),
    },
    Embedding: {
      keys: ['input_dim', 'output_dim', 'embeddings_initializer', 'embeddings_regularizer', 'embeddings_constraint', 'mask_zero'],
      weights: () => ['embeddings'],
      kernelRank: 2,
      outputs: 'output_dim',
    },
    SimpleRNN: recurrent(),
    GRU: recurrent('recurrent_activation', 'reset_after'),
    LSTM: recurrent('recurrent_activation', 'unit_forget_bias'),
    Bidirectional: wrapper(
      (inner) => ['forward_rnn', 'backward_rnn'].flatMap((direction) => inner.map((weight) => `${direction}/${weight}`)),
      'merge_mode',
    ),
    TimeDistributed: wrapper((inner) => inner),
    Attention: { keys: ['use_scale', 'score_mode', 'dropout'], weights: ({ use_scale: scaled }) => (scaled === true ? ['scale'] : []) },
    AdditiveAttention: { keys: ['use_scale', 'dropout'], weights: ({ use_scale: scaled }) => (scaled === false ? [] : ['scale']) },
    MultiHeadAttention: {
      keys: ['num_heads', 'key_dim', 'value_dim', 'dropout', 'output_shape', 'use_causal_mask', ...kernel, ...bias],
      weights: (config) => projections.flatMap((name) => withBias('kernel')(config).map((weight) => `${name}/${weight}`)),
      kernelRank: 3,
    },
    PReLU: { keys: ['alpha_initializer', 'alpha_regularizer', 'alpha_constraint', 'shared_axes'], weights: () => ['alpha'] },
    Activation: plain('activation'),
    ReLU: plain('max_value', 'negative_slope', 'threshold'),
    LeakyReLU: plain('alpha'),
    ELU: plain('alpha'),
    ThresholdedReLU: plain('theta'),
    Softmax: plain('axis'),
    Dropout: plain('rate', 'seed', 'noise_shape'),
    SpatialDropout1D: plain('rate', 'seed'),
    SpatialDropout2D: plain('rate', 'seed', 'data_format'),
    SpatialDropout3D: plain('rate', 'seed', 'data_format'),
    GaussianDropout: plain('rate'),
    GaussianNoise: plain('stddev'),
    AlphaDropout: plain('rate'),
    Flatten: plain('data_format'),
    Reshape: plain('target_shape'),
    Permute: plain('dims'),
    RepeatVector: plain('n'),
    Masking: plain('mask_value'),
    Rescaling: plain('scale', 'offset'),
    Resizing: plain('height', 'width', 'interpolation', 'data_format'),
    // Said as a Cropping2D once the size of its images is known.
    CenterCrop: plain('height', 'width', 'data_format'),
    ...inDimensions([1, 2, 3], (axes) => ({
      [`ZeroPadding${axes}D`]: plain('padding', 'data_format'),
      [`Cropping${axes}D`]: plain('cropping', 'data_format'),
      [`UpSampling${axes}D`]: plain('size', 'data_format', 'interpolation'),
      [`MaxPooling${axes}D`]: plain(...pool),
      [`AveragePooling${axes}D`]: plain(...pool),
      [`GlobalMaxPooling${axes}D`]: plain('data_format', 'keepdims'),
      [`GlobalAveragePooling${axes}D`]: plain('data_format', 'keepdims'),
    })),
    Add: plain(),
    Subtract: plain(),
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
