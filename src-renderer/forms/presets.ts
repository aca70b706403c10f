// Recipes that come along, read from their files when the page is built.
import { RecipeFile, type Recipe } from '#contract/recipe.ts';

export interface Preset {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly recipe: Recipe;
}

const files = import.meta.glob('../../resources/recipes/*.json', { eager: true, import: 'default' });

export const presets: readonly Preset[] = Object.entries(files).map(([path, file]) => {
  const name = path.slice(path.lastIndexOf('/') + 1, -'.json'.length);
  const { title = name, about = '', ...recipe } = RecipeFile.parse(file);
  return { name, title, about, recipe };
});
