// APoZ: channels that hardly ever fire.
import { addAlong } from './along.ts';
import type { Criterion } from './criterion.ts';

/**
 * The share of activations after ReLU that are not zero: 1 − APoZ, the average percentage of zeros of Hu et al. 2016, so that channels
 * with the most zeros go first. Example: answers 0, 0, 3, 0 of a channel give 0.25.
 */
export const apoz = {
  name: 'apoz',
  title: 'Zero activations (APoZ)',
  summary: 'Removes channels whose ReLU answers zero most often over the data',
  paper: 'Hu et al. 2016',
  looksAt: 'activations',
  channelsOnly: 'it counts how often a whole channel answers zero',
  add(scores, values, along) {
    const share = along.length / Math.max(values.length, 1);
    addAlong(scores, values, along, (answer) => (answer === 0 ? 0 : share));
  },
} as const satisfies Criterion;
