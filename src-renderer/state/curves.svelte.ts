// Training curves by job: fetched when first looked at, then grown by events.
import { SvelteMap } from 'svelte/reactivity';
import type { MetricPoint } from '#contract/nouns.ts';
import { appendPoints, joinSeries } from './merge-points.ts';
import type { Studio } from './studio.svelte.ts';

const none: readonly MetricPoint[] = [];

export class Curves {
  readonly #points = new SvelteMap<string, readonly MetricPoint[]>();
  /** Live points of series that are being fetched. */
  readonly #early = new Map<string, readonly MetricPoint[]>();
  readonly #studio: Studio;

  constructor(studio: Studio) {
    this.#studio = studio;
    studio.onSnapshot(() => {
      const looked = [...this.#points.keys()];
      this.#points.clear();
      for (const id of looked) this.want(id);
    });
    studio.onEvent((event) => {
      if (event.name !== 'jobProgress') return;
      const { jobId, points, afterStep } = event.data;
      const early = this.#early.get(jobId);
      if (early !== undefined) this.#early.set(jobId, appendPoints(early, points, afterStep));
      const known = this.#points.get(jobId);
      if (known !== undefined) this.#points.set(jobId, appendPoints(known, points, afterStep));
    });
  }

  /** A job's curve as the studio has it stored. @throws StudioError */
  load(jobId: string): Promise<readonly MetricPoint[]> {
    return this.#studio.client.jobs.series({ id: jobId });
  }

  /** What is known of a job's curve now; reading it asks for nothing. */
  of(jobId: string): readonly MetricPoint[] {
    return this.#points.get(jobId) ?? none;
  }

  has(jobId: string): boolean {
    return this.#points.has(jobId);
  }

  /** Fetches a job's curve unless it is here or on its way. Call it from an effect, not from markup. */
  want(jobId: string): void {
    if (this.#points.has(jobId) || this.#early.has(jobId)) return;
    this.#early.set(jobId, none);
    void this.#fetch(jobId);
  }

  async #fetch(jobId: string): Promise<void> {
    try {
      const stored = await this.load(jobId);
      this.#points.set(jobId, joinSeries(stored, this.#early.get(jobId) ?? none));
    } catch {
      // Without a line there is no curve; the next snapshot, or the next look, asks again.
    } finally {
      this.#early.delete(jobId);
    }
  }
}
