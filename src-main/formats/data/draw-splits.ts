// Which samples train, validate and test: drawn by a seed, each class in the same shares.
import type { Shares } from '#contract/data-options.ts';
import { createRandom } from '#network/random.ts';
import type { SplitName } from '../dataset-file.ts';

const stream = 0x511; // apart from the streams of initialisation and shuffling

/**
 * Indices of each split in ascending order. Each class is shuffled and cut by the shares; what rounding leaves over goes to the next class, so
 * that the totals are right too. Worked example: ten samples each of two classes at 0.8/0.1/0.1 → 8 + 8 train, 1 + 1 validate, 1 + 1 test.
 */
export function drawSplits(labels: Int32Array, shares: Shares, seed: number): { [split in SplitName]: Uint32Array } {
  const byClass = new Map<number, number[]>();
  labels.forEach((label, index) => {
    const indices = byClass.get(label);
    if (indices === undefined) byClass.set(label, [index]);
    else indices.push(index);
  });
  const drawn: { [split in SplitName]: number[] } = { train: [], validation: [], test: [] };
  let seen = 0;
  for (const [label, indices] of [...byClass].sort(([a], [b]) => a - b)) {
    const random = createRandom(seed, stream, { substream: label });
    for (let last = indices.length - 1; last > 0; last--) {
      const other = random.below(last + 1);
      [indices[last], indices[other]] = [indices[other]!, indices[last]!];
    }
    seen += indices.length;
    let at = 0;
    // A class's last sample is for training, where anything is.
    const spare = indices.length - (shares.train > 0 ? 1 : 0);
    for (const split of ['test', 'validation'] as const) {
      const due = Math.round(seen * shares[split]) - drawn[split].length;
      for (const end = Math.min(spare, at + Math.max(0, due)); at < end; at++) drawn[split].push(indices[at]!);
    }
    for (; at < indices.length; at++) drawn.train.push(indices[at]!);
  }
  const sorted = (split: SplitName) => Uint32Array.from(drawn[split]).sort();
  return { train: sorted('train'), validation: sorted('validation'), test: sorted('test') };
}
