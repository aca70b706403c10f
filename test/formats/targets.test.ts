// Labels that are numbers to be answered and not classes: from CSV and NumPy files, guessed or asked for, one or several a sample.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { zipSync } from 'fflate';
import { npyBytes } from '#formats/containers/npy.ts';
import { importData } from './import-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'targets-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const rows = Array.from({ length: 60 }, (_, at) => ({ size: at, rooms: at % 5, price: 100 + 2.5 * at, rent: at / 4 }));
function csv(name: string): string {
  const path = join(folder, name);
  const lines = rows.map(({ size, rooms, price, rent }) => [size, rooms, price, rent].join(','));
  writeFileSync(path, ['size,rooms,price,rent', ...lines].join('\n'));
  return path;
}
function npz(name: string, y: { shape: number[]; data: Float32Array | Int32Array }): string {
  const path = join(folder, name);
  const dtype = y.data instanceof Float32Array ? 'float32' : 'int32';
  const x = npyBytes({ dtype: 'float32', shape: [20, 3], data: Float32Array.from({ length: 60 }, (_, at) => at) });
  writeFileSync(path, zipSync({ 'x.npy': x, 'y.npy': npyBytes({ dtype, ...y }) }));
  return path;
}

test('CSV: a column of measured numbers is answered as such, and its samples are split at random', async () => {
  const { summary, splits } = await importData(csv('houses.csv'), { label: 'price' });
  const [{ deviation, ...price } = assert.fail(), ...others] = summary.targets ?? [];
  assert.deepEqual([price, others], [{ name: 'price', low: 100, high: 247.5, mean: 173.75 }, []]);
  assert.ok(Math.abs(deviation - Math.sqrt((2.5 ** 2 * (60 ** 2 - 1)) / 12)) < 1e-9);
  assert.deepEqual([summary.classes, summary.balance, summary.report?.features], [[], [], ['size', 'rooms', 'rent']]);
  assert.deepEqual(summary.counts, { train: 48, validation: 6, test: 6 });
  const { inputs, labels } = splits.test;
  assert.ok(labels instanceof Float32Array);
  labels.forEach((price, at) => assert.equal(price, Math.fround(100 + 2.5 * inputs.data[at * 3]!)));
});

test('CSV: two columns at once; whole numbers where they are asked for; words and classes are refused with what to do', async () => {
  const path = csv('both.csv');
  const { summary, splits } = await importData(path, { label: 'price, rent' });
  assert.deepEqual(
    summary.targets?.map(({ name }) => name),
    ['price', 'rent'],
  );
  assert.equal(splits.train.labels.length, 2 * summary.counts.train);
  const whole = await importData(path, { label: 'rooms', task: 'regression' });
  assert.deepEqual([whole.summary.targets?.[0]?.low, whole.summary.targets?.[0]?.high], [0, 4]);
  assert.deepEqual((await importData(path, { label: 'rooms' })).summary.classes.length, 5);
  const words = join(folder, 'words.csv');
  writeFileSync(words, 'a,b\n1,red\n2,blue\n3,red\n');
  await assert.rejects(importData(words, { label: 'b', task: 'regression' }), { code: 'wrong-labels', message: /words, not numbers/ });
});

test('.npz: fractions, rows of numbers, and whole numbers by --task; one-hot rows stay classes', async () => {
  const fractions = await importData(npz('f.npz', { shape: [20], data: Float32Array.from({ length: 20 }, (_, at) => at / 2) }));
  assert.deepEqual([fractions.summary.targets?.length, fractions.summary.targets?.[0]?.high], [1, 9.5]);
  const several = await importData(npz('s.npz', { shape: [20, 2], data: Float32Array.from({ length: 40 }, (_, at) => at) }));
  assert.deepEqual(
    several.summary.targets?.map(({ name, low, high }) => [name, low, high]),
    [
      ['target 1', 0, 38],
      ['target 2', 1, 39],
    ],
  );
  const ages = npz('w.npz', { shape: [20], data: Int32Array.from({ length: 20 }, (_, at) => at - 3) });
  assert.equal((await importData(ages, { task: 'regression' })).summary.targets?.[0]?.low, -3);
  await assert.rejects(importData(ages), { code: 'wrong-labels', whatToDo: /--task regression/ });
  const hot = npz('h.npz', {
    shape: [20, 2],
    data: Float32Array.from({ length: 40 }, (_, at) => Number(at % 2 === Math.floor(at / 2) % 2)),
  });
  assert.equal((await importData(hot)).summary.targets, undefined);
  await assert.rejects(importData(npz('n.npz', { shape: [20], data: new Float32Array(20).fill(NaN, 3, 4) }), { task: 'regression' }), {
    code: 'wrong-labels',
    message: 'Label 3 is infinite or not a number.',
  });
});

test('data whose labels can only be classes are refused where numbers are asked for', async () => {
  const set = join(folder, 'digits');
  mkdirSync(set);
  writeFileSync(
    join(set, 'train-images-idx3-ubyte'),
    Buffer.from([0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 2, ...new Array<number>(80).fill(7)]),
  );
  writeFileSync(
    join(set, 'train-labels-idx1-ubyte'),
    Buffer.from([0, 0, 8, 1, 0, 0, 0, 20, ...Array.from({ length: 20 }, (_, at) => at % 2)]),
  );
  assert.equal((await importData(set)).summary.classes.length, 2);
  await assert.rejects(importData(set, { task: 'regression' }), { code: 'unsupported', whatToDo: /\.npz/ });
});
