// All the projects of the studio's home, and what can be done with a project as a whole.
import { SvelteMap } from 'svelte/reactivity';
import type { Project } from '#contract/nouns.ts';
import type { Studio } from './studio.svelte.ts';

export class Projects {
  readonly #byId = new SvelteMap<string, Project>();
  readonly #studio: Studio;
  /** Newest first. */
  readonly all = $derived([...this.#byId.values()].sort((a, b) => b.createdAt - a.createdAt));
  readonly current = $derived(this.all.filter(({ archivedAt }) => archivedAt === null));
  readonly archived = $derived(this.all.filter(({ archivedAt }) => archivedAt !== null));

  constructor(studio: Studio) {
    this.#studio = studio;
    studio.onSnapshot(({ projects }) => {
      this.#byId.clear();
      for (const project of projects) this.put(project);
    });
    studio.onEvent((event) => {
      if (event.name === 'projectChanged') this.put(event.data.project);
      if (event.name === 'projectRemoved') this.#byId.delete(event.data.id);
    });
  }

  get(id: string): Project | undefined {
    return this.#byId.get(id);
  }

  put(project: Project): Project {
    this.#byId.set(project.id, project);
    return project;
  }

  async create(name: string): Promise<Project> {
    return this.put(await this.#studio.client.projects.create({ name }));
  }

  async createSample(): Promise<Project> {
    return this.put(await this.#studio.client.projects.createSample({}));
  }

  async rename(id: string, name: string): Promise<void> {
    this.put(await this.#studio.client.projects.rename({ id, name }));
  }

  async archive(id: string, archived: boolean): Promise<void> {
    this.put(await this.#studio.client.projects.archive({ id, archived }));
  }

  async setBaseline(id: string, variantId: string | null): Promise<void> {
    this.put(await this.#studio.client.projects.setBaseline({ id, variantId }));
  }

  /** Gone from the list at once; `restore` takes it back until the studio next starts. */
  async remove(id: string): Promise<void> {
    await this.#studio.client.projects.remove({ id });
    this.#byId.delete(id);
  }

  async restore(id: string): Promise<void> {
    this.put(await this.#studio.client.projects.restore({ id }));
  }
}
