// Real processes: exit codes, one line on standard error, nothing but the result on standard output.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { espalier } from './espalier-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'espalier-test-'));
const home = join(folder, 'home');
after(() => rmSync(folder, { recursive: true }));

test('help is printed on standard output, exit 0, without loading a tensor or the store', async () => {
  const { code, out, err } = await espalier(['--help']);
  assert.deepEqual({ code, err }, { code: 0, err: '' });
  assert.match(out, /^Espalier \d/);
});

test('espalier alone prints the help on standard error, exit 2', async () => {
  const { code, out, err } = await espalier([]);
  assert.deepEqual({ code, out }, { code: 2, out: '' });
  assert.match(err, /Usage: espalier COMMAND/);
});

for (const argv of [
  ['pruen', 'm'],
  ['search', 'm'],
  ['inspect'],
  ['inspect', 'lenet-5', '--colour'],
  ['prune', 'lenet-5', '--sparsity', '1.5', '--out', 'x.keras', '--json'],
  ['prune', 'lenet-5', '--criterion', 'luck', '--out', 'x.keras'],
  ['prune', 'lenet-5', '--criterion', 'taylor', '--out', 'x.keras'],
  ['prune', 'lenet-5', '--epochs', '2', '--out', 'x.keras'],
  ['prune', 'lenet-5', '--recipe', 'absent.yaml', '--out', 'x.keras'],
  ['train', 'lenet-5', '--out', 'x.keras'],
  ['train', 'lenet-5', '--data', 'mnist'],
  ['train', 'lenet-5', '--data', 'mnist', '--out', 'x.pb'],
  ['export', 'lenet-5', '--format', 'tflite', '--int8', '--out', 'x.tflite'],
  ['export', 'lenet-5', '--format', 'onnx', '--float16', '--out', 'x.onnx'],
  ['export', 'lenet-5', '--format', 'keras', '--out', 'x.h5'],
]) {
  test(`espalier ${argv.join(' ')}: exit 2, one line, nothing on standard output, no home made`, async () => {
    const { code, out, err } = await espalier(argv, { cwd: folder, home });
    assert.deepEqual({ code, out, lines: err.split('\n').length - 1 }, { code: 2, out: '', lines: 1 });
    assert.match(err, /^espalier: \S.*\.\n$/);
    assert.ok(!readdirSync(folder).includes('home'));
  });
}

test('a file that is not there: exit 1, and --verbose adds the stack', async () => {
  const short = await espalier(['inspect', 'absent.keras'], { cwd: folder });
  assert.deepEqual(
    { code: short.code, out: short.out, err: short.err },
    { code: 1, out: '', err: 'espalier: There is no file absent.keras. Check the path.\n' },
  );
  const long = await espalier(['inspect', 'absent.keras', '--verbose'], { cwd: folder });
  assert.match(long.err, /^espalier: .*\nStudioError: [^]*at modelSource/);
});

test('a home without jobs gives {"jobs": []}', async () => {
  const { code, out, err } = await espalier(['jobs', '--json', '--home', join(folder, 'fresh')]);
  assert.deepEqual({ code, jobs: JSON.parse(out), err }, { code: 0, jobs: { jobs: [] }, err: '' });
});

test('a file that is no model: exit 1 and one line', async () => {
  writeFileSync(join(folder, 'noise.keras'), 'not a model');
  const { code, out, err } = await espalier(['inspect', 'noise.keras', '--json'], { cwd: folder });
  assert.deepEqual({ code, out, lines: err.split('\n').length - 1 }, { code: 1, out: '', lines: 1 });
});
