// First-order Taylor expansion: the squared change of the loss when a weight, or a whole channel, is gone.
import { sumsAlong } from './along.ts';
import type { Criterion } from './criterion.ts';

/**
 * (Σ w · ∂L/∂w)² with the sum over the channel, the mean over batches: equation 8 of Molchanov et al. 2019, which is the gradient
 * of a gate on the channel, squared; Molchanov et al. 2017 has its absolute value. Example: a filter's products of 1, −3 in one batch and 2, 2 in another
 * give ((−2)² + 4²) / 2 = 10.
 */
export const taylor = {
  name: 'taylor',
  title: 'Taylor, first order',
  summary: 'Removes what changes the loss least to first order: the squared sum of weight × gradient, averaged over batches',
  paper: 'Molchanov et al. 2017 and 2019',
  looksAt: 'products',
  gates: true,
  add(scores, values, along) {
    const sums = sumsAlong(values, along);
    for (let entry = 0; entry < scores.length; entry++) scores[entry]! += sums[entry]! ** 2;
  },
} as const satisfies Criterion;
