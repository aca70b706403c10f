// Where a training run stands between two steps: everything but tensors, so that it fits a checkpoint's JSON.
import { z } from 'zod';
import type { StepFields } from '#contract/recipe.ts';
import { EpochScore } from '#contract/measurement.ts';

/** Sums since the last point or epoch. JSON keeps every double exactly. */
const Sums = z.object({ loss: z.number(), hits: z.int(), samples: z.int(), steps: z.int() });
export type Sums = z.infer<typeof Sums>;

export const LoopState = z.object({
  /** Steps done, over the whole run. */
  step: z.int(),
  sincePoint: Sums,
  sinceEpoch: Sums,
  epochs: z.array(EpochScore),
  /** The epoch with the lowest validation loss so far, of those that count; null before the first. */
  best: z.object({ epoch: z.int(), loss: z.number() }).nullable().default(null),
  /** Share of zeros as last counted; null where it has to be counted anew before it is told again. */
  sparsity: z.number().nullable().default(null),
  /** Seconds in training steps alone, over all runs. */
  trainingSeconds: z.number(),
  /** Seconds of the current epoch so far. */
  epochSeconds: z.number(),
  /** Seconds of work, over all runs. */
  seconds: z.number(),
});
export type LoopState = z.infer<typeof LoopState>;

export const noSums: Sums = { loss: 0, hits: 0, samples: 0, steps: 0 };

export function freshState(): LoopState {
  return {
    step: 0,
    sincePoint: noSums,
    sinceEpoch: noSums,
    epochs: [],
    best: null,
    sparsity: null,
    trainingSeconds: 0,
    epochSeconds: 0,
    seconds: 0,
  };
}

/** Loss is summed by sample, so that a short last batch weighs what it should. */
export function addStep(sums: Sums, outcome: { readonly loss: number; readonly hits: number }, samples: number): Sums {
  return {
    loss: sums.loss + outcome.loss * samples,
    hits: sums.hits + outcome.hits,
    samples: sums.samples + samples,
    steps: sums.steps + 1,
  };
}

/** `tells`: whether answers are classes, that can be right. */
export function meansOf({ loss, hits, samples }: Sums, tells: boolean): { loss: number; accuracy: number | null } {
  const of = (sum: number) => (samples === 0 ? 0 : sum / samples);
  return { loss: of(loss), accuracy: tells ? of(hits) : null };
}

/** The epoch whose weights a finished run ends with; null where it had none. */
export function keptEpoch({ epochs, best }: LoopState, { keepBest }: Pick<StepFields, 'keepBest'>): number | null {
  if (epochs.length === 0) return null;
  return keepBest && best !== null ? best.epoch : epochs.length;
}
