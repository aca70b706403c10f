// Every activation that a writer has to know, for all of them alike.
import { sequence } from './tflite-sample-networks.ts';

export const activationNames = [
  'relu',
  'relu6',
  'tanh',
  'sigmoid',
  'elu',
  'selu',
  'softplus',
  'softsign',
  'swish',
  'hard_sigmoid',
  'softmax',
  'gelu',
  'mish',
] as const;

/** One Dense of 20 units after another, each with the next of them; samples have 20 numbers. */
export const activationsInARow = sequence(
  'all',
  [20],
  activationNames.map((activation) => ['Dense', { units: 20, activation }] as const),
);
