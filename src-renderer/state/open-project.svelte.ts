// The project on screen: its models, datasets and variants, loaded once and then kept true by events.
import { SvelteMap } from 'svelte/reactivity';
import type { DataOptions } from '#contract/data-options.ts';
import { StudioError, type Problem } from '#contract/errors.ts';
import type { Trial } from '#contract/measurement.ts';
import type { Dataset, Model, Project, Variant } from '#contract/nouns.ts';
import { baselineLook, lookOf, type Look } from '../charts/looks.ts';
import { EventGate } from './event-gate.ts';
import type { Jobs } from './jobs.svelte.ts';
import type { Projects } from './projects.svelte.ts';
import type { Sample, StudioEvent } from './studio-event.ts';
import type { Studio } from './studio.svelte.ts';

export class OpenProject {
  readonly #studio: Studio;
  readonly #projects: Projects;
  readonly #jobs: Jobs;
  id = $state<string | null>(null);
  status = $state<'none' | 'loading' | 'ready' | 'failed'>('none');
  problem = $state.raw<Problem | null>(null);
  /** The variant looked at last, for the views that don't name one. */
  lastVariantId = $state<string | null>(null);

  readonly #variants = new SvelteMap<string, Variant>();
  readonly #models = new SvelteMap<string, Model>();
  readonly #datasets = new SvelteMap<string, Dataset>();
  readonly #samples = new Map<string, Promise<Sample[]>>();
  readonly #trials = new Map<string, Promise<Trial>>();
  readonly #gate: EventGate<StudioEvent>;

  readonly project = $derived.by<Project | undefined>(() => (this.id === null ? undefined : this.#projects.get(this.id)));
  /** Oldest first: the order in which they grew. */
  readonly variants = $derived([...this.#variants.values()].sort((a, b) => a.createdAt - b.createdAt || a.id.localeCompare(b.id)));
  readonly models = $derived([...this.#models.values()]);
  readonly datasets = $derived([...this.#datasets.values()].sort((a, b) => a.createdAt - b.createdAt));
  #datasetId = $state<string | null>(null);
  /** The one that came in last in this session: a batch of it is tried at once. */
  freshDatasetId = $state<string | null>(null);
  /** The one that forms work with: as chosen, else the first. */
  readonly dataset = $derived(this.#datasets.get(this.#datasetId ?? '') ?? this.datasets[0]);
  /** The one that others are compared with: as chosen, else the first that has a score. */
  readonly baseline = $derived(
    this.#variants.get(this.project?.baselineId ?? '') ?? this.variants.find(({ evaluation }) => evaluation !== null),
  );
  readonly #looks = $derived(new Map(this.variants.map(({ id }, index) => [id, lookOf(index)])));

  constructor(studio: Studio, projects: Projects, jobs: Jobs) {
    this.#studio = studio;
    this.#projects = projects;
    this.#jobs = jobs;
    this.#gate = new EventGate((event) => this.#apply(event));
    studio.onSnapshot(() => {
      if (this.id !== null) void this.#load(this.id);
    });
    studio.onEvent((event) => this.#gate.offer(event));
  }

  variant(id: string | null | undefined): Variant | undefined {
    return id === null || id === undefined ? undefined : this.#variants.get(id);
  }

  /** Its colour and mark, the same in every view. */
  look(id: string): Look {
    return (id === this.baseline?.id ? undefined : this.#looks.get(id)) ?? baselineLook;
  }

  put(variant: Variant): void {
    if (variant.projectId === this.id) this.#variants.set(variant.id, variant);
  }

  /** Does nothing where this project is on screen already. */
  open(id: string | null): void {
    if (id === this.id) return;
    this.id = id;
    this.lastVariantId = null;
    this.#clear();
    this.status = id === null ? 'none' : 'loading';
    if (id !== null && this.#studio.status !== 'connecting') void this.#load(id);
  }

  async #load(id: string): Promise<void> {
    this.#gate.hold();
    try {
      const opened = await this.#studio.client.projects.open({ id });
      if (id !== this.id) return;
      this.#clear();
      this.#projects.put(opened.project);
      for (const model of opened.models) this.#models.set(model.id, model);
      for (const dataset of opened.datasets) this.#datasets.set(dataset.id, dataset);
      for (const variant of opened.variants) this.#variants.set(variant.id, variant);
      this.#jobs.take(opened.jobs);
      this.#gate.release(opened.seq);
      this.problem = null;
      this.status = 'ready';
    } catch (thrown) {
      if (id !== this.id) return;
      this.problem = StudioError.from(thrown).toProblem();
      this.status = 'failed';
    }
  }

  #clear(): void {
    for (const map of [this.#variants, this.#models, this.#datasets, this.#samples, this.#trials]) map.clear();
  }

  #apply(event: StudioEvent): void {
    if (event.name === 'modelAdded' && event.data.model.projectId === this.id) this.#models.set(event.data.model.id, event.data.model);
    if (event.name === 'datasetAdded' && event.data.dataset.projectId === this.id)
      this.#datasets.set(event.data.dataset.id, event.data.dataset);
    if (event.name === 'variantChanged') this.put(event.data.variant);
    if (event.name === 'variantRemoved') this.#variants.delete(event.data.id);
    // Told once more after a held-back load, which may have brought an older state of them.
    if (event.name === 'jobChanged' && event.data.job.projectId === this.id) this.#jobs.put(event.data.job);
    if (event.name === 'projectChanged') this.#projects.put(event.data.project);
  }

  /** `weights`: a file of weights alone for the network, as `path` is one of the network. */
  async addStarter(projectId: string, starter: string, seed = 1, weights?: string): Promise<Variant> {
    const { model, variant } = await this.#studio.client.models.addStarter({
      projectId,
      starter,
      seed,
      ...(weights === undefined ? {} : { weights }),
    });
    return this.#took(model, variant);
  }

  async importModel(projectId: string, path: string, weights?: string): Promise<Variant> {
    const { model, variant } = await this.#studio.client.models.import({ projectId, path, ...(weights === undefined ? {} : { weights }) });
    return this.#took(model, variant);
  }

  /** Chosen for the forms from then on. */
  async importDataset(projectId: string, source: string, options?: DataOptions): Promise<Dataset> {
    const dataset = await this.#studio.client.datasets.import({ projectId, source, ...(options === undefined ? {} : { options }) });
    if (projectId === this.id) {
      this.#datasets.set(dataset.id, dataset);
      this.#datasetId = dataset.id;
      this.freshDatasetId = dataset.id;
    }
    return dataset;
  }

  /** One batch of the dataset through the variant; asked for once for each pair. */
  trial(datasetId: string, variantId: string): Promise<Trial> {
    const key = `${datasetId} ${variantId}`;
    const known = this.#trials.get(key) ?? this.#studio.client.datasets.try({ id: datasetId, variantId });
    this.#trials.set(key, known);
    return known;
  }

  chooseDataset(id: string): void {
    this.#datasetId = id;
  }

  #took(model: Model, variant: Variant): Variant {
    if (model.projectId === this.id) this.#models.set(model.id, model);
    this.put(variant);
    return variant;
  }

  /** Ten samples of a dataset; asked for once. */
  samples(datasetId: string): Promise<Sample[]> {
    const known = this.#samples.get(datasetId) ?? this.#studio.client.datasets.samples({ id: datasetId, count: 10 });
    this.#samples.set(datasetId, known);
    known.catch(() => this.#samples.delete(datasetId));
    return known;
  }

  async renameVariant(id: string, name: string): Promise<void> {
    this.put(await this.#studio.client.variants.rename({ id, name }));
  }

  async removeVariant(id: string): Promise<void> {
    await this.#studio.client.variants.remove({ id });
    this.#variants.delete(id);
  }

  async restoreVariant(id: string): Promise<void> {
    this.put(await this.#studio.client.variants.restore({ id }));
  }
}
