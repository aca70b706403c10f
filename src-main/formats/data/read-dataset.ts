// Reads a dataset from a path, whatever it is.
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type { DataOptions } from '#contract/data-options.ts';
import { StudioError } from '#contract/errors.ts';
import { fromSystem } from '../read-model.ts';
import { imageLayout } from './image-layout.ts';
import type { Opened } from './open-source.ts';
import { readNpyFolder, readNpz, readNpzFolder } from './read-array-set.ts';
import { readCsvSet } from './read-csv-set.ts';
import { readIdxFolder } from './read-idx-folder.ts';
import { readImages } from './read-images.ts';
import { readTableArray } from './read-table-array.ts';
import { recognise } from './recognise.ts';
import type { SourceDataset } from './source-dataset.ts';

/** `tell` hears the share done. @throws StudioError, nothing else: `not-found`, `not-a-dataset` and what the readers say. */
export async function readDataset(
  opened: Opened,
  source: string,
  options: DataOptions,
  tell: (share: number) => void = () => undefined,
): Promise<SourceDataset> {
  let format: string | undefined;
  try {
    // The user named this path: a link there is the user's own. Links further in are not.
    const path = realpathSync(source);
    const name = basename(source).replace(/\.(csv|tsv|txt|data)(\.gz)?$/i, '');
    const found = recognise(path);
    format = found.kind.replace('-folder', '');
    switch (found.kind) {
      case 'npz':
        return await readNpz(opened, path, options);
      case 'npz-folder':
        return await readNpzFolder(opened, found.folder, found.paths, options);
      case 'npy':
        return await readTableArray(opened, path, options);
      case 'csv':
        return await readCsvSet(opened, name, found.files, options, tell);
      case 'idx':
        return await readIdxFolder(opened, found.folder, found.paths);
      case 'npy-folder':
        return await readNpyFolder(opened, found.folder, found.paths, options);
      case 'images':
        return await readImages(opened, found.folder, await imageLayout(opened, found.folder, found, options), options, tell);
    }
  } catch (thrown) {
    const refused = thrown instanceof StudioError ? thrown : fromSystem(thrown, source);
    throw format === undefined ? refused : refused.ofFormat(format);
  }
}
