// The same network again under another name, or the same data from elsewhere, packed otherwise: one address in the store, there once.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { unzipSync, zipSync } from 'fflate';
import { forkSpawner } from '#main/supervisor/spawn-process.ts';
import { openTestStudio } from '../studio/open-test-studio.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'again-')));
after(() => rmSync(folder, { recursive: true, force: true }));
const fixture = (name: string) => resolve(import.meta.dirname, '../formats/fixtures', name);
const spawner = forkSpawner({
  engine: resolve(import.meta.dirname, '../studio/far-engine.ts'),
  importer: resolve(import.meta.dirname, '../../src-main/importer/main.ts'),
});

/** Copies of a zip archive: as it is, its members stored, and in another order; in a folder each. */
function copies(archive: string, names: readonly [string, string, string]): string[] {
  const members = unzipSync(readFileSync(fixture(archive)));
  const paths = names.map((name, at) => {
    mkdirSync(join(folder, `${at}`), { recursive: true });
    return join(folder, `${at}`, name);
  });
  copyFileSync(fixture(archive), paths[0]!);
  writeFileSync(paths[1]!, zipSync(members, { level: 0 }));
  writeFileSync(paths[2]!, zipSync(Object.fromEntries(Object.entries(members).toReversed()), { level: 9 }));
  return paths;
}

test('a .keras imported twice, renamed and packed anew is one object of the store; so are data, whose name is theirs', async (t) => {
  const { client, home, studio } = await openTestStudio(t, { spawner });
  const project = await client.projects.create({ name: 'Again' });
  const paths = copies('cnn.keras', ['one.keras', 'other.keras', 'third.zip']);
  const artifacts: string[] = [];
  for (const path of [...paths, paths[0]!]) artifacts.push((await client.models.import({ projectId: project.id, path })).variant.artifact);
  assert.equal(new Set(artifacts).size, 1);
  const data = [];
  for (const source of [...copies('blobs.npz', ['blobs.npz', 'blobs.npz', 'blobs.npz']), fixture('blobs.npz')])
    data.push((await client.datasets.import({ projectId: project.id, source })).artifact);
  assert.equal(new Set(data).size, 1);
  const objects = readdirSync(join(home, 'objects'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.deepEqual(objects.map(({ name }) => name).sort(), [artifacts[0]!, data[0]!].sort());
  await studio.close();
});
