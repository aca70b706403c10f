// The project of the home in which the command line records its work, with its models and data sets reused rather than imported twice.
import type { Dataset, Project, Variant } from '#contract/nouns.ts';
import { loadModel } from './load-inputs.ts';
import { dataSource } from './name-inputs.ts';
import type { Parts, StudioClient } from './parts.ts';
import type { Terminal } from './terminal.ts';
import { inWorkFolder } from './work-folder.ts';

/** The newest project of this name that isn't archived, or a new one. */
export async function projectNamed(client: StudioClient, name: string): Promise<Project> {
  const { projects } = await client.studio.snapshot({});
  const same = projects.filter((project) => project.name === name && project.archivedAt === null).toSorted((a, b) => b.createdAt - a.createdAt);
  return same[0] ?? client.projects.create({ name });
}

/**
 * The variant of the project that holds this very model: what is compared is the sha256 of the canonical artifact, so a file that a job of this project
 * has written continues that job's lineage, and a starter is reused where its seed is the same. Where there is none, the model is imported.
 * @throws StudioError
 */
export async function variantOf(parts: Parts, client: StudioClient, terminal: Terminal, projectId: string, word: string, seed: number): Promise<Variant> {
  const { source, sha256 } = await inWorkFolder((folder) => loadModel(parts, terminal, word, folder, seed));
  const { variants } = await client.projects.open({ id: projectId });
  const known = variants.filter(({ artifact }) => artifact === sha256).toSorted((a, b) => a.createdAt - b.createdAt)[0];
  if (known !== undefined) return known;
  const { variant } = source.kind === 'starter'
    ? await client.models.addStarter({ projectId, starter: source.starter, seed })
    : await client.models.import({ projectId, path: source.path, name: source.name });
  return variant;
}

/** @throws StudioError */
export async function datasetOf(client: StudioClient, terminal: Terminal, projectId: string, word: string): Promise<Dataset> {
  const source = dataSource(word, terminal.folder);
  const { datasets } = await client.projects.open({ id: projectId });
  return datasets.find((dataset) => dataset.source === source) ?? client.datasets.import({ projectId, source });
}
