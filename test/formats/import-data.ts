// Imports data as the importer does, into a scratch folder, and reads what was written back as a whole.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataOptions } from '#contract/data-options.ts';
import { readDatasetFile, type DatasetArtifact } from '#formats/dataset-file.ts';
import { runImporterTask } from '#main/importer/run-importer-task.ts';

/** Nothing but the artifact is left in the staging folder, or this throws. */
export async function importData(source: string, options: Partial<DataOptions> = {}): Promise<DatasetArtifact> {
  const staging = mkdtempSync(join(tmpdir(), 'staging-'));
  try {
    const result = await runImporterTask({ kind: 'dataset', source, options: DataOptions.parse(options), staging });
    if (result.kind !== 'dataset') throw new Error(result.kind);
    if (readdirSync(staging).join() !== 'dataset.espalier') throw new Error(`left behind: ${readdirSync(staging).join()}`);
    return readDatasetFile(result.artifact.path);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

export function reportOf({ summary }: DatasetArtifact) {
  if (summary.report === undefined) throw new Error('the dataset has no report');
  return summary.report;
}
