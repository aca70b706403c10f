// SNIP's connection sensitivity: how much the loss of all batches together hangs on a connection, before any training.
import { sumsAlong } from './along.ts';
import type { Criterion } from './criterion.ts';

/**
 * |w · ∂L/∂w| with the gradient of all batches together (Lee et al. 2019); of a channel |Σ w · ∂L/∂w|, the sensitivity of a gate on it.
 * The paper divides by the sum over all connections, which changes no rank. Example: products of 1 and −3 in two batches give |−1| = 1,
 * where `gradient` gives 2.
 */
export const snip = {
  name: 'snip',
  title: 'SNIP',
  summary: 'Removes connections that the loss is least sensitive to; made for networks that have not been trained yet',
  paper: 'Lee et al. 2019',
  looksAt: 'products',
  gates: true,
  add(scores, values, along) {
    const sums = sumsAlong(values, along);
    for (let entry = 0; entry < scores.length; entry++) scores[entry]! += sums[entry]!;
  },
  finish: Math.abs,
} as const satisfies Criterion;
