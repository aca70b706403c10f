// LeNet-5 as Caffe ships it, the convolutional network that Han et al. 2015 prune from 431 thousand parameters.
import { conv2d, dense, flatten, maxPooling, sequential } from './layer-configs.ts';

/** 431,080 parameters. As in Caffe's `lenet.prototxt`, max-pooling alone stands between the convolutions: there is no ReLU. */
export const lenet5 = sequential(
  'lenet-5',
  [28, 28, 1],
  [
    conv2d('conv1', 20, 5, { padding: 'valid', bias: true }),
    maxPooling('pool1'),
    conv2d('conv2', 50, 5, { padding: 'valid', bias: true }),
    maxPooling('pool2'),
    flatten('flatten'),
    dense('fc1', 500, 'relu'),
    dense('fc2', 10, 'softmax'),
  ],
);
