// The networks that are trained against the peers: the same topology and first weights go to Espalier and, as a .keras file, to Keras.
import { batchNormalization, conv2d, dense, flatten, maxPooling, relu, sequential } from '#network/starters/layer-configs.ts';
import { lenet300100 } from '#network/starters/lenet-300-100.ts';
import { lenet5 } from '#network/starters/lenet-5.ts';
import type { Topology } from '#network/model-artifact.ts';
import { activated, addition, bareConvolution, depthwise, globalAveragePooling, wire } from './layers.ts';

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

/** The residual network of MLPerf Tiny for 32 × 32 × 3 images: 16, 32 and 64 channels, 78 thousand parameters. */
function resnet8(): Topology {
  const { add, close } = wire('resnet-8', [32, 32, 3]);
  const normalised = (name: string, from: string) => add(batchNormalization(`${name}_bn`), from);
  let last = add(relu('stem_relu'), normalised('stem', add(bareConvolution('stem', 16, 3), 'input')));
  for (const [stack, filters] of [16, 32, 64].entries()) {
    const strides = stack === 0 ? 1 : 2;
    const name = `stack${stack + 1}`;
    const first = add(relu(`${name}_relu1`), normalised(`${name}_conv1`, add(bareConvolution(`${name}_conv1`, filters, 3, strides), last)));
    const second = normalised(`${name}_conv2`, add(bareConvolution(`${name}_conv2`, filters, 3), first));
    const shortcut = strides === 1 ? last : add(bareConvolution(`${name}_shortcut`, filters, 1, strides), last);
    last = add(relu(`${name}_relu2`), add(addition(`${name}_add`), shortcut, second));
  }
  return close(add(dense('classes', 10, 'softmax'), add(globalAveragePooling('pool'), last)));
}

/** MobileNet's blocks at CIFAR's size: depthwise 3 × 3, then 1 × 1, each with batch normalization and ReLU. */
function depthwiseCnn(): Topology {
  const blocks = [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
  ] as const;
  const rest = (name: string) => [batchNormalization(`${name}_bn`), relu(`${name}_relu`)];
  return sequential(
    'depthwise-cnn',
    [32, 32, 3],
    [
      bareConvolution('stem', 32, 3),
      ...rest('stem'),
      ...blocks.flatMap(([filters, strides], index) => [
        depthwise(`depthwise${index + 1}`, strides),
        ...rest(`depthwise${index + 1}`),
        bareConvolution(`pointwise${index + 1}`, filters, 1),
        ...rest(`pointwise${index + 1}`),
      ]),
      globalAveragePooling('pool'),
      dense('classes', 10, 'softmax'),
    ],
  );
}

export const benchModels: readonly BenchModel[] = [
  { name: 'lenet-300-100', topology: lenet300100, data: 'mnist', steps: 400 },
  { name: 'lenet-5', topology: lenet5, data: 'mnist', steps: 100 },
  { name: 'mnist-cnn', topology: mnistCnn, data: 'mnist', steps: 100 },
  { name: 'resnet-8', topology: resnet8(), data: 'cifar-sized', steps: 25 },
  { name: 'depthwise-cnn', topology: depthwiseCnn(), data: 'cifar-sized', steps: 10 },
];
