// Chance: what every other criterion has to beat.
import { addAlong } from './along.ts';
import type { Criterion } from './criterion.ts';

/** One uniform number an entry, the same for the same seed; what is zero already goes first (Blalock et al. 2020 on baselines). */
export const random = {
  name: 'random',
  title: 'Random',
  summary: 'Removes by chance, ruled by the seed: the baseline that a criterion has to beat',
  paper: 'Blalock et al. 2020',
  looksAt: 'chance',
  add(scores, values, along) {
    addAlong(scores, values, along, (draw) => draw);
  },
} as const satisfies Criterion;
