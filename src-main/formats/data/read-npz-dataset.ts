// A dataset in one .npz: x_train, y_train, x_test, y_test and, if there, x_val, y_val.
import type { DatasetArtifact } from '../dataset-file.ts';
import { openNpz, type NpzArchive } from '../containers/npz.ts';
import { refusal } from '../refusal.ts';
import { toDataset, type RawSplit } from './splits.ts';

/** @throws StudioError `not-a-dataset`, `damaged-file`, `unsafe-file`, `over-limit`, `unsupported`, `wrong-shape`, `wrong-labels`. */
export async function readNpzDataset(bytes: Buffer, file: string): Promise<DatasetArtifact> {
  const npz = await openNpz(bytes, file);
  const missing = ['x_train', 'y_train', 'x_test', 'y_test'].filter((name) => !npz.has(name));
  if (missing.length > 0) throw refusal('not-a-dataset', { file }, `It has no array named ${missing.join(', ')}.`);
  const validation = npz.has('x_val') && npz.has('y_val') ? await split(npz, 'val', file) : undefined;
  return toDataset({
    name: file.replace(/\.npz$/, ''),
    credit: null,
    train: await split(npz, 'train', file),
    test: await split(npz, 'test', file),
    validation,
  });
}

async function split(npz: NpzArchive, name: string, file: string): Promise<RawSplit> {
  return { inputs: await npz.read(`x_${name}`), labels: await npz.read(`y_${name}`), place: { file, member: `y_${name}.npy` } };
}
