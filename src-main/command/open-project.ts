// The project of the home in which the command line records its work, with its models and data sets reused rather than imported twice.
import { statSync } from 'node:fs';
import { DataOptions, sameReading } from '#contract/data-options.ts';
import type { NetworkSummary } from '#contract/network.ts';
import type { Dataset, Job, Project, Variant } from '#contract/nouns.ts';
import { loadModel, whileReading } from './load-inputs.ts';
import { dataSource, modelSource } from './name-inputs.ts';
import type { OpenStudio, Parts, StudioClient } from './parts.ts';
import { say, type Terminal } from './terminal.ts';
import { inWorkFolder } from './work-folder.ts';

/** The newest project of this name that isn't archived, or a new one. */
export async function projectNamed(client: StudioClient, name: string): Promise<Project> {
  const { projects } = await client.studio.snapshot({});
  const same = projects
    .filter((project) => project.name === name && project.archivedAt === null)
    .toSorted((a, b) => b.createdAt - a.createdAt);
  return same[0] ?? client.projects.create({ name });
}

/**
 * The variant of the project that is this very model: the one whose artifact has the same bytes (a starter of the same seed, a file imported before), or
 * the one whose job has written the file, so that `train --out x.keras` and then `prune x.keras` are one lineage. Otherwise the model is imported.
 * @throws StudioError
 */
export async function variantOf(
  parts: Parts,
  client: StudioClient,
  terminal: Terminal,
  projectId: string,
  word: string,
  seed: number,
): Promise<Variant> {
  const source = modelSource(word, terminal.folder);
  const { variants, jobs } = await client.projects.open({ id: projectId });
  if (variants.length > 0) {
    const { sha256, summary } = await inWorkFolder((folder) => loadModel(parts, terminal, word, folder, seed));
    const same = variants.filter(({ artifact }) => artifact === sha256).toSorted((a, b) => a.createdAt - b.createdAt)[0];
    const written = source.kind === 'file' ? writtenBy(jobs, source.path) : undefined;
    const known = same ?? variants.find((variant) => variant.id === written && sameNumbers(variant.summary, summary));
    if (known !== undefined) return known;
  }
  const weights = source.weights === undefined ? {} : { weights: source.weights };
  const { variant } =
    source.kind === 'starter'
      ? await client.models.addStarter({ projectId, starter: source.starter, seed, ...weights })
      : await client.models.import({ projectId, path: source.path, name: source.name, ...weights });
  return variant;
}

/** The variant behind a file that the newest job with this path has written and nobody has written since. */
function writtenBy(jobs: readonly Job[], path: string): string | undefined {
  const wrote = ({ exported }: Job) => exported?.files.some((file) => file.path === path) ?? false;
  const job = jobs.filter(wrote).toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))[0];
  if (job?.endedAt == null) return undefined;
  const { size, mtimeMs } = statSync(path);
  const untouched = mtimeMs <= job.endedAt + 1000 && job.exported?.files.some((file) => file.path === path && file.bytes === size);
  return untouched === true ? (job.order.kind === 'export' ? job.order.variantId : (job.variantId ?? undefined)) : undefined;
}

/** Gzipped bytes are as good as a fingerprint of the weights, and readers and writers may name the layers' inputs differently. */
function sameNumbers(a: NetworkSummary, b: NetworkSummary): boolean {
  return a.parameters === b.parameters && a.nonzero === b.nonzero && a.macs === b.macs && a.bytes.gzip === b.bytes.gzip;
}

/** A built-in set is known by its name and how it was read; of all else the studio compares the content and keeps it once. @throws StudioError */
export async function datasetOf(
  { client, on }: Pick<OpenStudio, 'client' | 'on'>,
  terminal: Terminal,
  projectId: string,
  word: string,
  options: DataOptions = DataOptions.parse({}),
): Promise<Dataset> {
  const source = dataSource(word, terminal.folder);
  const { datasets } = await client.projects.open({ id: projectId });
  const known = datasets.find(
    ({ source: other, summary: { report } }) => other === source && report !== undefined && sameReading(report, options),
  );
  if (known !== undefined) return known;
  const dataset = await whileReading(terminal, word, async ({ signal, tell }) => {
    const forget = on('importProgress', (told) => {
      if (told.projectId === projectId && told.source === source) tell(told.share);
    });
    const cancel = (): void => void client.datasets.cancelImport({ projectId, source });
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await client.datasets.import({ projectId, source, options });
    } finally {
      signal.removeEventListener('abort', cancel);
      forget();
    }
  });
  for (const warning of dataset.summary.report?.warnings ?? []) say(terminal, `${dataset.summary.name}: ${warning}`);
  return dataset;
}
