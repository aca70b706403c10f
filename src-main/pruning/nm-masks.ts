// n:m sparsity: of every m weights that one output adds up along the input axis, n stay.
import { StudioError } from '#contract/errors.ts';
import { pairOf, type Recipe } from '#contract/recipe.ts';
import type { Kernel } from './kernels.ts';
import { notANumber, type Order } from './select-smallest.ts';
import { runsAlong } from './tensor-axes.ts';

/**
 * The mask of a kernel: in each group of m along its input axis the smallest go until n stay, of equal ones the first (Mishra et al. 2021
 * for 2:4). The last group of an axis that m doesn't divide keeps n too, or all it has. `reached` is how far a schedule has got: at 0.5,
 * 2:4 takes one of every four.
 * Example, 2:4 along [0.1, −3, 2, 0.5, 7]: 0 1 1 0, and 1 for the rest.
 */
export function nmMask(
  { shape, inputAxis }: Pick<Kernel, 'shape' | 'inputAxis'>,
  scores: Float32Array,
  recipe: Recipe,
  { reached, order }: { readonly reached: number; readonly order: Order },
): Uint8Array<ArrayBuffer> {
  const [n, m] = pairOf(recipe.nm);
  const kept = m - Math.round(reached * (m - n));
  const mask = new Uint8Array(scores.length).fill(1);
  if (inputAxis === null) return mask;
  const { outer, length, inner } = runsAlong(shape, inputAxis);
  for (let block = 0; block < outer; block++) {
    for (let from = 0; from < length; from += m) {
      const count = Math.min(m, length - from);
      if (count === 4) {
        dropOfFour(scores, mask, (block * length + from) * inner, inner, 4 - kept, order === 'magnitude');
        continue;
      }
      // Neighbours in memory are the same inputs of the next outputs.
      for (let run = 0, first = (block * length + from) * inner; run < inner; run++, first++) {
        const group = { scores, mask, first, count, stride: inner };
        for (let gone = count - kept; gone > 0; gone--) mask[smallestKept(group, order)] = 0;
      }
    }
  }
  return mask;
}

/**
 * As below, for `inner` groups of four side by side, each with its entries `inner` apart: six comparisons say how many of the others go before each
 * entry, and those that fewer than `gone` go before go.
 */
function dropOfFour(scores: Float32Array, mask: Uint8Array, first: number, inner: number, gone: number, byMagnitude: boolean): void {
  for (let a = first; a < first + inner; a++) {
    const b = a + inner;
    const c = b + inner;
    const d = c + inner;
    const p = byMagnitude ? Math.abs(scores[a]!) : scores[a]!;
    const q = byMagnitude ? Math.abs(scores[b]!) : scores[b]!;
    const r = byMagnitude ? Math.abs(scores[c]!) : scores[c]!;
    const s = byMagnitude ? Math.abs(scores[d]!) : scores[d]!;
    if (p !== p || q !== q || r !== r || s !== s) throw notANumber();
    const pq = p <= q ? 1 : 0;
    const pr = p <= r ? 1 : 0;
    const ps = p <= s ? 1 : 0;
    const qr = q <= r ? 1 : 0;
    const qs = q <= s ? 1 : 0;
    const rs = r <= s ? 1 : 0;
    mask[a] = 3 - pq - pr - ps < gone ? 0 : 1;
    mask[b] = 2 + pq - qr - qs < gone ? 0 : 1;
    mask[c] = 1 + pr + qr - rs < gone ? 0 : 1;
    mask[d] = ps + qs + rs < gone ? 0 : 1;
  }
}

interface Group {
  readonly scores: Float32Array;
  readonly mask: Uint8Array;
  readonly first: number;
  readonly count: number;
  readonly stride: number;
}

/** Where the smallest lies of those that are still kept. */
function smallestKept({ scores, mask, first, count, stride }: Group, order: Order): number {
  let found = -1;
  let least = Infinity;
  for (let entry = 0, at = first; entry < count; entry++, at += stride) {
    const score = scores[at]!;
    if (Number.isNaN(score)) throw notANumber();
    const size = order === 'magnitude' ? Math.abs(score) : score;
    if (mask[at] === 0 || (found !== -1 && size >= least)) continue;
    found = at;
    least = size;
  }
  return found;
}

/** n:m has one share for all: an override can keep a layer whole, and nothing else. */
export function checkNmOverrides({ layers }: Recipe): void {
  const other = layers.find(({ sparsity }) => sparsity !== 0);
  if (other === undefined) return;
  throw new StudioError('bad-input', `n:m removes the same share of every layer, so "${other.pattern}" can't have its own.`, {
    where: 'layers',
    whatToDo: `Keep the layer whole with "${other.pattern}=0", or take the granularity "weight".`,
  });
}
