// Training curves fetched once for each run that is looked at, and again when the run has gone on.
import type { Job, MetricPoint } from '#contract/nouns.ts';
import { SvelteMap } from 'svelte/reactivity';

export class SeriesCache {
  readonly #known = new SvelteMap<string, readonly MetricPoint[]>();
  readonly #asked = new Set<string>();
  /** Why the last curve couldn't be had; null while all could. */
  problem = $state<string | null>(null);

  /** The points known so far; empty while they are on their way. */
  points(jobId: string): readonly MetricPoint[] {
    return this.#known.get(jobId) ?? [];
  }

  /** A job that ended, paused or was resumed since is read again. */
  ask(jobIds: readonly string[], jobs: ReadonlyMap<string, Job>, load: (jobId: string) => Promise<readonly MetricPoint[]>): void {
    for (const id of jobIds) {
      const key = `${id} ${jobs.get(id)?.state ?? ''}`;
      if (this.#asked.has(key)) continue;
      this.#asked.add(key);
      void this.#fetch(id, key, load);
    }
  }

  async #fetch(id: string, key: string, load: (jobId: string) => Promise<readonly MetricPoint[]>): Promise<void> {
    try {
      this.#known.set(id, await load(id));
      this.problem = null;
    } catch (thrown) {
      this.#asked.delete(key);
      this.problem = thrown instanceof Error ? thrown.message : String(thrown);
    }
  }
}
