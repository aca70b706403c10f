// What nothing refers to any more goes at the next start: hidden rows first, then their files, then what crashes left behind.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from './open-store.ts';

/** An object younger than this may belong to a row that is just being written. */
const graceMs = 3_600_000;

export function collectGarbage(store: Store, now: number = Date.now()): void {
  store.transact(() => {
    store.projects.purgeHidden();
    store.variants.purgeHidden();
  });
  const known = new Set([...store.variants.ids(), ...store.datasets.ids()]);
  for (const id of store.manifests.ids()) if (!known.has(id)) store.manifests.remove(id);
  store.artifacts.sweep(new Set([...store.variants.artifacts(), ...store.datasets.artifacts()]), graceMs, now);
  rmSync(join(store.home, 'staging'), { recursive: true, force: true });
  const workspaces = join(store.home, 'jobs');
  const live = new Set(store.jobs.inStates(['queued', 'running', 'paused', 'resumable']).map(({ id }) => id));
  for (const id of existsSync(workspaces) ? readdirSync(workspaces) : []) {
    if (!live.has(id)) rmSync(join(workspaces, id), { recursive: true, force: true });
  }
}
