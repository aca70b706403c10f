// A plan in one sentence.
import type { Plan } from '#contract/procedures.ts';
import { thingsRemoved } from '#contract/recipe-words.ts';
import type { Recipe } from '#contract/recipe.ts';
import { count } from '../../format/numbers.ts';

/** "Removes 239 580 of 266 200 weights." */
export function removalOf({ removed, total }: Pick<Plan, 'removed' | 'total'>, recipe: Pick<Recipe, 'granularity' | 'block'>): string {
  return `Removes ${count(removed)} of ${count(total)} ${recipe.granularity === 'block' ? 'weights, in blocks' : thingsRemoved(recipe)}.`;
}
