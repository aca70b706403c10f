// A model and a data set read by importer processes into a work folder, ready for an engine.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataOptions, matchedTo } from '#contract/data-options.ts';
import type { DatasetSummary } from '#contract/nouns.ts';
import type { NetworkSummary } from '#contract/network.ts';
import { dataSource, modelSource, type ModelSource } from './name-inputs.ts';
import type { Invocation } from './parse-arguments.ts';
import type { Parts } from './parts.ts';
import { readOptions } from './read-options.ts';
import { progressLine, showShare } from './show-progress.ts';
import { say, type Terminal } from './terminal.ts';
import { Interrupted } from './usage-error.ts';

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
  const weights = source.weights === undefined ? {} : { weights: source.weights };
  const { artifact, summary } =
    source.kind === 'starter'
      ? await parts.runImporter({ kind: 'starter', starter: source.starter, seed, ...weights, staging })
      : await parts.runImporter({ kind: 'model', path: source.path, ...weights, staging });
  return { source, artifact: artifact.path, sha256: artifact.sha256, summary };
}

/** @throws StudioError */
export async function loadDataset(
  parts: Parts,
  terminal: Terminal,
  word: string,
  options: DataOptions,
  folder: string,
): Promise<LoadedDataset> {
  const source = dataSource(word, terminal.folder);
  const { artifact, summary } = await whileReading(terminal, word, ({ signal, tell }) =>
    parts.runImporter({ kind: 'dataset', source, options, staging: freshFolder(folder) }, { signal, tell }),
  );
  for (const warning of summary.report?.warnings ?? []) say(terminal, `${summary.name}: ${warning}`);
  return { artifact: artifact.path, summary };
}

/** Shows how far an import is and ends it on Ctrl-C. @throws StudioError; Interrupted */
export async function whileReading<T>(
  terminal: Terminal,
  label: string,
  work: (watch: { readonly signal: AbortSignal; readonly tell: (share: number) => void }) => Promise<T>,
): Promise<T> {
  const line = progressLine(terminal, label);
  try {
    return await work({ signal: terminal.interrupted, tell: showShare(line) });
  } catch (thrown) {
    if (terminal.interrupted.aborted) throw new Interrupted('Stopped.', { cause: thrown });
    throw thrown;
  } finally {
    line.clear();
  }
}

/** What was given on how to read the data, the rest as the network wants it. @throws UsageError */
export function readingFor(invocation: Invocation, network: NetworkSummary): DataOptions {
  return DataOptions.parse(matchedTo(readOptions(DataOptions, invocation), network));
}

let folders = 0;

export function freshFolder(folder: string): string {
  const path = join(folder, String(++folders));
  mkdirSync(path);
  return path;
}
