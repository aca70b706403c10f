// Tables as people's programs write them: other separators, decimal commas, UTF-16, gzip, indices, names of competitions, and what is guessed of labels.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { DataOptions } from '#contract/data-options.ts';
import { numberInBytes } from '#formats/containers/number-in-bytes.ts';
import { importData, reportOf } from './import-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'tables-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
function imported(content: string | Buffer, name = 'table.csv', options: Partial<DataOptions> = {}) {
  const path = join(folder, String(++made));
  mkdirSync(path);
  writeFileSync(join(path, name), content);
  return importData(join(path, name), options);
}
function folderOf(files: Readonly<Record<string, string>>): string {
  const path = join(folder, `set-${++made}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

const kinds = ['ant', 'bee', 'čmelák'];
const rows = Array.from({ length: 30 }, (_, at) => [(at / 8 - 1).toFixed(3), String(at % 7), kinds[at % 3]!]);
const table = (separator: string, { header = true, comma = false } = {}) =>
  [...(header ? [['a', 'b', 'label']] : []), ...rows]
    .map((row) => row.map((cell) => (comma ? cell.replace('.', ',') : cell)).join(separator))
    .join('\n');
const plain = await imported(table(','));

for (const [what, content, name] of [
  ['parted by |', table('|'), 'x.csv'],
  ['decimal commas between semicolons', table(';', { comma: true }), 'x.csv'],
  ['decimal commas between tabs', table('\t', { comma: true }), 'x.tsv'],
  ['UTF-16 as Excel writes it', Buffer.from(`\ufeff${table('\t')}`, 'utf16le'), 'x.txt'],
  ['UTF-16, big-endian', Buffer.from(`\ufeff${table(',')}`, 'utf16le').swap16(), 'x.csv'],
  ['gzipped', gzipSync(table(',')), 'x.csv.gz'],
] as const)
  test(`${what}: the same samples as with commas`, async () => {
    const dataset = await imported(content, name);
    assert.deepEqual(dataset.splits, plain.splits);
    assert.deepEqual(dataset.summary.classes, ['ant', 'bee', 'čmelák']);
    assert.deepEqual(reportOf(dataset).warnings, reportOf(plain).warnings);
  });

test('columns set off by runs of spaces, without a header: the same samples, and the guess of the label is told', async () => {
  const aligned = rows.map((row) => row.map((cell) => cell.padStart(9)).join(' ')).join('\n');
  const dataset = await imported(aligned, 'housing.data');
  assert.deepEqual(dataset.splits, plain.splits);
  assert.match(reportOf(dataset).warnings.join('\n'), /labels are taken from column 3.*--label chooses another/);
});

test('200,000 random spellings of numbers are what JavaScript takes them for', () => {
  const spelt = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer().map((value) => (value / 1000).toFixed(3)),
    fc
      .tuple(fc.constantFrom('', '+', '-'), fc.nat({ max: 999_999 }), fc.nat({ max: 10 ** 9 }))
      .map(([sign, whole, rest]) => `${sign}${whole}.${rest}`),
    fc.stringMatching(/^[0-9]{1,25}$/),
    fc.stringMatching(/^[-+.0-9e]{0,6}$/),
  );
  fc.assert(
    fc.property(spelt, (text) => {
      const wanted = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
      assert.ok(Object.is(numberInBytes(Buffer.from(` ${text} `), 0, text.length + 2), wanted), text);
    }),
    { numRuns: 200_000, seed: 3 },
  );
});

test('the index of a data frame, nameless, and a column called Id are left out; a column that is only called so is not', async () => {
  const indexed = rows.map((row, at) => `${at},${at + 1},${at % 4},${row.join(',')}`).join('\n');
  const dataset = await imported(`,Id,group_id,a,b,label\n${indexed}`);
  assert.deepEqual(reportOf(dataset).features, ['group_id', 'a', 'b']);
  assert.equal(reportOf(dataset).warnings.filter((each) => each.includes('it numbers the rows')).length, 2);
});

test('a header of 0, 1, 2, as data frames without names have it, is no sample', async () => {
  const dataset = await imported(`0,1,2\n${table(',', { header: false })}`);
  assert.deepEqual(dataset.splits, plain.splits);
});

test('infinite values are replaced and told; a column with a few words among its numbers is left out with one of them named', async () => {
  const text = `a,b,c,label\n${rows.map(([a, , kind], at) => `${at === 2 ? '-inf' : a},${at === 5 ? 'n.a.?' : at * 1.5},${at},${kind}`).join('\n')}`;
  const wide = text.replace('b', 'amount');
  const dataset = await imported(wide);
  assert.match(reportOf(dataset).warnings.join('\n'), /Infinite values in a are replaced/);
  const many = `amount,c,label\n${Array.from({ length: 60 }, (_, at) => `${at === 5 ? 'twelve' : at * 1.5},${at % 9},${kinds[at % 3]}`).join('\n')}`;
  assert.match(reportOf(await imported(many)).warnings.join('\n'), /amount is left out: 1 of its 60 values is no number, as twelve/);
});

test('labels: survived by its name, prices as measured, 1 to 26 as letters; --task classification overrules', async () => {
  const titanic = Array.from({ length: 60 }, (_, at) => `${at},${at % 2},${at % 3},${['C', 'Q', 'S'][at % 3]}`).join('\n');
  assert.deepEqual((await imported(`PassengerId,Survived,Pclass,Embarked\n${titanic}`)).summary.classes, ['0', '1']);
  const prices = `area,SalePrice\n${Array.from({ length: 200 }, (_, at) => `${at % 50},${34_900 + ((at * 7919) % 97) * 1000}`).join('\n')}`;
  const measured = await imported(prices, 'houses.csv', { label: 'SalePrice' });
  assert.deepEqual(
    measured.summary.targets?.map(({ name }) => name),
    ['SalePrice'],
  );
  assert.match(
    reportOf(measured).warnings.join('\n'),
    /97 different whole numbers in SalePrice are taken as measured.*--task classification/,
  );
  assert.equal((await imported(prices, 'houses.csv', { label: 'SalePrice', task: 'classification' })).summary.classes.length, 97);
  const letters = `a,kind\n${Array.from({ length: 260 }, (_, at) => `${at % 50},${(at % 26) + 1}`).join('\n')}`;
  assert.equal((await imported(letters, 'letters.csv', { label: 'kind' })).summary.classes.length, 26);
});

test('mnist_train.csv and mnist_test.csv beside a README are train and test; a test without labels is left out and told', async () => {
  const named = await importData(
    folderOf({ 'mnist_train.csv': table(','), 'mnist_test.csv': table(','), 'README.txt': 'From afar, with thanks.' }),
  );
  assert.deepEqual(reportOf(named).given, ['train', 'test']);
  const unlabelled = table(',').replaceAll(/,[^,\n]*(?=\n|$)/g, '');
  const dataset = await importData(folderOf({ 'train.csv': table(','), 'test.csv': unlabelled }));
  assert.deepEqual(dataset.splits, plain.splits);
  assert.match(reportOf(dataset).warnings.join('\n'), /test\.csv is left out: it has no column label/);
});

test('records that differ in length are refused with their line, blank lines and lines within quotes counted', async () => {
  await assert.rejects(imported('a,b,label\n\n1,"2\n3",x\n1,2,y\n1,2\n'), { code: 'damaged-file', where: /line 6/ });
});

for (const [what, content, words] of [
  ['Parquet', Buffer.from('PAR1\0\0\0\0PAR1'), /Parquet/],
  ['a pickle', Buffer.from('\x80\x04\x95\x10\0\0\0', 'latin1'), /pickle/],
  ['JSON', '[{"a": 1, "b": 2}]', /JSON/],
  ['ARFF', '@relation x\n@attribute a numeric\n@data\n1,2\n', /ARFF/],
  ["LIBSVM's", '1 1:0.5 2:3\n0 1:0.7 2:9\n', /LIBSVM/],
] as const)
  test(`${what} is told by its name, with what to save it as`, async () => {
    await assert.rejects(imported(content, 'data.bin'), (thrown: Error & { whatToDo?: string }) => {
      assert.match(thrown.message, words);
      assert.match(thrown.whatToDo ?? '', /CSV|npz/);
      return true;
    });
  });
