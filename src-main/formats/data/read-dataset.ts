// Reads a dataset from a path: a folder of IDX files or an .npz, told apart by what is there.
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import type { DatasetArtifact } from '../dataset-file.ts';
import { fromSystem } from '../read-model.ts';
import { refusal } from '../refusal.ts';
import { readIdxFolder } from './read-idx-folder.ts';
import { readNpzDataset } from './read-npz-dataset.ts';

const maxBytes = 2 * 1024 ** 3 - 1;

/** @throws StudioError, nothing else: `not-found`, `not-a-dataset` and what the two readers say. */
export async function readDataset(path: string): Promise<DatasetArtifact> {
  const file = basename(path);
  try {
    const status = statSync(path);
    if (status.isDirectory()) return readIdxFolder(path);
    if (!status.isFile()) throw refusal('not-a-dataset', { file }, 'It is no regular file.');
    if (status.size > maxBytes) throw refusal('over-limit', { file }, `It has ${status.size} bytes; at most ${maxBytes} are read.`);
    const bytes = readFileSync(path);
    if (bytes.toString('latin1', 0, 2) !== 'PK')
      throw refusal('not-a-dataset', { file }, 'Its first bytes are not those of an .npz archive.');
    return await readNpzDataset(bytes, file);
  } catch (thrown) {
    if (thrown instanceof StudioError) throw thrown;
    throw fromSystem(thrown, path);
  }
}
