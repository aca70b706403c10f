// Movement: which way training has pushed each weight.
import { addAlong } from './along.ts';
import type { Criterion } from './criterion.ts';

/**
 * S = −Σ w · ∂L/∂w over the training steps so far (Sanh et al. 2020): positive where the weight grows away from zero. The smallest go,
 * so weights on their way to zero go first, however large they are. Of a channel or block: the sum (Lagunas et al. 2021).
 */
export const movement = {
  name: 'movement',
  title: 'Movement',
  summary: 'Removes weights that fine-tuning pushes towards zero, however large they are; the scores gather while the network trains',
  paper: 'Sanh et al. 2020, Lagunas et al. 2021',
  looksAt: 'movement',
  signed: true,
  add(scores, values, along) {
    addAlong(scores, values, along, (moved) => moved);
  },
} as const satisfies Criterion;
