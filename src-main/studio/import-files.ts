// Bytes from outside come in through an importer process with a staging folder of its own.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { ImporterTask } from '#contract/importer-messages.ts';
import { importerLimits, runImporter, type AnswerTo, type ImportWatch } from '#main/supervisor/run-importer.ts';
import type { StudioParts } from './studio-parts.ts';

/** Runs the task with a fresh folder, hands its answer to `keep`, and removes the folder whatever happens. */
export async function withStaging<T extends ImporterTask, R>(
  { store, spawn }: StudioParts,
  task: (staging: string) => T,
  keep: (answer: AnswerTo<T>, staging: string) => R,
  watch: ImportWatch = {},
): Promise<R> {
  const staging = join(store.home, 'staging', randomUUID());
  await mkdir(staging, { recursive: true, mode: 0o700 });
  try {
    return keep(await runImporter(spawn, task(staging), importerLimits, watch), staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
