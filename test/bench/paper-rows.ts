// Which results of which papers are tried: network, dense training, preset, what was published and what counts as reached.
import type { TrainSettings } from '#contract/recipe.ts';

export interface Paper {
  readonly name: string;
  readonly network: 'lenet-300-100' | 'lenet-5';
  readonly training: Partial<TrainSettings>;
  /** What the recipe is given: the dense network after `training`, or one with fresh weights that it trains itself. */
  readonly from: 'trained' | 'untrained';
  /** A file of resources/recipes. */
  readonly preset: string;
  /** Test errors in percent; null where the paper gives a curve only, or where its figure could not be looked up. */
  readonly published: { readonly dense: number | null; readonly pruned: number | null; readonly ratio: number | null };
  /** The largest mean error that counts as reached, from the mean error of the dense networks. */
  readonly limit: (dense: number) => number;
  /** Where channels go for good: how many times fewer multiply-accumulates and bytes of an ONNX file there have to be at least. */
  readonly smaller?: { readonly macs: number; readonly file: number };
}

const lenet300100 = { epochs: 20, batch: 128, optimizer: 'adam', rate: 0.001, decay: 'cosine' } as const;
const lenet5 = { epochs: 6, batch: 128, optimizer: 'adam', rate: 0.002, decay: 'cosine' } as const;

export const papers: readonly Paper[] = [
  {
    name: 'han-lenet-300-100',
    network: 'lenet-300-100',
    training: lenet300100,
    from: 'trained',
    preset: 'han-2015-lenet-300-100',
    published: { dense: 1.64, pruned: 1.59, ratio: 12 },
    limit: (dense) => dense + 0.1,
  },
  {
    name: 'lottery-ticket',
    network: 'lenet-300-100',
    training: lenet300100,
    from: 'untrained',
    preset: 'lottery-ticket-2019',
    published: { dense: null, pruned: null, ratio: 4.8 },
    limit: (dense) => dense,
  },
  {
    name: 'han-lenet-5',
    network: 'lenet-5',
    training: lenet5,
    from: 'trained',
    preset: 'han-2015-lenet-5',
    published: { dense: 0.8, pruned: 0.77, ratio: 12 },
    limit: (dense) => dense + 0.1,
  },
  {
    name: 'snip',
    network: 'lenet-300-100',
    training: lenet300100,
    from: 'trained',
    preset: 'snip-2019',
    published: { dense: null, pruned: null, ratio: 20 },
    limit: (dense) => dense + 0.3,
  },
  {
    name: 'dns-lenet-300-100',
    network: 'lenet-300-100',
    training: lenet300100,
    from: 'trained',
    preset: 'dns-2016-lenet-300-100',
    published: { dense: 2.28, pruned: 1.99, ratio: 56 },
    limit: () => 1.99,
  },
  {
    name: 'dns-lenet-5',
    network: 'lenet-5',
    training: lenet5,
    from: 'trained',
    preset: 'dns-2016-lenet-5',
    published: { dense: 0.91, pruned: 0.91, ratio: 108 },
    limit: () => 0.95,
  },
  {
    name: 'lenet-5-filters',
    network: 'lenet-5',
    training: lenet5,
    from: 'trained',
    preset: 'lenet-5-filters',
    published: { dense: null, pruned: null, ratio: null },
    limit: (dense) => dense + 0.3,
    smaller: { macs: 4, file: 3 },
  },
];
