// What a recipe would do, asked for while it is being typed: a little late, and never an older answer over a newer one.
import type { z } from 'zod';
import { StudioError, type Problem } from '#contract/errors.ts';
import type { Plan } from '#contract/procedures.ts';
import type { Recipe } from '#contract/recipe.ts';
import type { Studio } from './studio.svelte.ts';

export class PlanPreview {
  plan = $state.raw<z.output<typeof Plan> | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  readonly #studio: Studio;
  #last = 0;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** Returns the way to call it off. */
  ask(variantId: string, recipe: Recipe, delay = 150): () => void {
    const turn = ++this.#last;
    this.busy = true;
    const timer = setTimeout(() => void this.#run(turn, variantId, recipe), delay);
    return () => clearTimeout(timer);
  }

  async #run(turn: number, id: string, recipe: Recipe): Promise<void> {
    try {
      const plan = await this.#studio.client.variants.plan({ id, recipe });
      if (turn === this.#last) {
        this.plan = plan;
        this.problem = null;
        this.busy = false;
      }
    } catch (thrown) {
      if (turn === this.#last) {
        this.plan = null;
        this.problem = StudioError.from(thrown).toProblem();
        this.busy = false;
      }
    }
  }
}
