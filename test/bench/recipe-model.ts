// The network of tfmot's MNIST guide: one convolution of 12 filters and a dense layer, 20,410 parameters.
import { conv2d, dense, flatten, maxPooling, sequential } from '#network/starters/layer-configs.ts';
import { activated } from './layers.ts';

export const recipeModel = sequential(
  'tfmot-guide',
  [28, 28, 1],
  [
    activated(conv2d('conv', 12, 3, { padding: 'valid', bias: true })),
    maxPooling('pool'),
    flatten('flatten'),
    dense('classes', 10, 'softmax'),
  ],
);
