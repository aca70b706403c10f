// CSV as spreadsheets and scripts write it, and the datasets made of it.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { sourceOf } from '#formats/containers/guarded-file.ts';
import { guessSeparator, readCsv, type Separator } from '#formats/containers/csv.ts';
import type { DataOptions } from '#contract/data-options.ts';
import { importData, reportOf } from './import-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'csv-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const place = { file: 'x.csv' };
const records = (text: string, separator: Separator = ',') => [...readCsv(sourceOf(Buffer.from(text)), separator, place)];
let made = 0;
function imported(text: string, options: Partial<DataOptions> = {}) {
  const path = join(folder, `table-${++made}.csv`);
  writeFileSync(path, text);
  return importData(path, options);
}

test('quotes, doubled quotes, separators and line ends within quotes, both line ends, empty lines, no last line end', () => {
  assert.deepEqual(records('a,"b ""c"""\r\n\r\n1,"2\n3"\n,\n"x",y'), [
    ['a', 'b "c"'],
    ['1', '2\n3'],
    ['', ''],
    ['x', 'y'],
  ]);
  assert.deepEqual(records('\ufeffa;b\n1,5;2', ';'), [
    ['a', 'b'],
    ['1,5', '2'],
  ]);
});

test('whatever is quoted and written comes back, 500 random tables', () => {
  const field = fc.string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', '\r', ' ', 'ü', '😀'), maxLength: 6 });
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1 }));
  fc.assert(
    fc.property(table, fc.constantFrom('\n', '\r\n', '\r'), (rows, end) => {
      const text = rows.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(',')).join(end);
      assert.deepEqual(records(text), rows);
    }),
    { numRuns: 500, seed: 7 },
  );
});

test('9 MB with quotes, line ends of both kinds, and letters of two and four bytes across every page that is read at once', () => {
  const cells = ['plain', '"a ""b"" c"', '"2\r\nlines"', 'ü😀', '', '-1.5e3', '"x,y"'];
  const wanted = ['plain', 'a "b" c', '2\r\nlines', 'ü😀', '', '-1.5e3', 'x,y'];
  const pick = (row: number, column: number) => (row * 7919 + column * 31 + (row >> 3)) % cells.length;
  const rows = 270_000;
  const text = Array.from(
    { length: rows },
    (_, row) => Array.from({ length: 5 }, (_each, at) => cells[pick(row, at)]).join(',') + (row % 2 === 0 ? '\r\n' : '\n'),
  );
  let row = 0;
  for (const record of readCsv(sourceOf(Buffer.from(text.join(''))), ',', place)) {
    const same = record.length === 5 && record.every((field, at) => field === wanted[pick(row, at)]);
    if (!same)
      assert.deepEqual(
        record,
        Array.from({ length: 5 }, (_, at) => wanted[pick(row, at)]),
        `row ${row}`,
      );
    row++;
  }
  assert.equal(row, rows);
});

test('the separator is the one that cuts every line: commas, semicolons, tabs', () => {
  for (const separator of [',', ';', '\t'] as const)
    assert.equal(guessSeparator(sourceOf(Buffer.from(`a${separator}b${separator}"c,d;e"\n1${separator}2${separator}3\n`))), separator);
});

/** 150 rows like Fisher's irises: four measures, and a kind that the first tells. */
const irises = Array.from({ length: 150 }, (_, at) => {
  const kind = at % 3;
  return `${(4 + kind + (at % 7) / 10).toFixed(1)},${(3 - (at % 5) / 10).toFixed(1)},${at / 100},${kind / 2},${['setosa', 'versicolor', 'virginica'][kind]}`;
});

test('irises with a header: 120, 15 and 15 of 4 numbers, three classes by the alphabet, each split with a third of each', async () => {
  const dataset = await imported(`sepal length,sepal width,petal length,petal width,species\n${irises.join('\n')}\n`);
  const { summary, splits, scale } = dataset;
  assert.deepEqual(summary.counts, { train: 120, validation: 15, test: 15 });
  assert.deepEqual(
    [summary.sampleShape, summary.classes, summary.balance, scale],
    [[4], ['setosa', 'versicolor', 'virginica'], [50, 50, 50], 1],
  );
  for (const [split, each] of [
    ['train', 40],
    ['validation', 5],
    ['test', 5],
  ] as const)
    for (const label of [0, 1, 2]) assert.equal(splits[split].labels.filter((other) => other === label).length, each);
  assert.deepEqual(reportOf(dataset).features, ['sepal length', 'sepal width', 'petal length', 'petal width']);
  const again = await imported(`sepal length,sepal width,petal length,petal width,species\n${irises.join('\n')}\n`);
  assert.deepEqual(again.splits, splits);
  const other = await imported(`sepal length,sepal width,petal length,petal width,species\n${irises.join('\n')}\n`, { splitSeed: 2 });
  assert.notDeepEqual(other.splits, splits);
});

test('without a header the last column of words is the label; --label takes a name or a number; --split 0.5/0/0.5 halves', async () => {
  assert.deepEqual((await imported(irises.join('\n'))).summary.classes, ['setosa', 'versicolor', 'virginica']);
  const text = `kind,a,b\n${Array.from({ length: 40 }, (_, at) => `${['no', 'yes'][at % 2]},${at},${at % 5}`).join('\n')}`;
  assert.deepEqual((await imported(text, { label: 'kind' })).summary.classes, ['no', 'yes']);
  assert.deepEqual((await imported(text, { label: '1', split: '0.5/0/0.5' })).summary.counts, { train: 20, validation: 0, test: 20 });
  await assert.rejects(imported(text, { label: 'sort' }), { code: 'bad-input', message: /no column sort; there are kind, a, b/ });
});

test('gaps are filled with the mean, words become categories, names of things are left out, rows without a label go: all said', async () => {
  const rows = Array.from(
    { length: 60 },
    (_, at) => `person ${at},${at === 3 ? '' : at % 10},${['red', 'blue'][at % 2]},${at === 5 ? 'NA' : at % 3 === 0 ? 'sick' : 'well'}`,
  );
  const dataset = await imported(`who,age,colour,diagnosis\n${rows.join('\n')}`);
  assert.deepEqual(reportOf(dataset).features, ['age', 'colour=blue', 'colour=red']);
  assert.equal(dataset.summary.counts.train + dataset.summary.counts.validation + dataset.summary.counts.test, 59);
  const { warnings } = reportOf(dataset);
  assert.match(warnings.join('\n'), /The column who is left out/);
  assert.match(warnings.join('\n'), /Gaps in age are filled/);
  assert.match(warnings.join('\n'), /1 rows without a label in diagnosis/);
  const all = Object.values(dataset.splits).flatMap(({ inputs }) => [...inputs.data]);
  const mean =
    Array.from({ length: 60 }, (_, at) => at)
      .filter((at) => at !== 3)
      .reduce((sum, at) => sum + (at % 10), 0) / 59;
  assert.ok(all.includes(Math.fround(mean)));
});

test('64 columns of whole numbers up to 255 are an 8 × 8 image of bytes, fed as 0 to 1', async () => {
  const rows = Array.from({ length: 50 }, (_, at) =>
    [at % 10, ...Array.from({ length: 64 }, (_each, pixel) => (pixel * 4 + at) % 256)].join(','),
  );
  const { summary, scale, splits } = await imported(
    `label,${Array.from({ length: 64 }, (_, at) => `pixel${at}`).join()}\n${rows.join('\n')}`,
  );
  assert.deepEqual([summary.sampleShape, splits.train.inputs.dtype, scale, summary.range], [[8, 8, 1], 'uint8', 1 / 255, [0, 1]]);
  assert.deepEqual(summary.classes, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
});

test('train.csv and test.csv of a folder keep their rows; a tenth of train validates; repeats across them are counted', async () => {
  const path = join(folder, 'two');
  mkdirSync(path);
  const row = (at: number) => `${at},${at * at},${['a', 'b'][at % 2]}`;
  writeFileSync(join(path, 'train.csv'), `x,y,label\n${Array.from({ length: 90 }, (_, at) => row(at)).join('\n')}`);
  writeFileSync(join(path, 'test.csv'), `x,y,label\n${[row(100), row(101), row(100), '3,9,a'].join('\n')}`);
  const dataset = await importData(path);
  assert.deepEqual(dataset.summary.counts, { train: 80, validation: 10, test: 4 });
  const { given, duplicates, warnings } = reportOf(dataset);
  assert.deepEqual(given, ['train', 'test']);
  assert.equal(duplicates?.test, 1);
  assert.match(warnings.join('\n'), /1 sample of test \(25 %\) is in train too/);
  assert.match(warnings.join('\n'), /1 sample with another's very values has another label/);
});
