// When sparsity rises: at once, in rounds, or along a polynomial; and when the choice of what to prune is made anew.
import type { Recipe } from '#contract/recipe.ts';

/** The fields of a recipe that say when. */
export type Timing = Pick<
  Recipe,
  'schedule' | 'sparsity' | 'rounds' | 'spacing' | 'initialSparsity' | 'begin' | 'end' | 'power' | 'frequency' | 'splice'
>;

export interface Moment {
  /** Steps taken so far in this round, from 0: the masks for this step are set before it is taken. */
  readonly step: number;
  /** Of the whole round; 0 where nothing is trained. */
  readonly steps: number;
}

export interface Round {
  /** From 1; 0 is the dense training that a lottery ticket is drawn from. */
  readonly round: number;
  /** To be reached in it. */
  readonly sparsity: number;
  /** Whether the weights go back to the step that the recipe names before it begins. */
  readonly rewinds: boolean;
}

/** A polynomial in at most this many moves: a move costs one selection over all weights. */
const MOVES = 100;

/**
 * The rounds of a recipe; each prunes, then trains for all of the recipe's epochs. Of n rounds to S, round i reaches
 * - `geometric`: 1 − (1 − S)^(i/n), the same share of what is left each time. Example: to 0.9 in 2 rounds: 1 − √0.1 = 0.684, then 0.9.
 * - `linear`: S · i/n. Example: to 0.9 in 2 rounds: 0.45, then 0.9.
 *
 * `iterative` goes on from the weights it has (Han et al. 2015). `lottery-ticket` trains the dense network first, then prunes what that
 * gave and rewinds what is left, round after round (Frankle and Carbin 2019). Example: to 0.79 in 7 rounds keeps 0.21^(1/7) = 80 % of the
 * weights each time. The other schedules have one round.
 */
export function roundsOf({ schedule, sparsity, rounds, spacing }: Timing): readonly Round[] {
  if (schedule !== 'iterative' && schedule !== 'lottery-ticket') return [{ round: 1, sparsity, rewinds: false }];
  const rewinds = schedule === 'lottery-ticket';
  const reached = (round: number) => {
    if (round === rounds) return sparsity;
    return spacing === 'linear' ? (sparsity * round) / rounds : 1 - (1 - sparsity) ** (round / rounds);
  };
  const pruning = Array.from({ length: rounds }, (_, index) => ({ round: index + 1, sparsity: reached(index + 1), rewinds }));
  return rewinds ? [{ round: 0, sparsity: 0, rewinds: false }, ...pruning] : pruning;
}

/**
 * The sparsity that holds while a step of a round to `final` is taken; it changes only where `masksChangeAt` says so.
 *
 * `polynomial`: s_f + (s_i − s_f) (1 − (t − b)/(e − b))^p from step b to step e, s_i before, s_f after (Zhu and Gupta 2017, with p = 3;
 * Sanh et al. 2020 raise movement pruning along the same cubic, b and e being its warm-up and cool-down). Example: 0 to 0.8 over 400 steps,
 * b = 0, e = 300: at step 150 it is 0.8 − 0.8 · 0.5³ = 0.7. The other schedules are at `final` from the first step on.
 */
export function sparsityAt(timing: Timing, { step, steps }: Moment, final: number): number {
  if (timing.schedule !== 'polynomial' || steps <= 0) return final;
  const { begin, end, every } = rampOf(timing, steps);
  if (step >= end) return final;
  if (step < begin) return timing.initialSparsity;
  const moved = step - ((step - begin) % every);
  return final + (timing.initialSparsity - final) * (1 - (moved - begin) / (end - begin)) ** timing.power;
}

/**
 * Whether what to prune is chosen anew before this step; always so before the first one of a round. Where weights may come back
 * (`splice`), it is chosen anew at equal sparsity too, as dynamic network surgery does (Guo, Yao and Chen 2016). Example: 400 steps,
 * `splice` 0.5, `frequency` 100: before steps 0 and 100, and no more from step 200 on.
 */
export function masksChangeAt(timing: Timing, { step, steps }: Moment): boolean {
  if (step === 0) return true;
  if (step >= steps) return false;
  const splicing = splicingSteps(timing, steps);
  if (step < splicing && step % (timing.frequency ?? Math.max(1, Math.ceil(splicing / MOVES))) === 0) return true;
  if (timing.schedule !== 'polynomial') return false;
  const { begin, end, every } = rampOf(timing, steps);
  return step === end || (step >= begin && step < end && (step - begin) % every === 0);
}

/** Whether a weight that is pruned may be chosen again before this step; later on, where sparsity still rises, what is pruned stays so. */
export function mayComeBack(timing: Timing, { step, steps }: Moment): boolean {
  return step < splicingSteps(timing, steps);
}

function splicingSteps({ splice }: Timing, steps: number): number {
  return Math.floor(steps * splice);
}

/** In steps; the end lies within the round, so that a run of one step is pruned too. */
function rampOf({ begin, end, frequency }: Timing, steps: number): { begin: number; end: number; every: number } {
  const last = Math.min(steps - 1, Math.floor(steps * end));
  const first = Math.min(last, Math.floor(steps * begin));
  return { begin: first, end: last, every: frequency ?? Math.max(1, Math.ceil((last - first) / MOVES)) };
}
