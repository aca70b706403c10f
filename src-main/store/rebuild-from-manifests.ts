// Puts back the variants and datasets whose files are there and whose rows are not: what a backup was too old for.
import type { Manifest } from './manifests.ts';
import type { Store } from './open-store.ts';

/** Returns how many rows were put back. Parents come before children because a manifest's time is its variant's. */
export function rebuildFromManifests(store: Store): number {
  const lost = store.manifests.all().filter((manifest) => !isKnown(store, manifest) && store.artifacts.has(artifactOf(manifest)));
  lost.sort((a, b) => timeOf(a) - timeOf(b));
  store.transact(() => {
    for (const manifest of lost) putBack(store, manifest);
  });
  return lost.length;
}

function putBack(store: Store, manifest: Manifest): void {
  if (store.projects.find(manifest.project.id) === undefined && !store.projects.isHidden(manifest.project.id))
    store.projects.insert(manifest.project);
  if (manifest.kind === 'dataset') return store.datasets.insert(manifest.dataset);
  const { model, variant } = manifest;
  if (store.models.find(model.id) === undefined) store.models.insert(model);
  const parentId = variant.parentId !== null && store.variants.exists(variant.parentId) ? variant.parentId : null;
  const jobId = variant.jobId !== null && store.jobs.find(variant.jobId) !== undefined ? variant.jobId : null;
  store.variants.insert({ ...variant, parentId, jobId });
}

function isKnown(store: Store, manifest: Manifest): boolean {
  return manifest.kind === 'variant' ? store.variants.exists(manifest.variant.id) : store.datasets.find(manifest.dataset.id) !== undefined;
}

function artifactOf(manifest: Manifest): string {
  return manifest.kind === 'variant' ? manifest.variant.artifact : manifest.dataset.artifact;
}

function timeOf(manifest: Manifest): number {
  return manifest.kind === 'variant' ? manifest.variant.createdAt : manifest.dataset.createdAt;
}
