// A damaged or missing database is put aside and replaced; what backups are too old for comes back from manifests.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { StudioError } from '#contract/errors.ts';
import { backupsOf } from '#main/store/back-up.ts';
import { migrate, migrations } from '#main/store/migrate.ts';
import { findDamage, openConnection } from '#main/store/open-connection.ts';
import { openStore, type Store } from '#main/store/open-store.ts';
import { dataset, model, project, variant } from '../studio/example-nouns.ts';
import { freshHome } from '../studio/open-test-studio.ts';

/** Stores a variant as the studio does: file, manifest, row. */
function keep(store: Store, name: string, createdAt = 1): void {
  const artifact = Buffer.from(name).toString('hex').padEnd(64, '0');
  const path = join(store.home, name);
  writeFileSync(path, name);
  store.artifacts.adopt({ path, sha256: artifact, bytes: name.length });
  const made = { ...variant, id: `variant-${name}`, name, artifact, createdAt, parentId: createdAt > 1 ? 'variant-0' : null };
  if (store.projects.find(project.id) === undefined) store.projects.insert(project);
  if (store.models.find(model.id) === undefined) store.models.insert(model);
  store.manifests.write({ kind: 'variant', format: 1, project, model, variant: made });
  store.transact(() => store.variants.insert(made));
}

async function homeWith(t: TestContext, count: number): Promise<string> {
  const home = freshHome(t);
  const store = await openStore(home);
  for (let number = 0; number < count; number += 1) keep(store, String(number), number + 1);
  store.close();
  return home;
}

test('a database that is deleted outright is built again from manifests: 0 of 12 variants lost, lineage kept', async (t) => {
  const home = await homeWith(t, 12);
  for (const name of readdirSync(home).filter((each) => each.startsWith('studio.db'))) rmSync(join(home, name));
  const store = await openStore(home);
  t.after(() => store.close());
  const variants = store.variants.ofProject(project.id);
  assert.deepEqual(
    variants.map(({ name }) => name),
    Array.from({ length: 12 }, (_, number) => String(number)),
  );
  assert.equal(variants[5]!.parentId, 'variant-0');
  assert.match(store.recovered.join(' '), /put back from their files: 12\./);
});

for (const [kind, damage] of Object.entries({
  'is overwritten': (path: string) => writeFileSync(path, 'this is no database, it is a sentence'.repeat(1000)),
  'is cut in the middle': (path: string) => truncateSync(path, 9000),
  'has zeros in its pages': (path: string) => {
    const bytes = readFileSync(path);
    bytes.fill(0, 4096, 20_480);
    writeFileSync(path, bytes);
  },
})) {
  test(`a database that ${kind} is kept aside, the backup restored and the newer variant put back`, async (t) => {
    const home = await homeWith(t, 3);
    const first = await openStore(home);
    await first.backUp();
    keep(first, '3', 4);
    first.close();
    damage(join(home, 'studio.db'));
    const store = await openStore(home);
    t.after(() => store.close());
    assert.equal(store.variants.ofProject(project.id).length, 4);
    assert.match(store.recovered.join(' '), /The backup studio-.* was restored\..*put back from their files: 1\./);
    const [aside] = readdirSync(join(home, 'damaged'));
    assert.ok(existsSync(join(home, 'damaged', aside!, 'studio.db')));
  });
}

test('of four backups the newest three are kept, and each of them passes its check', async (t) => {
  const store = await openStore(await homeWith(t, 1));
  t.after(() => store.close());
  const made = [];
  for (let number = 0; number < 4; number += 1) made.push(await store.backUp());
  assert.deepEqual(backupsOf(store.home), made.slice(1).reverse());
});

test('a home of a newer version is refused and left as it was', async (t) => {
  const home = await homeWith(t, 1);
  const db = new Database(join(home, 'studio.db'));
  db.pragma('user_version = 99');
  db.close();
  await assert.rejects(
    openStore(home),
    (error: unknown) => error instanceof StudioError && error.code === 'unsupported' && error.message.includes('format 99'),
  );
  const again = new Database(join(home, 'studio.db'));
  t.after(() => again.close());
  assert.equal(again.pragma('user_version', { simple: true }), 99);
});

test('a migration that fails leaves the old format, not one between', (t) => {
  const db = openConnection(join(freshHome(t), 'some.db'));
  t.after(() => db.close());
  migrate(db);
  const next = ['CREATE TABLE more (id INTEGER) STRICT', 'CREATE TABLE projects (id INTEGER)'];
  assert.throws(() => migrate(db, [...migrations, ...next]));
  assert.equal(db.pragma('user_version', { simple: true }), migrations.length);
  assert.equal(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'more'").pluck().get(), 0);
});

test('a database of format 1 opens with its rows: its variants are no repeats and have no answers kept', (t) => {
  const db = openConnection(join(freshHome(t), 'some.db'));
  t.after(() => db.close());
  migrate(db, migrations.slice(0, 1));
  db.exec(`INSERT INTO projects VALUES ('p', 'old', 1, NULL, NULL, NULL);
    INSERT INTO models VALUES ('m', 'p', 'net', 'starter:lenet-5', 'starter', 1);
    INSERT INTO variants VALUES ('v', 'p', 'm', NULL, NULL, 'net', 'untrained', 1, 'a', 1, '{}', '{}', NULL, NULL, NULL);`);
  migrate(db);
  assert.equal(db.pragma('user_version', { simple: true }), migrations.length);
  assert.deepEqual(db.prepare("SELECT name, repeat FROM variants WHERE id = 'v'").get(), { name: 'net', repeat: null });
  db.exec("INSERT INTO answers VALUES ('v', 'd', 8, 'Dw=='); DELETE FROM variants;");
  assert.equal(db.prepare('SELECT count(*) FROM answers').pluck().get(), 0);
});

test('each connection has the safe settings', (t) => {
  const db = openConnection(join(freshHome(t), 'some.db'));
  t.after(() => db.close());
  const settings = ['journal_mode', 'foreign_keys', 'trusted_schema', 'cell_size_check', 'busy_timeout'].map((name) =>
    db.pragma(name, { simple: true }),
  );
  assert.deepEqual(settings, ['wal', 1, 0, 1, 2000]);
  assert.equal(findDamage(db, 'full'), null);
});

test('a row that is not of the agreed form is named, and no other row is harmed', async (t) => {
  const store = await openStore(await homeWith(t, 2));
  t.after(() => store.close());
  const db = new Database(join(store.home, 'studio.db'));
  db.prepare("UPDATE variants SET summary = '{}' WHERE id = 'variant-1'").run();
  db.close();
  assert.throws(
    () => store.variants.find('variant-1'),
    (error: unknown) => error instanceof StudioError && error.code === 'damaged-store' && error.where === 'variants',
  );
  assert.equal(store.variants.find('variant-0')?.name, '0');
});

test('unreferenced files go at the next start once they are an hour old; referenced and young ones stay', async (t) => {
  const home = await homeWith(t, 2);
  const objects = join(home, 'objects', '30');
  const old = join(objects, 'c'.repeat(64));
  const young = join(objects, 'd'.repeat(64));
  copyFileSync(join(objects, readdirSync(objects)[0]!), old);
  writeFileSync(young, 'young');
  const before = new Date(Date.now() - 2 * 3_600_000);
  for (const name of readdirSync(objects)) if (join(objects, name) !== young) utimesSync(join(objects, name), before, before);
  const store = await openStore(home);
  t.after(() => store.close());
  assert.deepEqual([existsSync(old), existsSync(young)], [false, true]);
  assert.equal(store.variants.ofProject(project.id).filter(({ artifact }) => store.artifacts.has(artifact)).length, 2);
});

test("a hidden dataset's project is gone at the next start with its rows and manifests", async (t) => {
  const home = await homeWith(t, 2);
  const first = await openStore(home);
  first.transact(() => first.datasets.insert(dataset));
  first.manifests.write({ kind: 'dataset', format: 1, project, dataset });
  first.transact(() => first.projects.hide(project.id, 5));
  first.close();
  const store = await openStore(home);
  t.after(() => store.close());
  assert.deepEqual(
    [store.projects.isHidden(project.id), store.variants.ids(), store.datasets.ids(), store.manifests.ids()],
    [false, [], [], []],
  );
});
