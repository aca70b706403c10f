// One small network for each kind of layer whose state a checkpoint has to carry.
import { join } from 'node:path';
import { writeModelFile } from '#formats/model-file.ts';
import { initialise } from '#network/initialise.ts';
import type { JsonObject, Topology } from '#network/model-artifact.ts';
import { smallTopology } from './small-data.ts';

type Layer = readonly [className: string, config: JsonObject & { name: string }];

const dense = (name: string, units: number, activation: string): Layer => ['Dense', { name, units, activation, use_bias: true }];
const flatten: Layer = ['Flatten', { name: 'flatten' }];
const norm = (name: string): Layer => ['BatchNormalization', { name, axis: [3], momentum: 0.9, epsilon: 0.001 }];
const relu = (name: string): Layer => ['Activation', { name, activation: 'relu' }];
const conv = (name: string, filters: number, size: number): Layer => [
  'Conv2D',
  { name, filters, kernel_size: [size, size], strides: [1, 1], padding: 'same', activation: 'linear', use_bias: true },
];

function sequence(name: string, layers: readonly Layer[]): Topology {
  const input: Layer = ['InputLayer', { name: 'input', batch_input_shape: [null, 8, 8, 1], dtype: 'float32' }];
  return { class_name: 'Sequential', config: { name, layers: [input, ...layers].map(([class_name, config]) => ({ class_name, config })) } };
}

/** A stem, and one block whose shortcut is added before its last ReLU. */
function residual(): Topology {
  const layers: readonly (readonly [Layer, ...string[]])[] = [
    [conv('stem', 6, 3), 'input'],
    [norm('stem-norm'), 'stem'],
    [relu('stem-relu'), 'stem-norm'],
    [conv('branch', 6, 3), 'stem-relu'],
    [norm('branch-norm'), 'branch'],
    [['Add', { name: 'add' }], 'branch-norm', 'stem-relu'],
    [relu('add-relu'), 'add'],
    [['GlobalAveragePooling2D', { name: 'pool' }], 'add-relu'],
    [dense('answer', 3, 'softmax'), 'pool'],
  ];
  const input = {
    class_name: 'InputLayer',
    name: 'input',
    inbound_nodes: [],
    config: { name: 'input', batch_input_shape: [null, 8, 8, 1], dtype: 'float32' },
  };
  const rest = layers.map(([[class_name, config], ...from]) => ({
    class_name,
    name: config.name,
    config,
    inbound_nodes: [from.map((source) => [source, 0, 0, {}])],
  }));
  return {
    class_name: 'Functional',
    config: { name: 'residual', layers: [input, ...rest], input_layers: [['input', 0, 0]], output_layers: [['answer', 0, 0]] },
  };
}

/** Each takes 8 × 8 × 1 and tells three classes apart. */
export const smallNetworks = {
  dense: sequence('dense', [flatten, dense('hidden', 24, 'relu'), dense('deep', 16, 'tanh'), dense('answer', 3, 'softmax')]),
  convolution: sequence('convolution', [conv('conv', 6, 3), norm('norm'), relu('relu'), flatten, dense('answer', 3, 'softmax')]),
  dropout: sequence('dropout', [
    flatten,
    dense('hidden', 24, 'relu'),
    ['Dropout', { name: 'drop', rate: 0.3 }],
    ['GaussianNoise', { name: 'noise', stddev: 0.1 }],
    dense('answer', 3, 'softmax'),
  ]),
  depthwise: sequence('depthwise', [
    conv('stem', 6, 3),
    relu('stem-relu'),
    [
      'DepthwiseConv2D',
      {
        name: 'depthwise',
        kernel_size: [3, 3],
        strides: [2, 2],
        padding: 'same',
        depth_multiplier: 1,
        activation: 'linear',
        use_bias: false,
      },
    ],
    norm('depthwise-norm'),
    relu('depthwise-relu'),
    conv('pointwise', 8, 1),
    ['GlobalAveragePooling2D', { name: 'pool' }],
    dense('answer', 3, 'softmax'),
  ]),
  residual: residual(),
  /** 2.6 million weights: its checkpoint takes long enough to be caught in the writing. */
  wide: sequence('wide', [flatten, dense('hidden', 1600, 'relu'), dense('deep', 1600, 'relu'), dense('answer', 3, 'softmax')]),
  /** Convolution, batch norm, pooling, dropout. */
  everything: smallTopology,
} as const satisfies Record<string, Topology>;

export type SmallNetwork = keyof typeof smallNetworks;

/** The network as a model file, initialised from seed 5. */
export function writeNetwork(folder: string, name: SmallNetwork): string;
export function writeNetwork(folder: string, name: string, topology: Topology): string;
export function writeNetwork(folder: string, name: string, topology: Topology = smallNetworks[name as SmallNetwork]): string {
  const path = join(folder, `${name}.espalier`);
  writeModelFile(path, initialise(topology, 5));
  return path;
}
