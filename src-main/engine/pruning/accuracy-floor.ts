// The lowest accuracy that rounds of pruning may reach, and what is said where one falls below it.
import type { FloorOutcome, RoundScore } from '#contract/measurement.ts';
import type { Recipe } from '#contract/recipe.ts';
import type { PruningState } from './pruning-state.ts';

/**
 * The higher of the two floors that a recipe may name; null where it names none. Example: a baseline of 0.984 and 0.5 points give 0.979,
 * and together with a floor of 0.98, 0.98.
 */
export function floorFrom({ floor, floorPoints }: Recipe, baseline: number | null): number | null {
  const relative = floorPoints === null || baseline === null ? [] : [baseline - floorPoints / 100];
  const floors = [...(floor === null ? [] : [floor]), ...relative];
  return floors.length === 0 ? null : Math.max(...floors);
}

/** On the validation split where there is one: the test split is for telling how good the choice was, not for making it. */
export function judged({ validationAccuracy, after }: RoundScore): number | null {
  return validationAccuracy ?? after?.accuracy ?? null;
}

/** A dense round always holds: it is what the others are measured against. */
export function holds(score: RoundScore, floor: number | null): boolean {
  const accuracy = judged(score);
  return score.round === 0 || floor === null || accuracy === null || accuracy >= floor;
}

export function describeFall(score: RoundScore, floor: number, kept: RoundScore | undefined): string {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const split = score.validationAccuracy === null ? 'test' : 'validation';
  const result =
    kept === undefined
      ? 'no round held, and the network is as it was before'
      : `the result is the network of round ${kept.round}, at a sparsity of ${percent(kept.sparsity)}`;
  return (
    `Round ${score.round}, to a sparsity of ${percent(score.sparsity)}, reached ${percent(judged(score) ?? 0)} on the ${split} split, ` +
    `below the floor of ${percent(floor)}: ${result}.`
  );
}

export function floorOutcome({ floor, kept, rounds }: PruningState): FloorOutcome | null {
  const last = rounds.at(-1);
  if (floor === null || last === undefined) return null;
  return {
    accuracy: floor,
    judgedOn: last.validationAccuracy === null ? 'test' : 'validation',
    keptRound: kept.round,
    stopped: !holds(last, floor),
  };
}
