// Arrays as NumPy and MNIST's makers write them, and datasets made of them.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { zipSync } from 'fflate';
import { npyBytes, readNpy } from '#formats/containers/npy.ts';
import { gunzip } from '#formats/containers/gzip.ts';
import { sourceOf } from '#formats/containers/guarded-file.ts';
import { readIdxHeader } from '#formats/containers/idx.ts';
import { openDatasetFile, readDatasetFile, writeDatasetFile } from '#formats/dataset-file.ts';
import { halfToFloat } from '#formats/half-floats.ts';
import type { NumericArray } from '#formats/numeric-array.ts';
import { importData } from './import-data.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const npy = (name: string) => readNpy(readFileSync(join(fixtures, name)), { file: name });
const folder = mkdtempSync(join(tmpdir(), 'datasets-'));

test("NumPy's Fortran order, big-endian, half and bool arrays come out as C-order float32, int32 and uint8", () => {
  assert.deepEqual(npy('fortran.npy'), {
    dtype: 'float32',
    shape: [2, 3, 4],
    data: Float32Array.from({ length: 24 }, (_, index) => index),
  });
  assert.deepEqual(npy('big-endian.npy'), { dtype: 'int32', shape: [3, 2], data: new Int32Array([0, 1, 2, 3, 4, 5]) });
  assert.deepEqual(npy('half.npy').data, new Float32Array([0, 1, -2.5, 65504, 2 ** -24]));
  assert.deepEqual(npy('bool.npy'), { dtype: 'uint8', shape: [3], data: new Uint8Array([1, 0, 1]) });
});

test('what npyBytes writes, readNpy reads', () => {
  const array: NumericArray = { dtype: 'float32', shape: [3], data: new Float32Array([1, 2, 3]) };
  assert.deepEqual(readNpy(npyBytes(array), { file: 'x.npy' }), array);
  assert.equal(npyBytes(array).length, 128 + 12);
});

test('half precision: 0x3c00 is 1, 0x0001 is 2^-24, 0xfc00 is -∞', () => {
  assert.deepEqual([0x3c00, 0x0001, 0xfc00, 0x7bff].map(halfToFloat), [1, 2 ** -24, -Infinity, 65504]);
});

test('blobs.npz, its labels one-hot for train and numbers for test: 18, 2 and 6 samples of 4 × 4 × 1', async () => {
  const dataset = await importData(join(fixtures, 'blobs.npz'));
  assert.deepEqual(dataset.summary.counts, { train: 18, validation: 2, test: 6 });
  assert.deepEqual(dataset.summary.sampleShape, [4, 4, 1]);
  assert.equal(dataset.summary.classes.length, 3);
  assert.equal(dataset.scale, 1 / 255);
  const path = join(folder, 'blobs.espalier');
  writeDatasetFile(path, dataset);
  assert.deepEqual(readDatasetFile(path), dataset);
  const open = openDatasetFile(path);
  assert.deepEqual(open.rows('test', 2, 3).labels, dataset.splits.test.labels.slice(2, 3));
  open.close();
});

function idx(sizes: number[], values: number[]): Buffer {
  const head = Buffer.alloc(4 + 4 * sizes.length);
  head.writeUInt32BE(0x0800 + sizes.length);
  sizes.forEach((size, axis) => head.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([head, Buffer.from(values)]);
}

test('a folder of IDX files, raw and gzipped, is one dataset: a tenth of train validates, one of each class', async () => {
  const images = Array.from({ length: 20 * 4 }, (_, index) => index % 256);
  writeFileSync(join(folder, 'train-images-idx3-ubyte'), idx([20, 2, 2], images));
  writeFileSync(
    join(folder, 'train-labels-idx1-ubyte.gz'),
    gzipSync(
      idx(
        [20],
        Array.from({ length: 20 }, (_, index) => index % 2),
      ),
    ),
  );
  writeFileSync(join(folder, 't10k-images.idx3-ubyte'), idx([2, 2, 2], images.slice(0, 8)));
  writeFileSync(join(folder, 't10k-labels.idx1-ubyte'), idx([2], [1, 0]));
  const { summary, splits } = await importData(folder);
  assert.deepEqual(summary.counts, { train: 18, validation: 2, test: 2 });
  assert.deepEqual([...splits.validation.labels].sort(), [0, 1]);
  assert.deepEqual(summary.balance, [11, 11]);
});

const refused: [string, string, () => Promise<unknown>][] = [
  ['labels below 0', 'wrong-labels', () => withArrays({ y_train: array('<i4', [4], [0, 1, -1, 0]) })],
  ['labels that are infinite', 'wrong-labels', () => withArrays({ y_train: array('<f4', [4], [0, 1, Infinity, 0]) })],
  ['a one-hot row with two ones', 'wrong-labels', () => withArrays({ y_train: array('<f4', [4, 2], [1, 1, 0, 1, 1, 0, 0, 1]) })],
  ['one label too few', 'wrong-shape', () => withArrays({ y_train: array('<i4', [3], [0, 1, 0]) })],
  ['test samples of another shape', 'wrong-shape', () => withArrays({ x_test: array('<f4', [4, 1], [1, 2, 3, 4]) })],
  ['an array missing', 'not-a-dataset', () => withArrays({ y_test: undefined })],
  ['inputs that are not numbers', 'not-a-dataset', () => withArrays({ x_train: array('<f4', [4, 2], [1, 2, NaN, 4, 5, 6, 7, 8]) })],
  ['no file', 'not-found', () => importData(join(folder, 'absent.npz'))],
  ['an empty folder', 'not-a-dataset', () => importData(mkdtempSync(join(tmpdir(), 'none-')))],
  ['IDX cut short', 'damaged-file', async () => readIdxHeader(sourceOf(idx([3, 2], [1, 2, 3, 4, 5])), { file: 'cut' })],
  ['IDX of 16 TB', 'over-limit', async () => readIdxHeader(sourceOf(idx([2 ** 32 - 1, 4096], [1])), { file: 'vast' })],
  ['a gzip bomb of IDX', 'over-limit', () => gunzip(sourceOf(gzipSync(Buffer.alloc(64 * 2 ** 20))), { file: 'bomb.gz' }, () => undefined)],
  [
    'gzip cut short',
    'damaged-file',
    () => gunzip(sourceOf(gzipSync(idx([2], [1, 2])).subarray(0, 20)), { file: 'cut.gz' }, () => undefined),
  ],
];
for (const [what, code, action] of refused) {
  test(`refused: ${what} (${code})`, async () => {
    await assert.rejects(action, { code });
  });
}

function array(descr: '<i4' | '<f4', shape: number[], values: number[]): Uint8Array {
  return npyBytes(
    descr === '<i4'
      ? { dtype: 'int32', shape, data: Int32Array.from(values) }
      : { dtype: 'float32', shape, data: Float32Array.from(values) },
  );
}

function withArrays(changes: Record<string, Uint8Array | undefined>): Promise<unknown> {
  const sound = {
    x_train: array('<f4', [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
    y_train: array('<i4', [4], [0, 1, 0, 1]),
    x_test: array('<f4', [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
    y_test: array('<i4', [4], [0, 1, 0, 1]),
  };
  const members = Object.entries({ ...sound, ...changes }).flatMap(([name, bytes]) =>
    bytes === undefined ? [] : [[`${name}.npy`, bytes] as const],
  );
  const path = join(folder, 'changed.npz');
  writeFileSync(path, zipSync(Object.fromEntries(members)));
  return importData(path);
}
