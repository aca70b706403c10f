// What may be named, written and undone.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { procedures } from '#contract/procedures.ts';
import { StudioError } from '#contract/errors.ts';
import { connect } from '#rpc/connect.ts';
import { memoryPair } from '#rpc/channel-memory.ts';
import { events } from '#contract/events.ts';
import { admitPageCall } from '#main/studio/admit-page-call.ts';
import { exportTargetAs, exportTargetOf } from '#main/studio/export-target.ts';
import { resolveHome } from '#main/studio/home.ts';
import { freeName, nameOfFile, prunedName } from '#main/studio/variant-names.ts';
import { model } from './example-nouns.ts';
import { freshHome, openTestStudio, recipe, settings, withNetwork } from './open-test-studio.ts';

test('a page names files by handle: 5 fields, each refused with a path and with a name that is no data set', () => {
  const asked = (group: string, name: string, input: unknown) => () => admitPageCall({ kind: 'call', id: 1, group, name, input });
  const fields = [
    ['models', 'import', 'path'],
    ['datasets', 'import', 'source'],
    ['jobs', 'train', 'exportPath'],
    ['jobs', 'prune', 'exportPath'],
    ['jobs', 'export', 'path'],
  ] as const;
  for (const [group, name, field] of fields) {
    for (const bad of ['/etc/passwd', '../x', 'file-1', 'file:///x', 'etc', 7, null, ['a']])
      assert.throws(asked(group, name, { [field]: bad }), { code: 'bad-input' });
    assert.doesNotThrow(asked(group, name, { [field]: 'file-3b241101-e2bb-4255-8caf-4136c566a962' }));
  }
  assert.doesNotThrow(asked('datasets', 'import', { source: 'mnist' }));
  assert.throws(asked('models', 'import', { path: 'mnist' }), { code: 'bad-input' });
  assert.doesNotThrow(asked('jobs', 'export', {}));
});

test('every field of the contract that can hold a path is in the table of the page', () => {
  const pathlike = Object.entries(procedures).flatMap(([group, names]) =>
    Object.entries(names).flatMap(([name, { input }]) =>
      Object.keys(input.shape)
        .filter((field) => /path|source|file|folder|dir/i.test(field))
        .map((field) => [group, name, field] as const),
    ),
  );
  assert.equal(pathlike.length, 7);
  for (const [group, name, field] of pathlike)
    assert.throws(() => admitPageCall({ kind: 'call', id: 1, group, name, input: { [field]: '/x' } }), StudioError);
});

test('a handle means the chosen path; one of another session means nothing', async (t) => {
  const { studio, client } = await openTestStudio(t);
  const [near, far] = memoryPair();
  studio.rpc.serve(far, admitPageCall);
  const page = connect(procedures, events, near).client;
  const { id: projectId } = await client.projects.create({ name: 'P' });
  const { variant, model: made } = await page.models.import({ projectId, path: studio.handles.register('/home/me/my net.keras') });
  assert.deepEqual([made.name, made.source, variant.kind], ['my net', 'my net.keras', 'imported']);
  assert.equal((await client.projects.open({ id: projectId })).project.baselineId, variant.id);
  await assert.rejects(page.models.import({ projectId, path: '/home/me/my net.keras' }), { code: 'bad-input' });
  await assert.rejects(page.models.import({ projectId, path: 'file-3b241101-e2bb-4255-8caf-4136c566a962' }), { code: 'not-found' });
  await assert.rejects(page.datasets.import({ projectId, source: 'file-3b241101-e2bb-4255-8caf-4136c566a962' }), { code: 'not-found' });
  await assert.rejects(client.models.import({ projectId, path: 'relative.keras' }), { code: 'bad-input' });
});

test('the ending of a path names the format; 5 others are refused by name before any work', (t) => {
  const folder = freshHome(t);
  mkdirSync(join(folder, 'there'));
  const target = (format: string, path: string) => ({ format, path, weights: 'float32', acceptDifference: null });
  assert.deepEqual(exportTargetOf(join(folder, 'a.keras')), target('keras', join(folder, 'a.keras')));
  assert.deepEqual(exportTargetOf(`${folder}/new/`), target('tfjs', `${folder}/new/`));
  assert.deepEqual(exportTargetOf(join(folder, 'there')), target('tfjs', join(folder, 'there')));
  assert.deepEqual(exportTargetOf(join(folder, 'there/model.json')), target('tfjs', join(folder, 'there')));
  for (const ending of ['.hdf5', '.pb', '.c', '.pt', '.pth']) {
    assert.throws(
      () => exportTargetOf(join(folder, `a${ending}`)),
      (error: unknown) =>
        error instanceof StudioError &&
        error.code === 'unsupported' &&
        error.message.includes(`${ending} isn't available in this version; available: keras (.keras), h5 (.h5)`),
    );
  }
  assert.throws(() => exportTargetOf(join(folder, 'a.zip')), { code: 'unsupported' });
  assert.deepEqual(exportTargetOf(join(folder, 'a.onnx')), target('onnx', join(folder, 'a.onnx')));
  assert.throws(() => exportTargetOf(join(folder, 'missing/a.keras')), { code: 'not-found' });
  assert.throws(() => exportTargetAs('keras', join(folder, 'a.json')), { code: 'bad-input' });
});

test('names: shares without needless digits, numbers where taken, files without their ending', () => {
  assert.equal(prunedName(model, recipe), 'lenet · 90 % weights');
  assert.equal(prunedName(model, { ...recipe, sparsity: 0.875, granularity: 'filter' }), 'lenet · 87.5 % filters');
  assert.equal(freeName('a', ['a', 'a (2)']), 'a (3)');
  assert.deepEqual(['/x/my.net.keras', '/x/tfjs-net/model.json', 'C:\\nets\\a.h5'].map(nameOfFile), ['my.net', 'tfjs-net', 'a']);
});

test("the home: the wish, then ESPALIER_HOME, then the platform's folder", () => {
  assert.equal(resolveHome('/a', { ESPALIER_HOME: '/b' }), '/a');
  assert.equal(resolveHome(undefined, { ESPALIER_HOME: '/b' }), '/b');
  assert.equal(resolveHome(undefined, { XDG_DATA_HOME: '/d' }, 'linux'), '/d/espalier');
  assert.match(resolveHome(undefined, {}, 'darwin'), /Library\/Application Support\/Espalier$/);
});

test('what is removed comes back with restore until the next start, and is gone after it', async (t) => {
  const first = await openTestStudio(t);
  const { client } = first;
  const { projectId, variantId } = await withNetwork(client);
  const { id: other } = await client.projects.create({ name: 'Other' });
  await client.projects.setBaseline({ id: projectId, variantId });
  await client.variants.remove({ id: variantId });
  assert.equal((await client.projects.open({ id: projectId })).project.baselineId, null);
  await assert.rejects(client.variants.get({ id: variantId }), { code: 'not-found' });
  await client.variants.restore({ id: variantId });
  assert.equal((await client.projects.open({ id: projectId })).project.baselineId, variantId);
  await client.projects.remove({ id: projectId });
  await assert.rejects(client.projects.open({ id: projectId }), { code: 'not-found' });
  assert.equal((await client.projects.restore({ id: projectId })).id, projectId);
  await client.projects.remove({ id: other });
  const second = await first.reopen();
  await assert.rejects(second.client.projects.restore({ id: other }), { code: 'not-found' });
  assert.deepEqual(
    (await second.client.studio.snapshot({})).projects.map(({ id }) => id),
    [projectId],
  );
});

test('a project or variant with work going on is not removed', async (t) => {
  const { client, manners } = await openTestStudio(t);
  manners.FAR_STEPS = '10000';
  const { projectId, variantId, datasetId } = await withNetwork(client);
  const { id } = await client.jobs.train({ variantId, datasetId, settings });
  await assert.rejects(client.projects.remove({ id: projectId }), { code: 'conflict' });
  await assert.rejects(client.variants.remove({ id: variantId }), { code: 'conflict' });
  await client.jobs.cancel({ id });
  assert.equal(await client.projects.remove({ id: projectId }), null);
});

test('a plan is worked out once for the same weights and recipe; a dataset that is not there leaves nothing', async (t) => {
  const { client } = await openTestStudio(t);
  const { variantId } = await withNetwork(client);
  const [one, two, three] = [
    await client.variants.plan({ id: variantId, recipe }),
    await client.variants.plan({ id: variantId, recipe }),
    await client.variants.plan({ id: variantId, recipe: { ...recipe, sparsity: 0.5 } }),
  ];
  assert.equal(one.removed, two.removed);
  assert.notEqual(one.removed, three.removed);
  const { id: projectId } = await client.projects.create({ name: 'Empty' });
  await assert.rejects(client.datasets.import({ projectId, source: '/nowhere/missing' }), { code: 'not-found' });
  assert.deepEqual((await client.projects.open({ id: projectId })).datasets, []);
});
