// Gradient × weight: what the loss would feel if a weight were gone, batch by batch, whichever way.
import { addAlong } from './along.ts';
import type { Criterion } from './criterion.ts';

/**
 * |w · ∂L/∂w|, the mean over batches; the sum over a channel's weights (Mozer and Smolensky 1989; the gradient-magnitude baseline of
 * Blalock et al. 2020). Example: products of 1 and −3 in two batches give 2.
 */
export const gradient = {
  name: 'gradient',
  title: 'Gradient × weight',
  summary: 'Removes weights whose loss of the moment would hardly change without them: |weight × gradient|, averaged over batches',
  paper: 'Mozer and Smolensky 1989, Blalock et al. 2020',
  looksAt: 'products',
  add(scores, values, along) {
    addAlong(scores, values, along, Math.abs);
  },
} as const satisfies Criterion;
