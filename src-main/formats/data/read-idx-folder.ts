// A folder of four IDX files named as MNIST's are: train-images…, train-labels…, t10k-images…, t10k-labels…, raw or .gz.
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DatasetArtifact } from '../dataset-file.ts';
import { readIdx } from '../containers/idx.ts';
import { refusal } from '../refusal.ts';
import { toDataset, type RawSplit } from './splits.ts';

const maxBytes = 2 * 1024 ** 3 - 1;
const maxFiles = 1_000_000;

/** @throws StudioError `not-a-dataset`, `damaged-file`, `unsafe-file`, `over-limit`, `wrong-shape`, `wrong-labels`. */
export function readIdxFolder(
  folder: string,
  about: { name: string; credit: string | null; heldOut?: number } = { name: basename(folder), credit: null },
): DatasetArtifact {
  const files = readdirSync(folder);
  if (files.length > maxFiles) throw refusal('over-limit', { file: folder }, `It holds more than ${maxFiles} files.`);
  const part = (prefix: string, kind: string): { file: string; bytes: Buffer } => {
    const found = files.filter((file) => new RegExp(`^${prefix}-${kind}[-.]idx\\d?[-.]ubyte(\\.gz)?$`).test(file)).sort();
    if (found[0] === undefined) throw refusal('not-a-dataset', { file: folder }, `It holds no ${prefix}-${kind}-idx… file.`);
    return { file: found[0], bytes: readRegular(join(folder, found[0]), found[0]) };
  };
  const split = (prefix: string): RawSplit => {
    const images = part(prefix, 'images');
    const labels = part(prefix, 'labels');
    return {
      inputs: readIdx(images.bytes, { file: images.file }),
      labels: readIdx(labels.bytes, { file: labels.file }),
      place: { file: labels.file },
    };
  };
  return toDataset({ ...about, train: split('train'), test: split(files.some((file) => file.startsWith('t10k-')) ? 't10k' : 'test') });
}

function readRegular(path: string, file: string): Buffer {
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (thrown) {
    const link = thrown instanceof Error && 'code' in thrown && thrown.code === 'ELOOP';
    throw link
      ? refusal('unsafe-file', { file }, 'It is a link, which is never followed.')
      : refusal('disk-error', { file }, "It can't be opened.", 'Check your right to read it.', thrown);
  }
  try {
    const status = fstatSync(handle);
    if (!status.isFile()) throw refusal('unsafe-file', { file }, 'It is no regular file.');
    if (status.size > maxBytes) throw refusal('over-limit', { file }, `It has ${status.size} bytes; at most ${maxBytes} are read.`);
    const bytes = Buffer.alloc(status.size);
    let done = 0;
    for (let got = -1; done < bytes.length && got !== 0; done += got) got = readSync(handle, bytes, done, bytes.length - done, done);
    return bytes.subarray(0, done);
  } finally {
    closeSync(handle);
  }
}
