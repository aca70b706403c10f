// Every job that the page knows of: the live ones of all projects, and all of the open project's.
import { SvelteMap } from 'svelte/reactivity';
import type { z } from 'zod';
import type { Job } from '#contract/nouns.ts';
import type { StudioProcedures } from '#contract/procedures.ts';
import type { Studio } from './studio.svelte.ts';

type Asked<N extends keyof StudioProcedures['jobs']> = z.input<StudioProcedures['jobs'][N]['input']>;

export function isLive({ state }: Job): boolean {
  return state === 'queued' || state === 'running' || state === 'paused' || state === 'resumable';
}

/** 0–1, or null while it can't be told. */
export function jobShare({ progress, state }: Job): number | null {
  if (state === 'done') return 1;
  return progress === null || progress.steps === 0 ? null : progress.step / progress.steps;
}

export class Jobs {
  readonly #byId = new SvelteMap<string, Job>();
  readonly #studio: Studio;
  /** Newest first. */
  readonly all = $derived([...this.#byId.values()].sort((a, b) => b.createdAt - a.createdAt || b.id.localeCompare(a.id)));
  readonly live = $derived(this.all.filter(isLive));

  constructor(studio: Studio) {
    this.#studio = studio;
    studio.onSnapshot(({ liveJobs }) => {
      this.#byId.clear();
      this.take(liveJobs);
    });
    studio.onEvent((event) => {
      if (event.name === 'jobChanged') this.put(event.data.job);
      if (event.name === 'jobProgress' && event.data.progress !== null) this.#progress(event.data.jobId, event.data.progress);
    });
  }

  get(id: string | null | undefined): Job | undefined {
    return id === null || id === undefined ? undefined : this.#byId.get(id);
  }

  of(projectId: string): readonly Job[] {
    return this.all.filter((job) => job.projectId === projectId);
  }

  take(jobs: readonly Job[]): void {
    for (const job of jobs) this.#byId.set(job.id, job);
  }

  put(job: Job): Job {
    this.#byId.set(job.id, job);
    return job;
  }

  #progress(id: string, progress: Job['progress']): void {
    const job = this.#byId.get(id);
    if (job !== undefined) this.#byId.set(id, { ...job, progress });
  }

  /** The reply may be older than an event that overtook it, so a job known already is left as events made it. */
  async #started(reply: Promise<Job>): Promise<Job> {
    const job = await reply;
    return this.#byId.get(job.id) ?? this.put(job);
  }

  train(asked: Asked<'train'>): Promise<Job> {
    return this.#started(this.#studio.client.jobs.train(asked));
  }
  prune(asked: Asked<'prune'>): Promise<Job> {
    return this.#started(this.#studio.client.jobs.prune(asked));
  }
  evaluate(asked: Asked<'evaluate'>): Promise<Job> {
    return this.#started(this.#studio.client.jobs.evaluate(asked));
  }
  sensitivity(asked: Asked<'sensitivity'>): Promise<Job> {
    return this.#started(this.#studio.client.jobs.sensitivity(asked));
  }
  probe(asked: Asked<'probe'>): Promise<Job> {
    return this.#started(this.#studio.client.jobs.probe(asked));
  }
  measure(asked: Asked<'measure'>): Promise<Job> {
    return this.#started(this.#studio.client.jobs.measure(asked));
  }
  export(asked: Asked<'export'>): Promise<Job> {
    return this.#started(this.#studio.client.jobs.export(asked));
  }

  async pause(id: string): Promise<void> {
    await this.#studio.client.jobs.pause({ id });
  }
  async resume(id: string): Promise<void> {
    await this.#studio.client.jobs.resume({ id });
  }
  async cancel(id: string): Promise<void> {
    await this.#studio.client.jobs.cancel({ id });
  }
}
