// Network slimming: the scale that batch normalization gives a channel.
import { addAlong } from './along.ts';
import type { Criterion } from './criterion.ts';

/** |γ| of the batch normalization that a channel goes through (Liu et al. 2017). */
export const bnScale = {
  name: 'bn-scale',
  title: 'Batch-norm scale',
  summary: 'Removes channels that batch normalization scales down most; best after training with an L1 term on those scales',
  paper: 'Liu et al. 2017',
  looksAt: 'scales',
  channelsOnly: 'a batch-norm scale belongs to a whole channel',
  add(scores, values, along) {
    addAlong(scores, values, along, Math.abs);
  },
} as const satisfies Criterion;
