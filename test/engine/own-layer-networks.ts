// Networks of the layers that are ours, and not tfjs's.
import type { JsonObject, Topology } from '#network/model-artifact.ts';

type Layer = readonly [className: string, config: JsonObject];

function sequence(layers: readonly Layer[]): Topology {
  const all: readonly Layer[] = [
    ['InputLayer', { batch_input_shape: [null, 8, 8, 1], dtype: 'float32' }],
    ...layers,
    ['Dense', { units: 3, activation: 'softmax', use_bias: true }],
  ];
  return {
    class_name: 'Sequential',
    config: { name: 'trained', layers: all.map(([class_name, config], at) => ({ class_name, config: { name: `layer${at}`, ...config } })) },
  };
}

const conv = (config: JsonObject): Layer => [
  'Conv2D',
  { kernel_size: [3, 3], strides: [1, 1], padding: 'same', use_bias: true, ...config },
];
const pooled: Layer = ['GlobalAveragePooling2D', { keepdims: true }];
const flat: Layer = ['Flatten', {}];
const steps: Layer = ['Reshape', { target_shape: [8, 8] }];

/** Each takes 8 × 8 × 1 and tells three classes apart. */
export const ownLayerNetworks: Readonly<Record<string, Topology>> = {
  'convolutions in groups and dilated ones': sequence([
    conv({ filters: 4, activation: 'hard_silu' }),
    conv({ filters: 8, groups: 2 }),
    conv({ filters: 8, groups: 8 }),
    conv({ filters: 4, dilation_rate: [2, 2], activation: 'hard_sigmoid_v3' }),
    pooled,
    flat,
  ]),
  'normalizations, learned scales and bilinear up-sampling': sequence([
    conv({ filters: 4 }),
    ['GroupNormalization', { groups: 2, axis: -1, epsilon: 1e-3 }],
    ['UpSampling2D', { size: [2, 2], interpolation: 'bilinear' }],
    ['LayerScale', {}],
    ['RMSNormalization', {}],
    ['ReLU', { negative_slope: 0.1, max_value: 2 }],
    ['UnitNormalization', { axis: -1 }],
    flat,
  ]),
  'sequences: depthwise, separable and transposed convolutions, a GRU both ways': sequence([
    steps,
    ['DepthwiseConv1D', { kernel_size: [3], strides: [1], padding: 'same', depth_multiplier: 1, use_bias: true }],
    ['SeparableConv1D', { filters: 6, kernel_size: [3], strides: [1], padding: 'causal', use_bias: true }],
    ['Conv1DTranspose', { filters: 4, kernel_size: [3], strides: [2], padding: 'same', use_bias: true }],
    [
      'Bidirectional',
      {
        merge_mode: 'concat',
        layer: {
          class_name: 'GRU',
          config: { name: 'rnn', units: 3, activation: 'tanh', recurrent_activation: 'sigmoid', reset_after: true },
        },
      },
    ],
  ]),
};
