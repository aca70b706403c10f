// When sparsity rises during fine-tuning: at once, in rounds, or along a cubic.
import type { Schedule } from '#contract/recipe.ts';

export interface SchedulePosition {
  /** Steps taken so far, from 0: the masks for this step are set before it is taken. */
  readonly step: number;
  /** Of the whole run; 0 where nothing is fine-tuned. */
  readonly steps: number;
  readonly final: number;
  /** Where the run starts from; 0 if left out. */
  readonly initial?: number;
  /** Of the iterative schedule; 1 if left out. */
  readonly rounds?: number;
}

/** A cubic in at most this many moves: a move costs one selection over all weights. */
const polynomialMoves = 100;

/**
 * The sparsity that holds while step `step` is taken, changing only where `masksChangeAt` says so.
 * - `one-shot`: `final` from the first step on.
 * - `iterative`: rounds of equal length; each removes the same share of what is left, as Frankle and Carbin 2019 do. Example: to 0.9 in
 *   2 rounds is 1 − 0.1^(1/2) = 0.684, then 0.9.
 * - `polynomial`: s_f + (s_i − s_f)(1 − t)³ (Zhu and Gupta 2017), with t = 1 at 3/4 of the steps, so that the last quarter recovers.
 */
export function sparsityAt(schedule: Schedule, position: SchedulePosition): number {
  const { step, steps, final, initial = 0 } = position;
  if (schedule === 'one-shot' || steps <= 0) return final;
  if (schedule === 'iterative') {
    const rounds = roundsWithin(position);
    const done = Math.min(rounds, roundAt(step, steps, rounds) + 1);
    return done === rounds ? final : 1 - (1 - initial) * ((1 - final) / (1 - initial)) ** (done / rounds);
  }
  const end = rampEnd(steps);
  if (step >= end) return final;
  const moved = step - (step % moveEvery(end));
  return final + (initial - final) * (1 - moved / end) ** 3;
}

/** Whether the masks are chosen anew before step `step`; always so before step 0. */
export function masksChangeAt(schedule: Schedule, position: Pick<SchedulePosition, 'step' | 'steps' | 'rounds'>): boolean {
  const { step, steps } = position;
  if (step === 0) return true;
  if (schedule === 'one-shot' || step >= steps) return false;
  if (schedule === 'iterative') {
    const rounds = roundsWithin(position);
    return roundAt(step, steps, rounds) !== roundAt(step - 1, steps, rounds);
  }
  const end = rampEnd(steps);
  return step === end || (step < end && step % moveEvery(end) === 0);
}

/** A round has at least one step. */
function roundsWithin({ rounds = 1, steps }: Pick<SchedulePosition, 'steps' | 'rounds'>): number {
  return Math.max(1, Math.min(rounds, steps));
}

function roundAt(step: number, steps: number, rounds: number): number {
  return Math.floor((step * rounds) / steps);
}

function rampEnd(steps: number): number {
  return Math.floor(steps * 0.75);
}

function moveEvery(end: number): number {
  return Math.max(1, Math.ceil(end / polynomialMoves));
}
