// All hostile files of the tests, each with a folder of its own to lie in.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ImporterTask } from '#contract/importer-messages.ts';
import { hostileData } from './data-files.ts';
import type { HostileFile } from './hostile-file.ts';
import { hostileKerasFiles } from './keras-files.ts';
import { hostileOnnxFiles } from './onnx-files.ts';
import { hostileTfjsFolders } from './tfjs-folders.ts';

export const hostileFiles: readonly HostileFile[] = [...hostileKerasFiles, ...hostileTfjsFolders, ...hostileOnnxFiles, ...hostileData];

/** @param root a folder that is there. @returns the importer's task for each file, in their order; the staging folder of all is `root/staging`. */
export async function lieThere(root: string, files = hostileFiles): Promise<readonly ImporterTask[]> {
  const staging = join(root, 'staging');
  mkdirSync(staging);
  return Promise.all(
    files.map(async ({ as, lay }, at): Promise<ImporterTask> => {
      const folder = join(root, `${at}`);
      mkdirSync(folder);
      const path = await lay(folder);
      return as === 'model' ? { kind: 'model', path, staging } : { kind: 'dataset', source: path, staging };
    }),
  );
}
