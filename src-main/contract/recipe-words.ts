// What a recipe removes, in the words that names and sentences are made of.
import type { Recipe } from './recipe.ts';

/** "weights", "4x4 blocks", "neurons", "filters". */
export function thingsRemoved({ granularity, block }: Pick<Recipe, 'granularity' | 'block'>): string {
  if (granularity === 'block') return `${block} blocks`;
  return granularity === 'n:m' ? 'weights' : `${granularity}s`;
}

/** "2:4 weights", else the share before the things: "90 % weights", "87.5 % filters". */
export function removalInShort(recipe: Pick<Recipe, 'granularity' | 'block' | 'nm'>, share: string): string {
  return `${recipe.granularity === 'n:m' ? recipe.nm : share} ${thingsRemoved(recipe)}`;
}
