// Names for what a job makes, so that nobody has to think of one: "lenet-300-100 · 90 % weights".
import type { Recipe } from '#contract/recipe.ts';
import type { Model, Variant } from '#contract/nouns.ts';

const removed = { weight: 'weights', neuron: 'neurons', filter: 'filters' } as const;

export function trainedName(model: Model): string {
  return `${model.name} · trained`;
}

/** Worked example: sparsity 0.9 of weights gives "… · 90 % weights", 0.875 of filters "… · 87.5 % filters". */
export function prunedName(model: Model, { sparsity, granularity }: Recipe): string {
  return `${model.name} · ${Number((sparsity * 100).toFixed(2))} % ${removed[granularity]}`;
}

/** The wish, or the wish and a number where the name is taken: "… · trained (2)". */
export function freeName(wish: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  if (!names.has(wish)) return wish;
  let number = 2;
  while (names.has(`${wish} (${number})`)) number += 1;
  return `${wish} (${number})`;
}

export function namesIn(variants: readonly Variant[], jobNames: readonly string[]): string[] {
  return [...variants.map(({ name }) => name), ...jobNames];
}

/** "my model.final.keras" becomes "my model.final"; the folder's name stands for a tfjs `model.json`. */
export function nameOfFile(path: string): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  const last = parts.at(-1) ?? 'model';
  const chosen = last === 'model.json' ? (parts.at(-2) ?? 'model') : last.replace(/\.(keras|h5|hdf5|json)$/i, '');
  return chosen.trim().slice(0, 200) || 'model';
}
