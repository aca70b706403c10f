// Arrays as NumPy, PyTorch and downloads bring them: channels first, words as labels, names of classes, archives by split, folders in folders.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { DataOptions, matchedTo } from '#contract/data-options.ts';
import { npyBytes } from '#formats/containers/npy.ts';
import { importData, reportOf } from './import-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'arrays-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
function written(files: Readonly<Record<string, Uint8Array>>): string {
  const root = join(folder, String(++made));
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
  return root;
}
const npz = (arrays: Readonly<Record<string, Uint8Array>>) =>
  join(
    written({ 'set.npz': zipSync(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes]))) }),
    'set.npz',
  );
const bytes = (shape: readonly number[], value: (at: number) => number) =>
  npyBytes({
    dtype: 'uint8',
    shape,
    data: Uint8Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, at) => value(at)),
  });
const numbers = (shape: readonly number[], value: (at: number) => number) =>
  npyBytes({
    dtype: 'float32',
    shape,
    data: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, at) => value(at)),
  });

/** As numpy.save writes a column of strings. */
function words(texts: readonly string[], kind: 'U' | 'S'): Uint8Array {
  const length = Math.max(...texts.map((text) => [...text].length));
  const literal = `{'descr': '${kind === 'U' ? '<U' : '|S'}${length}', 'fortran_order': False, 'shape': (${texts.length},), }`;
  const header = Buffer.alloc(128, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(118, 8);
  header.write(literal, 10, 'latin1');
  header.write('\n', 127, 'latin1');
  const size = length * (kind === 'U' ? 4 : 1);
  const body = Buffer.alloc(texts.length * size);
  texts.forEach((text, row) =>
    [...text].forEach((character, at) => {
      if (kind === 'U') body.writeUInt32LE(character.codePointAt(0)!, row * size + at * 4);
      else body.write(character, row * size + at, 'latin1');
    }),
  );
  return Buffer.concat([header, body]);
}
const classOf = (at: number) => at % 3;
const images = bytes([12, 5, 6], (at) => (at * 7) % 251);
const labels = bytes([12], classOf);
const plain = await importData(npz({ x: images, y: labels }));

test('3 × 5 × 6 is turned to 5 × 6 × 3 and told; --axes keeps it; 1 × 5 × 6 is 5 × 6 × 1 without a word', async () => {
  const path = npz({ x: bytes([12, 3, 5, 6], (at) => (at * 7) % 251), y: labels });
  const turned = await importData(path, { split: '0.5/0/0.5' });
  const kept = await importData(path, { split: '0.5/0/0.5', axes: 'as-is' });
  assert.deepEqual(
    [turned.summary.sampleShape, kept.summary.sampleShape],
    [
      [5, 6, 3],
      [3, 5, 6],
    ],
  );
  const [a, b] = [turned.splits.train.inputs.data, kept.splits.train.inputs.data];
  for (const sample of [0, 5])
    for (const [y, x, channel] of [
      [0, 0, 2],
      [4, 5, 0],
      [3, 1, 1],
    ] as const)
      assert.equal(a[sample * 90 + (y * 6 + x) * 3 + channel], b[sample * 90 + channel * 30 + y * 6 + x]);
  assert.match(reportOf(turned).warnings.join('\n'), /3 × 5 × 6: their channels come first and are put last/);
  assert.doesNotMatch(reportOf(kept).warnings.join('\n'), /channels/);
  const single = await importData(npz({ x: bytes([12, 1, 5, 6], (at) => (at * 7) % 251), y: labels }));
  assert.deepEqual([single.summary, single.splits], [plain.summary, plain.splits]);
});

test('12 bands are turned where it is asked for; a network of channels in front is given them as they are', async () => {
  const path = npz({ x: bytes([6, 12, 5, 5], (at) => at % 251), y: bytes([6], (at) => at % 2) });
  assert.deepEqual((await importData(path, { split: '0.5/0/0.5', axes: 'channels-first' })).summary.sampleShape, [5, 5, 12]);
  const options = DataOptions.parse({});
  assert.equal(matchedTo(options, { inputShape: [null, 3, 32, 32], layers: [] }).axes, 'as-is');
  assert.equal(matchedTo(options, { inputShape: [null, 32, 32, 3], layers: [] }).axes, undefined);
});

for (const kind of ['U', 'S'] as const)
  test(`labels of words, dtype ${kind}: classes by the alphabet, over all splits alike`, async () => {
    const names = kind === 'U' ? ['bee', 'čmelák', 'ant'] : ['bee', 'moth', 'ant'];
    const some = (indices: readonly number[]) =>
      words(
        indices.map((at) => names[at]!),
        kind,
      );
    const { summary, splits } = await importData(
      npz({
        x_train: images,
        y_train: some([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]),
        x_test: bytes([2, 5, 6], (at) => at),
        y_test: some([2, 2]),
      }),
    );
    assert.deepEqual(summary.classes, names.toSorted());
    assert.deepEqual([...splits.test.labels], [0, 0]);
  });

test('class_names names the labels; labels of (N, 1, 1) are labels; labels from 1 on are told', async () => {
  const named = await importData(npz({ classes: words(['ant', 'bee', 'fly'], 'U'), x: images, y: bytes([12, 1, 1], classOf) }));
  assert.deepEqual([named.summary.classes, named.splits], [['ant', 'bee', 'fly'], plain.splits]);
  const from1 = await importData(npz({ x: images, y: bytes([12], (at) => classOf(at) + 1) }));
  assert.match(reportOf(from1).warnings.join('\n'), /labels begin at 1: a network needs 4 outputs/);
});

test('images of floats up to 255 are fed as they are, and that is told; with a range nothing is', async () => {
  const path = npz({ x: numbers([12, 5, 6], (at) => (at * 7) % 251), y: labels });
  assert.match(reportOf(await importData(path)).warnings.join('\n'), /go up to 250 and are fed as they are; --range 0\.\.1/);
  assert.doesNotMatch(reportOf(await importData(path, { range: '0..1' })).warnings.join('\n'), /go up to/);
});

test('a NaN is named with its array, its sample and its place there', async () => {
  const path = npz({ x: numbers([12, 4], (at) => (at === 9 ? NaN : at)), y: labels });
  await assert.rejects(importData(path), { code: 'not-a-dataset', where: /x\.npy/, message: /Sample 2 holds a NaN, its value 2 of 4/ });
});

const idx = (sizes: readonly number[], body: Uint8Array) => {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.set([0, 0, 8, sizes.length]);
  sizes.forEach((size, at) => header.writeUInt32BE(size, 4 + 4 * at));
  return Buffer.concat([header, body]);
};
const pixels = Uint8Array.from({ length: 12 * 30 }, (_, at) => (at * 7) % 251);
const classes = Uint8Array.from({ length: 12 }, (_, at) => classOf(at));

test('train.npz and test.npz, train/x.npy and test/x.npy, and IDX files two folders down are one set', async () => {
  const members = { 'x.npy': images, 'y.npy': labels };
  const archives = await importData(written({ 'train.npz': zipSync(members), 'test.npz': zipSync(members) }));
  const folders = await importData(
    written(
      Object.fromEntries(['train', 'test'].flatMap((split) => Object.entries(members).map(([name, each]) => [`${split}/${name}`, each]))),
    ),
  );
  const files = { 'train-images-idx3-ubyte': idx([12, 5, 6], pixels), 'train-labels-idx1-ubyte': idx([12], classes) };
  const tests = { 't10k-images-idx3-ubyte': files['train-images-idx3-ubyte'], 't10k-labels-idx1-ubyte': files['train-labels-idx1-ubyte'] };
  const both = Object.entries({ ...files, ...tests }).flatMap(([name, each]) => [
    [`MNIST/raw/${name}`, each] as const,
    [`MNIST/raw/${name}.gz`, gzipSync(each)] as const,
  ]);
  const torchvision = await importData(written(Object.fromEntries(both)));
  for (const each of [archives, folders, torchvision]) {
    assert.deepEqual(reportOf(each).given, ['train', 'test']);
    assert.deepEqual(each.splits, archives.splits);
  }
});

test('two sets of EMNIST in one folder are refused rather than one of them chosen; an archive of no arrays is told', async () => {
  const each = { images: idx([12, 5, 6], pixels), labels: idx([12], classes) };
  const files = ['letters', 'digits'].flatMap((set) =>
    Object.entries(each).map(([what, body]) => [`emnist-${set}-train-${what}-idx${what === 'images' ? 3 : 1}-ubyte`, body]),
  );
  await assert.rejects(importData(written(Object.fromEntries(files))), {
    code: 'not-a-dataset',
    message: /several sets: emnist-digits.*emnist-letters/,
  });
  const archive = written({
    'iris.zip': zipSync({ 'iris.csv': Buffer.from('a,b') }),
    'book.xlsx': zipSync({ 'xl/workbook.xml': Buffer.from('<x/>') }),
  });
  await assert.rejects(importData(join(archive, 'iris.zip')), {
    message: /archive of other things than arrays: iris\.csv/,
    whatToDo: /Unpack/,
  });
  await assert.rejects(importData(join(archive, 'book.xlsx')), { message: /Excel/, whatToDo: /CSV/ });
});
