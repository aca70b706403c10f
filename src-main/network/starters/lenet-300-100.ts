// LeNet-300-100: the fully connected network of LeCun et al. 1998 that the pruning literature measures itself on.
import { dense, flatten, sequential } from './layer-configs.ts';

/** 266,610 parameters. */
export const lenet300100 = sequential(
  'lenet-300-100',
  [28, 28, 1],
  [flatten('flatten'), dense('fc1', 300, 'relu'), dense('fc2', 100, 'relu'), dense('fc3', 10, 'softmax')],
);
