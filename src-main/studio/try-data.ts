// One batch of a dataset through a network, in an engine of its own that leaves nothing behind.
import { mkdir, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import type { Trial } from '#contract/measurement.ts';
import { runEngine } from '#main/supervisor/run-engine.ts';
import { datasetOf, variantOf } from './engine-task.ts';
import type { StudioParts } from './studio-parts.ts';

/** @throws StudioError not-found; wrong-shape, wrong-labels, unsupported where data and network don't fit */
export async function tryData(parts: StudioParts, datasetId: string, variantId: string): Promise<Trial> {
  const { store, spawn, threads, engineLimits } = parts;
  const data = store.artifacts.pathOf(datasetOf(store, datasetId).artifact);
  const model = store.artifacts.pathOf(variantOf(store, variantId).artifact);
  const workspace = join(store.home, 'staging', randomUUID());
  await mkdir(workspace, { recursive: true, mode: 0o700 });
  try {
    const run = runEngine(spawn, { task: { kind: 'try', model, data }, workspace, threads, limits: engineLimits, hear: () => undefined });
    const end = await run.ended;
    if (end.kind === 'done' && end.result.kind === 'try') return end.result;
    if (end.kind === 'failed' || end.kind === 'died') throw StudioError.fromProblem(end.problem);
    throw new StudioError('internal', 'The engine ended without an answer.');
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}
