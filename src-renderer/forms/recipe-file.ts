// Recipes as files, the same that the command line takes and writes: YAML or JSON in, JSON out.
import { StudioError } from '#contract/errors.ts';
import { RecipeFile, type Recipe } from '#contract/recipe.ts';
import { labelOf, problemsOf } from './fields-of-schema.ts';

/** Far above any recipe: a thousand layer overrides are 60 KB. */
const LARGEST = 1_000_000;

/**
 * What is left out is as the contract has it. Aliases are refused: ten lines of them unfold into gigabytes.
 * @throws StudioError `bad-input` naming the file and the field
 */
export async function readRecipe(file: File): Promise<Recipe> {
  const refuse = (message: string, whatToDo: string) => new StudioError('bad-input', message, { where: file.name, whatToDo });
  if (file.size > LARGEST) throw refuse('This file is too large for a recipe.', 'Choose a recipe in YAML or JSON.');
  const { parseDocument } = await import('yaml');
  const document = parseDocument(await file.text(), { schema: 'core' });
  const [fault] = document.errors;
  if (fault !== undefined) throw refuse('This is neither YAML nor JSON.', fault.message.split('\n')[0] ?? '');
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw refuse('A recipe holds plain values only.', 'Write out what &name and *name stand for.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('This file holds no recipe.', 'A recipe is a list of lines “field: value”, such as “sparsity: 0.9”.');
  const read = RecipeFile.safeParse(value);
  if (read.success) {
    const { title: _, about: __, ...recipe } = read.data;
    return recipe;
  }
  const [name, why] = Object.entries(problemsOf(RecipeFile, value))[0] ?? ['', ''];
  throw refuse(`This is no recipe that can be used${name === '' ? '' : `: ${labelOf(name)} (${name})`}.`, why);
}

/** A file that `espalier prune --recipe` takes. */
export function recipeBlob(recipe: Recipe, title: string): Blob {
  return new Blob([`${JSON.stringify({ title, ...recipe }, null, 2)}\n`], { type: 'application/json' });
}
