// Names for what a job makes, so that nobody has to think of one: "lenet-300-100 · 90 % weights".
import { removalInShort } from '#contract/recipe-words.ts';
import type { Recipe } from '#contract/recipe.ts';
import type { Model, Variant } from '#contract/nouns.ts';

export function trainedName(model: Model): string {
  return `${model.name} · trained`;
}

/** Worked example: sparsity 0.9 of weights gives "… · 90 % weights", 0.875 of filters "… · 87.5 % filters". */
export function prunedName(model: Model, recipe: Recipe): string {
  return `${model.name} · ${removalInShort(recipe, `${Number((recipe.sparsity * 100).toFixed(2))} %`)}`;
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
  const chosen = last === 'model.json' ? (parts.at(-2) ?? 'model') : last.replace(/\.(keras|h5|hdf5|json|onnx)$/i, '');
  return chosen.trim().slice(0, 200) || 'model';
}
