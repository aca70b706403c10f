// Folders of pictures: a folder a class, train and test apart, or a table of names; brought to one size, and nothing followed out of them.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { matchedTo, DataOptions } from '#contract/data-options.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { buildStarter } from '#network/starters.ts';
import { importData, reportOf } from './import-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const fixtures = join(import.meta.dirname, 'image-fixtures');
let made = 0;

function tree(files: Readonly<Record<string, string | Buffer>>): string {
  const root = join(folder, `set-${++made}`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (typeof content === 'string' && content.startsWith('=')) cpSync(join(fixtures, content.slice(1)), join(root, path));
    else writeFileSync(join(root, path), content);
  }
  return root;
}
/** `each` pictures in each of these folders. */
const classes = (names: readonly string[], each: number, picture: string) =>
  Object.fromEntries(
    names.flatMap((name) => Array.from({ length: each }, (_, at) => [`${name}/${at}.${picture.split('.')[1]}`, `=${picture}`])),
  );

test('two folders of ten: classes by the alphabet, 16, 2 and 2 pictures of 29 × 37 × 3 bytes, nine of ten told as repeats', async () => {
  const dataset = await importData(tree(classes(['dog', 'cat'], 10, 'rgb.png')));
  const { summary, splits } = dataset;
  assert.deepEqual(
    [summary.classes, summary.counts, summary.sampleShape],
    [['cat', 'dog'], { train: 16, validation: 2, test: 2 }, [29, 37, 3]],
  );
  assert.equal(splits.train.inputs.dtype, 'uint8');
  assert.deepEqual(reportOf(dataset).duplicates, { train: 15, validation: 2, test: 2 });
});

test('train, val and test folders are kept; the wrapping folder of an archive says nothing; macOS litter is left aside', async () => {
  const files = Object.fromEntries(
    Object.entries({ train: 4, val: 1, test: 2 }).flatMap(([split, each]) =>
      Object.entries(classes(['a', 'b'], each, 'gray.png')).map(([path, picture]) => [`photos/${split}/${path}`, picture]),
    ),
  );
  const dataset = await importData(tree({ ...files, 'photos/.DS_Store': 'x', '__MACOSX/photos/a.png': 'x' }));
  assert.deepEqual(dataset.summary.counts, { train: 8, validation: 2, test: 4 });
  assert.deepEqual(dataset.summary.sampleShape, [29, 37, 1]);
  assert.deepEqual(reportOf(dataset).given, ['train', 'validation', 'test']);
});

test('a table of names and labels, with or without the ending, in a subfolder or not', async () => {
  const rows = Array.from({ length: 12 }, (_, at) => `pic${at}${at % 2 === 0 ? '.jpg' : ''},${at % 3 === 0 ? 'x' : 'y'},note`);
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`images/pic${at}.jpg`, '=baseline.jpg']));
  const dataset = await importData(tree({ ...files, 'labels.csv': `id,label,remark\n${rows.join('\n')}\ngone,x,note` }));
  assert.deepEqual(
    [dataset.summary.classes, dataset.summary.balance],
    [
      ['x', 'y'],
      [4, 8],
    ],
  );
  assert.match(reportOf(dataset).warnings.join(), /1 rows of labels\.csv name pictures that aren't there, as gone/);
});

test('for cnn-small pictures become 28 × 28 × 1, for a network that scales by itself they stay 0 to 255', async () => {
  const network = summariseNetwork(buildStarter('cnn-small', 1));
  const options = matchedTo(DataOptions.parse({}), network);
  assert.deepEqual(options, { splitSeed: 1, size: '28x28', channels: 'gray' });
  const source = tree(classes(['a', 'b'], 5, 'subsampled.jpg'));
  const fitted = await importData(source, options);
  assert.deepEqual([fitted.summary.sampleShape, fitted.scale, fitted.offset], [[28, 28, 1], 1 / 255, 0]);
  const scaling = { ...network, layers: [{ ...network.layers[0]!, type: 'Rescaling' }] };
  const raw = await importData(source, matchedTo(DataOptions.parse({}), scaling));
  assert.deepEqual([raw.scale, raw.summary.range[1] > 200], [1, true]);
});

test("imagenet's means and deviations by channel; caffe goes in blue first; both want three channels", async () => {
  const source = tree(classes(['a', 'b'], 5, 'rgb.png'));
  const torch = await importData(source, { range: 'imagenet' });
  assert.ok(Array.isArray(torch.scale) && Math.abs(torch.scale[0]! - 1 / (255 * 0.229)) < 1e-9);
  const caffe = await importData(source, { range: 'caffe' });
  assert.deepEqual([caffe.scale, caffe.offset, caffe.reversed], [1, [-103.939, -116.779, -123.68], true]);
  await assert.rejects(importData(source, { range: 'caffe', channels: 'gray' }), { code: 'bad-input' });
});

test('all bad pictures are named at once', async () => {
  const bad = { 'a/1.png': 'x', 'a/2.png': 'y', 'b/3.png': '=rgb.png' };
  await assert.rejects(importData(tree(bad)), { code: 'damaged-file', message: /1 more picture can't be read: a\/2\.png/ });
});
