// How folders of pictures are laid out in the wild: text files of names, numbers as labels, empty classes, unlabelled tests, things beside train and test.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { importData, reportOf } from './import-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'layouts-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const picture = join(import.meta.dirname, 'image-fixtures/rgb.png');
let made = 0;

/** Each path that ends as a picture does is one; the others have this text, and a path that ends in / is an empty folder. */
function tree(paths: readonly string[], texts: Readonly<Record<string, string>> = {}): string {
  const root = join(folder, `set-${++made}`);
  for (const path of paths) {
    mkdirSync(path.endsWith('/') ? join(root, path) : dirname(join(root, path)), { recursive: true });
    if (!path.endsWith('/')) cpSync(picture, join(root, path));
  }
  for (const [path, text] of Object.entries(texts)) writeFileSync(join(root, path), text);
  return root;
}
const some = (folderName: string, count: number, ending = 'png') =>
  Array.from({ length: count }, (_, at) => `${folderName}/${at}.${ending}`);

test('a text file of names and numbers, parted by spaces: class 10 is number 10, not the third by the alphabet', async () => {
  const lines = Array.from({ length: 24 }, (_, at) => `${at}.png ${at % 12}`).join('\n');
  const { summary, splits } = await importData(tree(some('images', 24), { 'labels.txt': lines }), { split: '0.5/0/0.5' });
  assert.deepEqual(summary.classes, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);
  assert.deepEqual(
    [...splits.train.labels].sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  );
});

test('measured numbers beside pictures are answered as such; rows without a label, and pictures without a row, are told', async () => {
  const lines = Array.from({ length: 20 }, (_, at) => `${at}.png,${at === 3 ? '' : at * 1.5}`).join('\n');
  const dataset = await importData(tree(some('images', 22), { 'labels.csv': `file,angle\n${lines}` }));
  assert.deepEqual(
    dataset.summary.targets?.map(({ name, low, high }) => [name, low, high]),
    [['angle', 0, 28.5]],
  );
  assert.equal(
    Object.values(dataset.summary.counts).reduce((sum, count) => sum + count),
    19,
  );
  assert.match(reportOf(dataset).warnings.join('\n'), /1 rows of labels\.csv without a label are left out/);
  assert.match(reportOf(dataset).warnings.join('\n'), /3 of 22 pictures have no label/);
});

test('a class without pictures keeps its number; .jfif and .JPG are pictures', async () => {
  const { summary } = await importData(tree([...some('cat', 6, 'JPG'), ...some('dog', 6, 'jfif'), 'bird/']));
  assert.deepEqual(
    [summary.classes, summary.balance],
    [
      ['bird', 'cat', 'dog'],
      [0, 6, 6],
    ],
  );
});

test('beside train and test other folders, and a test without classes, are left out and told', async () => {
  const trains = [...some('train/cat', 8), ...some('train/dog', 8)];
  const beside = await importData(
    tree([...trains, ...some('test/cat', 3), ...some('examples', 2)], { 'README.txt': 'See, the pictures.' }),
  );
  assert.deepEqual([beside.summary.classes, beside.summary.counts.test], [['cat', 'dog'], 3]);
  assert.match(reportOf(beside).warnings.join('\n'), /2 pictures are left out.*examples\/0\.png/);
  const unlabelled = await importData(tree([...trains, ...some('test', 5)]));
  assert.deepEqual(reportOf(unlabelled).given, ['train']);
  assert.match(reportOf(unlabelled).warnings.join('\n'), /5 pictures are left out.*test\/0\.png/);
});

test('a list of classes beside folders of pictures does not stand for their labels', async () => {
  const { summary } = await importData(
    tree([...some('train/cat', 8), ...some('train/dog', 8)], { 'classes.csv': 'id,name\n0,cat\n1,dog\n' }),
  );
  assert.deepEqual(
    [summary.classes, summary.balance],
    [
      ['cat', 'dog'],
      [8, 8],
    ],
  );
});

test('pictures with broken headers and with broken pixels are named together', async () => {
  const root = tree([...some('a', 4), ...some('b', 4)]);
  writeFileSync(join(root, 'a/empty.png'), '');
  writeFileSync(
    join(root, 'b/cut.png'),
    Buffer.concat([
      Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
      Buffer.from([0, 0, 0, 9, 0, 0, 0, 9, 8, 0, 0, 0, 0, 1, 2, 3, 4]),
    ]),
  );
  await assert.rejects(importData(root), /It is empty\. 1 more picture can't be read: b\/cut\.png/);
});
