// Projects: create, open, rename, archive, hide and restore.
import { StudioError } from '#contract/errors.ts';
import type { Project } from '#contract/nouns.ts';
import type { procedures } from '#contract/procedures.ts';
import type { Handlers } from '#rpc/contract-types.ts';
import { newId } from './ids.ts';
import { projectOf } from './keep-artifact.ts';
import type { ImportHandlers } from './serve-imports.ts';
import type { StudioParts } from './studio-parts.ts';

export function serveProjects(parts: StudioParts, imports: ImportHandlers): Handlers<typeof procedures>['projects'] {
  const { store, feed, now } = parts;

  function create(name: string): Project {
    const project: Project = { id: newId('project'), name, createdAt: now(), archivedAt: null, baselineId: null };
    store.transact(() => store.projects.insert(project));
    feed.tell('projectChanged', { project });
    return project;
  }

  function change(id: string, write: () => void): Project {
    projectOf(store, id);
    store.transact(write);
    const project = projectOf(store, id);
    feed.tell('projectChanged', { project });
    return project;
  }

  return {
    create: ({ name }) => create(name),
    /** The dataset comes first: where it can't be found, no half a project is left behind. */
    async createSample() {
      const project = create('MNIST sample');
      try {
        await imports.datasets.import({ projectId: project.id, source: 'mnist' });
        await imports.models.addStarter({ projectId: project.id, starter: 'lenet-300-100', seed: 1 });
        await imports.models.addStarter({ projectId: project.id, starter: 'cnn-small', seed: 1 });
      } catch (error) {
        store.transact(() => store.projects.hide(project.id, now()));
        feed.tell('projectRemoved', { id: project.id });
        throw error;
      }
      return projectOf(store, project.id);
    },
    open({ id }) {
      const project = projectOf(store, id);
      return {
        seq: feed.seq,
        project,
        models: store.models.ofProject(id),
        datasets: store.datasets.ofProject(id),
        variants: store.variants.ofProject(id),
        jobs: store.jobs.ofProject(id),
      };
    },
    rename: ({ id, name }) => change(id, () => store.projects.rename(id, name)),
    archive: ({ id, archived }) => change(id, () => store.projects.archive(id, archived ? now() : null)),
    remove({ id }) {
      const project = projectOf(store, id);
      const busy = store.jobs.ofProject(id).find(({ state }) => state === 'running' || state === 'queued');
      if (busy !== undefined) {
        throw new StudioError('conflict', `"${project.name}" has work going on ("${busy.name}").`, {
          where: id,
          whatToDo: 'Cancel it or wait for its end, then remove the project.',
        });
      }
      store.transact(() => store.projects.hide(id, now()));
      feed.tell('projectRemoved', { id });
      return null;
    },
    restore({ id }) {
      if (store.projects.find(id) === undefined && !store.projects.isHidden(id)) projectOf(store, id);
      store.transact(() => store.projects.hide(id, null));
      const project = projectOf(store, id);
      feed.tell('projectChanged', { project });
      return project;
    },
    setBaseline({ id, variantId }) {
      if (variantId !== null && store.variants.find(variantId)?.projectId !== id) {
        throw new StudioError('not-found', `There is no variant ${variantId} in this project.`, { where: variantId });
      }
      return change(id, () => store.projects.setBaseline(id, variantId));
    },
  };
}
