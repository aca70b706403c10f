// Loss and right answers of a model on a split, sample by sample, so that every score is a sum of the same things.
import type { Score } from '#contract/measurement.ts';
import type { Batches } from '../data/batches.ts';
import type { Interruption } from '../interruption.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { Errors } from './regression-errors.ts';
import type { Forward } from '../training/compiled/compiled-forward.ts';
import type { LossFunctions } from '../training/losses.ts';

/** Ranks are counted up to here. */
export const TOP = 5;

export interface SplitScore {
  readonly samples: number;
  /** Mean. */
  readonly loss: number;
  /** `within[k − 1]`: samples whose label is among the best k answers. */
  readonly within: readonly number[];
  /** By class: samples, and right answers. */
  readonly counts: readonly number[];
  readonly hits: readonly number[];
  /** By sample, in the order scored: 1 where the best answer is the label. */
  readonly right: Uint8Array;
  /** Where the network answers with numbers; all counts are empty then. */
  readonly errors?: Errors;
}

export interface Scorer {
  readonly tf: Tensorflow;
  /** Answers with logits. */
  readonly forward: Forward;
  readonly loss: LossFunctions;
  /** 0 where it answers with numbers. */
  readonly classes: number;
  readonly interruption: Interruption;
}

/** Small enough for a pause to be heard in time, large enough for the kernels. */
const BATCH = 250;

/** Scores the samples of `order`, or all in their own order. @throws Interrupted */
export async function scoreSplit(
  { tf, forward, loss, classes, interruption }: Scorer,
  batches: Batches,
  order?: ArrayLike<number>,
): Promise<SplitScore> {
  const samples = order?.length ?? batches.samples;
  const errors = classes === 0 ? new Errors() : undefined;
  const within = new Array<number>(Math.min(TOP, classes)).fill(0);
  const counts = new Array<number>(classes).fill(0);
  const hits = new Array<number>(classes).fill(0);
  const right = new Uint8Array(samples);
  let lossSum = 0;
  forward.refresh();
  for (let from = 0; from < samples; from += BATCH) {
    await interruption.breathe();
    const batch = batches.gather(from, Math.min(from + BATCH, samples), order);
    // Read outside of `tidy`, which would walk through every number of what it is given back.
    const [lost, answers] = tf.tidy(() => {
      const logits = forward.run([batch.inputs])[0]!;
      return [loss.perSample(logits, batch.labels), errors === undefined ? logits : loss.answer(logits)] as const;
    });
    const [losses, scores] = [lost.dataSync(), answers.dataSync()];
    const wanted = errors === undefined ? [] : batch.labels.dataSync();
    tf.dispose([lost, answers]);
    batch.dispose();
    const units = scores.length / batch.count;
    if (errors !== undefined) {
      errors.add(scores, wanted, units);
      for (const each of losses) lossSum += each;
      continue;
    }
    for (let i = 0; i < batch.count; i++) {
      const label = batches.labelAt(order?.[from + i] ?? from + i);
      lossSum += losses[i]!;
      counts[label]!++;
      const rank = units === 1 ? Number(scores[i]! > loss.threshold !== (label === 1)) : rankOf(scores, i * units, units, label);
      if (rank === 0) {
        hits[label]!++;
        right[from + i] = 1;
      }
      for (let k = rank; k < within.length; k++) within[k]!++;
    }
  }
  return { samples, loss: samples === 0 ? 0 : lossSum / samples, within, counts, hits, right, ...(errors === undefined ? {} : { errors }) };
}

/**
 * How many classes are ahead of the label; of equal scores the first counts as ahead. An answer that is no number is ahead of nothing and
 * behind everything.
 */
function rankOf(scores: ArrayLike<number>, start: number, units: number, label: number): number {
  const own = scores[start + label]!;
  let rank = 0;
  for (let unit = 0; unit < units; unit++) {
    if (unit === label) continue;
    const score = scores[start + unit]!;
    if (score > own || Number.isNaN(own) || (score === own && unit < label)) rank++;
  }
  return rank;
}

export function asScore({ samples, loss, within, errors }: SplitScore): Score {
  if (errors !== undefined) return { loss: finite(loss), accuracy: null, regression: errors.score() };
  return { loss: finite(loss), accuracy: samples === 0 ? 0 : within[0]! / samples };
}

/** JSON knows no infinity; a loss beyond all bounds is told as the largest number there is. */
export function finite(loss: number): number {
  return Number.isFinite(loss) ? loss : Number.MAX_VALUE;
}
