// MobileNet's blocks (Howard et al. 2017) at CIFAR's size: depthwise 3 × 3, then 1 × 1, each with batch normalization and ReLU.
import { bareConvolution, batchNormalization, dense, depthwise, globalAveragePooling, relu, sequential } from './layer-configs.ts';

/** Filters of the 1 × 1 convolution and strides of the depthwise one before it. */
const blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
] as const;
const normalised = (name: string) => [batchNormalization(`${name}_bn`), relu(`${name}_relu`)];

/** 69,834 parameters, 1,920 of them moving statistics. */
export const depthwiseCnn = sequential(
  'depthwise-cnn',
  [32, 32, 3],
  [
    bareConvolution('stem', 32, 3),
    ...normalised('stem'),
    ...blocks.flatMap(([filters, strides], index) => [
      depthwise(`depthwise${index + 1}`, strides),
      ...normalised(`depthwise${index + 1}`),
      bareConvolution(`pointwise${index + 1}`, filters, 1),
      ...normalised(`pointwise${index + 1}`),
    ]),
    globalAveragePooling('pool'),
    dense('classes', 10, 'softmax'),
  ],
);
