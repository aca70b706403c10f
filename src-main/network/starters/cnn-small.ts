// A small convolutional network with batch normalization, as most of today's networks have it.
import { batchNormalization, conv2d, dense, flatten, maxPooling, relu, sequential } from './layer-configs.ts';

/** 106,010 parameters, 96 of them moving statistics. The convolutions have no bias, as the normalization's shift takes its place. */
export const cnnSmall = sequential(
  'cnn-small',
  [28, 28, 1],
  [
    conv2d('conv1', 16, 3, { padding: 'same', bias: false }),
    batchNormalization('bn1'),
    relu('relu1'),
    maxPooling('pool1'),
    conv2d('conv2', 32, 3, { padding: 'same', bias: false }),
    batchNormalization('bn2'),
    relu('relu2'),
    maxPooling('pool2'),
    flatten('flatten'),
    dense('fc1', 64, 'relu'),
    dense('fc2', 10, 'softmax'),
  ],
);
