// Recipes that another screen has begun for a variant: the Prune screen takes them up where it would propose one of its own.
import type { PlanRecipe } from '#contract/sensitivity.ts';

export class RecipeDrafts {
  readonly #drafts = new Map<string, PlanRecipe>();

  put(variantId: string, draft: PlanRecipe): void {
    this.#drafts.set(variantId, draft);
  }

  of(variantId: string): PlanRecipe | undefined {
    return this.#drafts.get(variantId);
  }
}
