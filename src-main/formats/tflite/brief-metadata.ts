// What a .tflite file tells of its origin: on a board every byte of it takes flash, so settings that are the usual ones are left out.
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { isList } from '#network/config-values.ts';
import type { Json, JsonObject } from '#network/model-artifact.ts';
import { isObject } from '../containers/json.ts';

/**
 * Of each step of the lineage what it has other than by default; the version of Espalier says which defaults those are.
 * Example: a recipe of forty fields → { granularity: 'filter', sparsity: 0.5, epochs: 4 }.
 */
export function briefMetadata(metadata: JsonObject): JsonObject {
  const { lineage, ...rest } = metadata;
  return isList(lineage) ? { ...rest, lineage: lineage.map(briefStep) } : metadata;
}

function briefStep(step: Json): Json {
  if (!isObject(step)) return step;
  const { recipe, settings } = step;
  if (isObject(recipe)) return { ...step, recipe: unusual(recipe, Recipe.parse({})) };
  return isObject(settings) ? { ...step, settings: unusual(settings, TrainSettings.parse({})) } : step;
}

function unusual(values: JsonObject, usual: object): JsonObject {
  const known = new Map(Object.entries(usual).map(([name, value]) => [name, JSON.stringify(value)]));
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => JSON.stringify(value) !== known.get(name)));
}
