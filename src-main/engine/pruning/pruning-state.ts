// What a pruning job has found out so far, beside weights and masks: it goes into every checkpoint, so that a resumed run need not do it again.
import { z } from 'zod';
import { Scored } from '#contract/engine-messages.ts';
import { Certificate, EpochScore, RoundScore } from '#contract/measurement.ts';

/** The channels behind the masks, by group. Null for single weights. */
const RemovalEntries = z.array(z.tuple([z.string(), z.array(z.int())])).nullable();

/** What was cut away, and how the network fared before anything was trained. */
export const Cut = z.object({
  sparsity: z.number(),
  removal: RemovalEntries,
  pruned: Scored,
  /** Null until the removed channels are taken out. */
  certificate: Certificate.nullable(),
});
export type Cut = z.infer<typeof Cut>;

export const PruningState = z.object({
  before: Scored,
  skipped: z.array(z.object({ layer: z.string(), why: z.string() })),
  /** The lowest accuracy that is allowed; null where there is no floor, or where the dense round that it is measured from is still to come. */
  floor: z.number().nullable(),
  /** Index into the recipe's rounds of the one that is under way. */
  at: z.int(),
  /** Of the round under way. Null before a lottery ticket's first pruning. */
  cut: Cut.nullable(),
  /** Of the rounds that are over. */
  rounds: z.array(RoundScore),
  epochs: z.array(EpochScore),
  steps: z.int(),
  seconds: z.number(),
  /** Where the round under way begins in itself: not at 0 where it is rewound. */
  from: z.object({ steps: z.int(), epochs: z.int(), seconds: z.number() }),
  /** Of the job's epochs, the one whose weights the last round ended with; null where nothing was trained. */
  keptEpoch: z.int().nullable(),
  /** The last round that held the floor, what was cut in it, and the epoch it ended with. */
  kept: z.object({ round: z.int().nullable(), cut: Cut.nullable(), epoch: z.int().nullable() }),
});
export type PruningState = z.infer<typeof PruningState>;
