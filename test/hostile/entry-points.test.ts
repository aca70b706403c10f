// Whichever way a hostile file comes in — inspected, pruned, measured, compared, exported, as data, as weights, into a project — it is refused alike.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { forkSpawner } from '#main/supervisor/spawn-process.ts';
import { espalier } from '../command/espalier-process.ts';
import { openTestStudio } from '../studio/open-test-studio.ts';
import { hostileFiles } from './every-file.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'entries-')));
after(() => rmSync(root, { recursive: true, force: true }));
const home = join(root, 'home');
const models = [
  'zip: a member named ../evil',
  'config: a Lambda',
  'h5: an external link',
  'tfjs: ../secret.bin',
  'onnx: weights in another file',
  'zip: a bomb of 32 MB in 32 kB',
];
const data = ['npy: Python objects', 'csv: a field of 20 MB', 'idx: a gzip bomb', 'pictures: a link'];
const paths = new Map<string, string>();
before(async () => {
  for (const [at, what] of [...models, ...data].entries()) {
    const folder = join(root, `${at}`);
    mkdirSync(folder);
    paths.set(what, await hostileFiles.find((file) => file.what === what)!.lay(folder));
  }
});

const caseOf = (what: string) => ({ path: paths.get(what)!, ...hostileFiles.find((file) => file.what === what)! });
const out = ['--out', join(root, 'out.keras')];
/** Each takes one of the files in turn, so that every command and every kind of file is tried. */
const commands: readonly ((path: string) => readonly string[])[] = [
  (path) => ['inspect', path],
  (path) => ['prune', path, '--sparsity', '0.5', '--epochs', '0', ...out],
  (path) => ['measure', path],
  (path) => ['compare', 'lenet-5', path],
  (path) => ['export', path, '--format', 'keras', ...out],
  (path) => ['evaluate', path, '--data', 'mnist'],
];

for (const [at, what] of models.entries()) {
  const command = commands[at % commands.length]!;
  test(`${command('a file')[0]!}: ${what}`, async () => {
    const { path, words } = caseOf(what);
    const ended = await espalier([...command(path), '--json'], { cwd: root, home });
    assert.equal(ended.code, 1, ended.err);
    assert.match(ended.err.replaceAll('\n', ' '), words);
    assert.doesNotMatch(ended.err, /\n\s+at |undefined|is not a function|Cannot read/);
  });
}

for (const what of data) {
  test(`evaluate on data: ${what}`, async () => {
    const { path, words } = caseOf(what);
    const ended = await espalier(['evaluate', 'lenet-300-100', '--data', path, '--json'], { cwd: root, home });
    assert.equal(ended.code, 1, ended.err);
    assert.match(ended.err.replaceAll('\n', ' '), words);
  });
}

test('into a project, through the calls that the page makes: the same codes, and nothing is kept', async (t) => {
  const spawner = forkSpawner({
    engine: resolve(import.meta.dirname, '../studio/far-engine.ts'),
    importer: resolve(import.meta.dirname, '../../src-main/importer/main.ts'),
  });
  const { client, studio } = await openTestStudio(t, { spawner });
  const project = await client.projects.create({ name: 'Strangers' });
  for (const what of models) {
    const { path, code } = caseOf(what);
    await assert.rejects(client.models.import({ projectId: project.id, path }), { code });
  }
  for (const what of data) {
    const { path, code } = caseOf(what);
    await assert.rejects(client.datasets.import({ projectId: project.id, source: path }), { code });
  }
  const opened = await client.projects.open({ id: project.id });
  assert.deepEqual([opened.models.length, opened.datasets.length], [0, 0]);
  await studio.close();
});
