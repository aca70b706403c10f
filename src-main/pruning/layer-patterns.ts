// Per-layer sparsity: patterns such as `conv*=0.5` against the layers that there are.
import { StudioError } from '#contract/errors.ts';
import type { Recipe } from '#contract/recipe.ts';

/** `*` stands for any characters, none included; everything else for itself. Linear in the name, whatever the pattern. */
export function matchesPattern(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}

/** How far a schedule has got on its way to the recipe's sparsity, from 0 to 1. */
export function reachedShare(recipe: Pick<Recipe, 'sparsity'>, sparsity: number): number {
  return recipe.sparsity === 0 ? 1 : Math.min(1, sparsity / recipe.sparsity);
}

/**
 * The override of each item that one names, at the point the schedule has got to: overrides rise in step with the recipe's own
 * sparsity and reach their value when it does. Of several that match, the last one counts.
 * StudioError `bad-input` where a pattern matches nothing; `layers` are the names it could have matched.
 */
export function overriddenSparsities(recipe: Recipe, sparsity: number, layers: readonly (readonly string[])[]): readonly (number | null)[] {
  const reached = reachedShare(recipe, sparsity);
  for (const { pattern } of recipe.layers) {
    if (!layers.flat().some((name) => matchesPattern(pattern, name))) {
      throw new StudioError('bad-input', `The pattern "${pattern}" matches no layer that can be pruned by ${recipe.granularity}.`, {
        where: 'layers',
        whatToDo: `These can be: ${layers.flat().join(', ')}.`,
      });
    }
  }
  return layers.map((names) => {
    const override = recipe.layers.findLast(({ pattern }) => names.some((name) => matchesPattern(pattern, name)));
    return override === undefined ? null : override.sparsity * reached;
  });
}
