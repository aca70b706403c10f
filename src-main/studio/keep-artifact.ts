// A finished file that a child process left in its folder becomes part of the store: checked, moved, described.
import { realpathSync } from 'node:fs';
import { sep } from 'node:path';
import type { StagedArtifact } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import type { Dataset, Model, Project, Variant } from '#contract/nouns.ts';
import type { Store } from '#main/store/open-store.ts';

/** @throws StudioError unsafe-file where the file is not in the folder that its writer was given */
export function keepArtifact(store: Store, staged: StagedArtifact, folder: string): void {
  const inside = realpathSync(folder) + sep;
  if (!realpathSync(staged.path).startsWith(inside))
    throw new StudioError('unsafe-file', 'A process offered a file outside its own folder.', { where: staged.path });
  store.artifacts.adopt(staged);
}

/** To be called before the row is written, and again when what it says has changed. */
export function describeVariant(store: Store, variant: Variant): void {
  const project = projectOf(store, variant.projectId);
  const model = store.models.find(variant.modelId);
  if (model !== undefined) store.manifests.write({ kind: 'variant', format: 1, project, model, variant });
}

export function describeNewModel(store: Store, model: Model, variant: Variant): void {
  store.manifests.write({ kind: 'variant', format: 1, project: projectOf(store, variant.projectId), model, variant });
}

export function describeDataset(store: Store, dataset: Dataset): void {
  store.manifests.write({ kind: 'dataset', format: 1, project: projectOf(store, dataset.projectId), dataset });
}

/** @throws StudioError not-found */
export function projectOf(store: Store, id: string): Project {
  const project = store.projects.find(id);
  if (project === undefined) throw new StudioError('not-found', `There is no project ${id}; it may have been removed.`, { where: id });
  return project;
}
