// Small networks that between them hold every layer that the writers of TFLite, C and SavedModel know.
import { initialise } from '#network/initialise.ts';
import type { Json, JsonObject, LayerConfig, ModelArtifact } from '#network/model-artifact.ts';
import { createRandom } from '#network/random.ts';

type Step = readonly [type: string, config?: JsonObject];

/** Layers in order, named l0, l1, …; weights of all kinds are random, also biases and statistics. */
export function sequence(name: string, sample: readonly number[], steps: readonly Step[]): ModelArtifact {
  const layers = steps.map(([type, config = {}], index): LayerConfig => ({
    class_name: type,
    config: { name: `l${index}`, dtype: 'float32', ...(index === 0 ? { batch_input_shape: [null, ...sample] } : {}), ...config },
  }));
  return shaken(initialise({ class_name: 'Sequential', config: { name, layers } }, 7));
}

/** Layers with the names of those that feed them; the first one is the input, the last one the output. */
export function graph(
  name: string,
  sample: readonly number[],
  steps: readonly (readonly [name: string, type: string, from: readonly string[], config?: JsonObject])[],
): ModelArtifact {
  const input: LayerConfig = {
    name: 'in',
    class_name: 'InputLayer',
    config: { name: 'in', batch_input_shape: [null, ...sample], dtype: 'float32' },
    inbound_nodes: [],
  };
  const layers = steps.map(([own, type, from, config = {}]): LayerConfig => ({
    name: own,
    class_name: type,
    config: { name: own, dtype: 'float32', ...config },
    inbound_nodes: [from.map((each): Json => [each, 0, 0, {}])],
  }));
  const last = steps.at(-1)![0];
  return shaken(
    initialise(
      {
        class_name: 'Functional',
        config: { name, layers: [input, ...layers], input_layers: [['in', 0, 0]], output_layers: [[last, 0, 0]] },
      },
      7,
    ),
  );
}

function shaken(model: ModelArtifact): ModelArtifact {
  return {
    ...model,
    weights: model.weights.map((tensor, stream) => {
      const random = createRandom(11, stream);
      const draw =
        tensor.name.endsWith('variance') || tensor.name.endsWith('gamma')
          ? () => random.uniform(0.5, 1.5)
          : () => random.uniform(-0.3, 0.3);
      return /kernel$/.test(tensor.name) ? tensor : { ...tensor, data: Float32Array.from(tensor.data, draw) };
    }),
  };
}

/** Inputs `right` [4] and `left` [4], in this order; `shared` is called on both; the first output lies on the way to the second. */
export function twoEnds(): ModelArtifact {
  const input = (name: string): LayerConfig => ({
    name,
    class_name: 'InputLayer',
    config: { name, batch_input_shape: [null, 4], dtype: 'float32' },
    inbound_nodes: [],
  });
  const call = (layer: string, number = 0): Json => [layer, number, 0, {}];
  const layers: LayerConfig[] = [
    input('left'),
    input('right'),
    {
      name: 'shared',
      class_name: 'Dense',
      config: { name: 'shared', units: 4, activation: 'relu' },
      inbound_nodes: [[call('left')], [call('right')]],
    },
    { name: 'larger', class_name: 'Maximum', config: { name: 'larger' }, inbound_nodes: [[call('shared', 0), call('shared', 1)]] },
    { name: 'curve', class_name: 'Activation', config: { name: 'curve', activation: 'tanh' }, inbound_nodes: [[call('larger')]] },
    { name: 'joined', class_name: 'Concatenate', config: { name: 'joined', axis: 1 }, inbound_nodes: [[call('curve'), call('right')]] },
    { name: 'answer', class_name: 'Dense', config: { name: 'answer', units: 2 }, inbound_nodes: [[call('joined')]] },
  ];
  const ends = (...names: string[]): Json => names.map((name) => [name, 0, 0]);
  return shaken(
    initialise(
      {
        class_name: 'Functional',
        config: { name: 'two-ends', layers, input_layers: ends('right', 'left'), output_layers: ends('curve', 'answer') },
      },
      7,
    ),
  );
}

/** Numbers from −1 to 1. */
export function samples(shape: readonly number[], count: number, seed = 3): Float32Array {
  const random = createRandom(seed, 0);
  return Float32Array.from({ length: shape.reduce((product, size) => product * size, count) }, () => random.uniform(-1, 1));
}

const conv = (filters: number, config: JsonObject = {}): Step => ['Conv2D', { filters, kernel_size: [3, 3], ...config }];
const norm: Step = ['BatchNormalization', { axis: [3], epsilon: 0.001 }];

export interface SampleNetwork {
  readonly model: ModelArtifact;
  readonly shape: readonly number[];
}

export const sampleNetworks: Readonly<Record<string, SampleNetwork>> = {
  dense: {
    shape: [6],
    model: sequence(
      'dense',
      [6],
      [
        ['Dense', { units: 9, activation: 'relu' }],
        ['Dropout', { rate: 0.5 }],
        ['Dense', { units: 4, activation: 'softmax' }],
      ],
    ),
  },
  'dense on steps': {
    shape: [5, 6],
    model: sequence('steps', [5, 6], [['Dense', { units: 3, activation: 'tanh' }], ['Flatten'], ['Dense', { units: 4 }]]),
  },
  convolutions: {
    shape: [11, 10, 3],
    model: sequence(
      'convolutions',
      [11, 10, 3],
      [
        conv(8, { padding: 'same', strides: [2, 2], use_bias: false }),
        norm,
        ['ReLU', { max_value: 6 }],
        conv(6, { dilation_rate: [2, 2], activation: 'elu', padding: 'same' }),
        ['DepthwiseConv2D', { kernel_size: [3, 3], padding: 'same', depth_multiplier: 2 }],
        norm,
        ['LeakyReLU', { alpha: 0.1 }],
        ['SeparableConv2D', { filters: 5, kernel_size: [3, 3], padding: 'same', activation: 'sigmoid' }],
        ['GlobalAveragePooling2D'],
        ['Dense', { units: 3, activation: 'softmax' }],
      ],
    ),
  },
  pooling: {
    shape: [9, 9, 2],
    model: sequence(
      'pooling',
      [9, 9, 2],
      [
        conv(4, { activation: 'relu6' }),
        ['MaxPooling2D', { pool_size: [2, 2], strides: [2, 2], padding: 'same' }],
        [
          'ZeroPadding2D',
          {
            padding: [
              [1, 2],
              [0, 1],
            ],
          },
        ],
        ['AveragePooling2D', { pool_size: [3, 2], strides: [1, 2], padding: 'same' }],
        ['Permute', { dims: [2, 1, 3] }],
        [
          'Cropping2D',
          {
            cropping: [
              [1, 0],
              [0, 2],
            ],
          },
        ],
        ['GlobalMaxPooling2D'],
      ],
    ),
  },
  'normalisation first': {
    shape: [6, 6, 3],
    model: sequence('first', [6, 6, 3], [norm, conv(4), ['PReLU', { shared_axes: [1, 2] }], norm, ['Flatten'], ['Dense', { units: 5 }]]),
  },
  enlarging: {
    shape: [4, 5, 3],
    model: sequence(
      'enlarging',
      [4, 5, 3],
      [
        ['Conv2DTranspose', { filters: 4, kernel_size: [3, 3], strides: [2, 2], padding: 'same', activation: 'relu' }],
        ['UpSampling2D', { size: [2, 3] }],
        ['Conv2DTranspose', { filters: 2, kernel_size: [3, 2], strides: [2, 3] }],
      ],
    ),
  },
  series: {
    shape: [12, 3],
    model: sequence(
      'series',
      [12, 3],
      [
        ['Conv1D', { filters: 6, kernel_size: [3], activation: 'relu' }],
        ['BatchNormalization', { axis: -1, epsilon: 0.001 }],
        ['MaxPooling1D', { pool_size: [2], strides: [2] }],
        ['Conv1D', { filters: 4, kernel_size: [2], strides: [2], padding: 'same', activation: 'swish' }],
        ['Reshape', { target_shape: [6, 2] }],
        ['GlobalAveragePooling1D'],
        ['RepeatVector', { n: 3 }],
      ],
    ),
  },
  normalised: {
    shape: [5, 6],
    model: sequence(
      'normalised',
      [5, 6],
      [
        ['LayerNormalization', { axis: -1, epsilon: 0.001 }],
        ['Dense', { units: 4, activation: 'relu' }],
        ['LayerNormalization', { axis: -1, epsilon: 0.001, center: false }],
        ['Flatten'],
        ['Dense', { units: 3 }],
      ],
    ),
  },
  residual: {
    shape: [8, 8, 3],
    model: graph(
      'residual',
      [8, 8, 3],
      [
        ['stem', 'Conv2D', ['in'], { filters: 4, kernel_size: [3, 3], padding: 'same', use_bias: false }],
        ['norm', 'BatchNormalization', ['stem'], { axis: 3, epsilon: 0.001 }],
        ['relu', 'Activation', ['norm'], { activation: 'relu' }],
        ['branch', 'Conv2D', ['relu'], { filters: 4, kernel_size: [3, 3], padding: 'same' }],
        ['sum', 'Add', ['branch', 'relu']],
        ['after', 'Activation', ['sum'], { activation: 'relu' }],
        ['gate', 'GlobalAveragePooling2D', ['after']],
        ['squeeze', 'Dense', ['gate'], { units: 4, activation: 'sigmoid' }],
        ['fold', 'Reshape', ['squeeze'], { target_shape: [1, 1, 4] }],
        ['excite', 'Multiply', ['after', 'fold']],
        ['both', 'Concatenate', ['excite', 'stem']],
        ['highest', 'Maximum', ['after', 'stem']],
        ['mean', 'Average', ['highest', 'branch', 'stem']],
        ['all', 'Concatenate', ['both', 'mean'], { axis: 3 }],
        ['pool', 'MaxPooling2D', ['all'], { pool_size: [2, 2], strides: [2, 2] }],
        ['flat', 'Flatten', ['pool']],
        ['answer', 'Dense', ['flat'], { units: 3, activation: 'softmax' }],
      ],
    ),
  },
};
