// L2 norm: as magnitude, but one large weight counts for more than many small ones.
import { addAlong } from './along.ts';
import type { Criterion } from './criterion.ts';

/**
 * √Σw² of a channel or block (He et al. 2018, soft filter pruning). Single weights rank as by magnitude.
 * Example: a filter of 3, −4 has the score 5.
 */
export const l2 = {
  name: 'l2',
  title: 'L2 norm',
  summary: 'Removes what has the smallest Euclidean norm: as magnitude, but a few large weights save a channel',
  paper: 'He et al. 2018',
  looksAt: 'weights',
  normalise: 'size',
  asMagnitude: true,
  add(scores, values, along) {
    addAlong(scores, values, along, (weight) => weight * weight);
  },
  finish: Math.sqrt,
} as const satisfies Criterion;
