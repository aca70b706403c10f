// FPGM: the filters nearest to the geometric median of their layer can be replaced by the others.
import type { Criterion } from './criterion.ts';

/**
 * Σ_j ‖x_c − x_j‖₂ over all filters j of the layer (He et al. 2019): small where the others surround it.
 * Example: filters 0, 1 and 5 on a line have the distances 6, 5 and 9, so 1 goes first. Work grows with the square of the filters.
 */
export const geometricMedian = {
  name: 'geometric-median',
  title: 'Geometric median (FPGM)',
  summary: 'Removes filters that the other filters of the layer are closest to, as those can stand in for them',
  paper: 'He et al. 2019',
  looksAt: 'weights',
  normalise: 'mean',
  channelsOnly: 'it compares whole filters with each other',
  add(scores, values, { outer, length, inner }) {
    const size = outer * inner;
    const filters = new Float64Array(length * size);
    for (let block = 0, at = 0; block < outer; block++)
      for (let filter = 0; filter < length; filter++)
        for (let run = 0; run < inner; run++) filters[filter * size + block * inner + run] = values[at++]!;
    for (let one = 0; one < length; one++) {
      for (let other = one + 1; other < length; other++) {
        let squares = 0;
        for (let at = 0; at < size; at++) squares += (filters[one * size + at]! - filters[other * size + at]!) ** 2;
        const distance = Math.sqrt(squares);
        scores[one]! += distance;
        scores[other]! += distance;
      }
    }
  },
} as const satisfies Criterion;
