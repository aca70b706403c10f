// L1 magnitude: small weights matter little.
import { addAlong } from './along.ts';
import type { Criterion } from './criterion.ts';

/**
 * |w| of a single weight (Han et al. 2015), the L1 norm Σ|w| of a channel or block (Li et al. 2017).
 * Example: a filter of 1, −2, 3 has the score 6.
 */
export const magnitude = {
  name: 'magnitude',
  title: 'Magnitude (L1)',
  summary: 'Removes what has the smallest absolute weights: needs no data, and is hard to beat once the network is fine-tuned',
  paper: 'Han et al. 2015, Li et al. 2017',
  looksAt: 'weights',
  normalise: 'size',
  asMagnitude: true,
  add(scores, values, along) {
    addAlong(scores, values, along, Math.abs);
  },
} as const satisfies Criterion;
