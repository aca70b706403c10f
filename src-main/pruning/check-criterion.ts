// Whether a recipe's criterion can rank what its granularity removes.
import { criteria, criterionNamed } from '#criteria/all-criteria.ts';
import type { Criterion } from '#criteria/criterion.ts';
import { StudioError } from '#contract/errors.ts';
import type { Recipe } from '#contract/recipe.ts';

/** Whole channels rather than weights set to zero. */
export function prunesChannels({ granularity }: Pick<Recipe, 'granularity'>): boolean {
  return granularity === 'neuron' || granularity === 'filter';
}

/** StudioError `bad-input` naming the criteria that fit. */
export function checkCriterion(recipe: Pick<Recipe, 'criterion' | 'granularity'>): Criterion {
  const criterion = criterionNamed(recipe.criterion);
  if (criterion.channelsOnly === undefined || prunesChannels(recipe)) return criterion;
  const fitting: readonly Criterion[] = criteria;
  const names = fitting.flatMap(({ name, channelsOnly }) => (channelsOnly === undefined ? [name] : []));
  throw new StudioError('bad-input', `The criterion "${criterion.name}" can't rank weights, as ${criterion.channelsOnly}.`, {
    where: 'criterion',
    whatToDo: `Take the granularity "neuron" or "filter", or one of the criteria ${names.join(', ')}.`,
  });
}
