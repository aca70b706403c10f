// Reads a recipe from YAML or JSON, checked line by line by the contract; flags override it. Presets are such files too, asked for by name.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Document } from 'yaml';
import { Recipe, RecipeFile } from '#contract/recipe.ts';
import { didYouMean } from './closest-name.ts';
import { explainIssue } from './read-flag-value.ts';
import { UsageError } from './usage-error.ts';

/** Far above any recipe: a thousand layer overrides are 60 KB. */
const LARGEST = 1_000_000;

const presets = resolve(import.meta.dirname, '../../resources/recipes');

/** A preset by its name, as `han-2015-lenet-5`. @throws UsageError naming those that there are */
export async function readPreset(name: string): Promise<{ title: string; recipe: Recipe }> {
  const { title = name, about: _, ...recipe } = await readChecked(presetPath(name) ?? name, name);
  return { title, recipe: Recipe.parse(recipe) };
}

function presetPath(name: string): string | undefined {
  const path = resolve(presets, `${name}.json`);
  return /^[a-z0-9-]+$/.test(name) && existsSync(path) ? path : undefined;
}

/**
 * `word`: a path, or the name of a preset where there is no such file. Only the fields that the file holds.
 * @throws UsageError naming the file and the field
 */
export async function readRecipeFile(word: string, folder: string): Promise<Record<string, unknown>> {
  const path = resolve(folder, word);
  const { title: _, about: __, ...recipe } = await readChecked(existsSync(path) ? path : (presetPath(word) ?? path), word);
  return recipe;
}

async function readChecked(path: string, word: string): Promise<Partial<RecipeFile>> {
  const text = readText(path, word);
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { schema: 'core' });
  const [problem] = document.errors;
  if (problem !== undefined) throw new UsageError(`${word}: this is neither YAML nor JSON (${problem.message.split('\n')[0]}).`);
  const value = plainValue(document, word);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`${word}: a recipe is a list of "field: value" lines, such as "sparsity: 0.9".`);
  const result = RecipeFile.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const where = issue === undefined || issue.path.length === 0 ? '' : `, ${issue.path.join('.')}`;
    throw new UsageError(
      `${word}${where}: ${explainIssue(issue)}.${unknown === undefined ? '' : didYouMean(unknown, Object.keys(RecipeFile.shape))}`,
    );
  }
  return Object.fromEntries(Object.entries(result.data).filter(([field]) => Object.hasOwn(value, field))) as Partial<RecipeFile>;
}

/** Aliases are refused: ten lines of them unfold into gigabytes. */
function plainValue(document: Document, word: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new UsageError(`${word}: a recipe holds plain values only; write out what &name and *name stand for.`);
  }
}

function readText(path: string, word: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new UsageError(`There is no recipe file ${word}, nor a preset of that name; there are ${presetNames().join(', ')}.`);
  if (!stat.isFile()) throw new UsageError(`${word} is not a file; give a recipe in YAML or JSON.`);
  if (stat.size > LARGEST) throw new UsageError(`${word}: a recipe has at most ${LARGEST / 1e6} MB.`);
  return readFileSync(path, 'utf8');
}

function presetNames(): string[] {
  return readdirSync(presets).map((name) => name.replace(/\.json$/, ''));
}
