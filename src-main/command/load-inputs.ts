// A model and a data set read by importer processes into a work folder, ready for an engine.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetSummary } from '#contract/nouns.ts';
import type { NetworkSummary } from '#contract/network.ts';
import { dataSource, modelSource, type ModelSource } from './name-inputs.ts';
import type { Parts } from './parts.ts';
import type { Terminal } from './terminal.ts';

export interface LoadedModel {
  readonly source: ModelSource;
  readonly artifact: string;
  readonly sha256: string;
  readonly summary: NetworkSummary;
}
export interface LoadedDataset {
  readonly artifact: string;
  readonly summary: DatasetSummary;
}

/** `folder`: the command's work folder; each input gets one of its own in it. @throws StudioError */
export async function loadModel(parts: Parts, terminal: Terminal, word: string, folder: string, seed = 1): Promise<LoadedModel> {
  const source = modelSource(word, terminal.folder);
  const staging = freshFolder(folder);
  const { artifact, summary } =
    source.kind === 'starter'
      ? await parts.runImporter({ kind: 'starter', starter: source.starter, seed, staging })
      : await parts.runImporter({ kind: 'model', path: source.path, staging });
  return { source, artifact: artifact.path, sha256: artifact.sha256, summary };
}

/** @throws StudioError */
export async function loadDataset(parts: Parts, terminal: Terminal, word: string, folder: string): Promise<LoadedDataset> {
  const { artifact, summary } = await parts.runImporter({
    kind: 'dataset',
    source: dataSource(word, terminal.folder),
    staging: freshFolder(folder),
  });
  return { artifact: artifact.path, summary };
}

let folders = 0;

export function freshFolder(folder: string): string {
  const path = join(folder, String(++folders));
  mkdirSync(path);
  return path;
}
