// The networks that are trained against the peers: the same topology and first weights go to Espalier and, as a .keras file, to Keras.
import { conv2d, dense, flatten, maxPooling, sequential } from '#network/starters/layer-configs.ts';
import { depthwiseCnn } from '#network/starters/depthwise-cnn.ts';
import { lenet300100 } from '#network/starters/lenet-300-100.ts';
import { lenet5 } from '#network/starters/lenet-5.ts';
import { resnet8 } from '#network/starters/resnet-8.ts';
import type { Topology } from '#network/model-artifact.ts';
import { activated } from './layers.ts';

export interface BenchModel {
  readonly name: string;
  readonly topology: Topology;
  readonly data: 'mnist' | 'cifar-sized';
  /** Timed steps of a round. */
  readonly steps: number;
}

const mnistCnn = sequential(
  'mnist-cnn',
  [28, 28, 1],
  [
    activated(conv2d('conv1', 32, 3, { padding: 'valid', bias: true })),
    maxPooling('pool1'),
    activated(conv2d('conv2', 64, 3, { padding: 'valid', bias: true })),
    maxPooling('pool2'),
    flatten('flatten'),
    dense('fc1', 128, 'relu'),
    dense('fc2', 10, 'softmax'),
  ],
);

export const benchModels: readonly BenchModel[] = [
  { name: 'lenet-300-100', topology: lenet300100, data: 'mnist', steps: 400 },
  { name: 'lenet-5', topology: lenet5, data: 'mnist', steps: 100 },
  { name: 'mnist-cnn', topology: mnistCnn, data: 'mnist', steps: 100 },
  { name: 'resnet-8', topology: resnet8, data: 'cifar-sized', steps: 25 },
  { name: 'depthwise-cnn', topology: depthwiseCnn, data: 'cifar-sized', steps: 10 },
];
