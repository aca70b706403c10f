// The whole way through a studio with real child processes: sample project, training, pruning, measuring, exporting.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTestStudio, recipe, settings } from './open-test-studio.ts';

test('a sample project trains, prunes, evaluates, measures and exports: 5 jobs done, 4 variants, one baseline', async (t) => {
  const { client, reached, home, studio } = await openTestStudio(t);
  const project = await client.projects.createSample({});
  assert.equal(project.name, 'MNIST sample');
  const opened = await client.projects.open({ id: project.id });
  assert.deepEqual(
    opened.models.map(({ name }) => name),
    ['lenet-300-100', 'cnn-small'],
  );
  assert.deepEqual(
    opened.variants.map(({ kind }) => kind),
    ['untrained', 'untrained'],
  );
  const [root] = opened.variants;
  const [data] = opened.datasets;

  const train = await client.jobs.train({ variantId: root!.id, datasetId: data!.id, settings });
  assert.equal(train.state, 'queued');
  const trained = await reached(train.id, 'done', 'failed', 'resumable');
  assert.equal(trained.state, 'done', JSON.stringify(trained.problem));
  assert.equal(trained.result?.['imagesPerSecond'], 10);
  assert.equal(trained.result?.['artifact'], undefined);
  const variant = await client.variants.get({ id: trained.variantId! });
  assert.equal(variant.name, 'lenet-300-100 · trained');
  assert.equal(variant.evaluation?.accuracy, 0.98);
  assert.equal((await client.projects.open({ id: project.id })).project.baselineId, variant.id);
  assert.ok(existsSync(join(home, 'objects', variant.artifact.slice(0, 2), variant.artifact)));
  assert.equal((await client.jobs.series({ id: train.id })).length, 40);
  assert.equal(studio.facts.engine.tensorflow, '2.21.0');

  const prune = await client.jobs.prune({ variantId: variant.id, datasetId: data!.id, recipe });
  const evaluate = await client.jobs.evaluate({ variantId: root!.id, datasetId: data!.id });
  const measure = await client.jobs.measure({ variantId: root!.id, settings: {} });
  const exported = await client.jobs.export({ variantId: variant.id, format: 'keras' });
  const last = await reached(exported.id, 'done', 'failed', 'resumable');
  assert.equal(readFileSync(last.exported!.files[0]!.path, 'utf8'), 'exported');
  assert.equal(last.exported!.files[0]!.path, join(home, 'exports', exported.id, 'lenet-300-100 · trained.keras'));
  const states = await Promise.all([prune, evaluate, measure].map(async ({ id }) => (await client.jobs.get({ id })).state));
  assert.deepEqual(states, ['done', 'done', 'done']);
  const after = await client.projects.open({ id: project.id });
  assert.deepEqual(
    after.variants.map(({ name }) => name),
    ['lenet-300-100', 'cnn-small', 'lenet-300-100 · trained', 'lenet-300-100 · 90 % weights'],
  );
  const measured = after.variants[0]!;
  assert.equal(measured.evaluation?.accuracy, 0.97);
  assert.equal(measured.latency?.p50, 3);
  await studio.close();
  assert.equal(existsSync(join(home, 'jobs', train.id)), false);
});

test('a sensitivity study of the same weights, data and settings is done at once; of other settings it is made anew', async (t) => {
  const { client, reached } = await openTestStudio(t);
  const project = await client.projects.createSample({});
  const { variants, datasets } = await client.projects.open({ id: project.id });
  const order = { variantId: variants[0]!.id, datasetId: datasets[0]!.id };
  const study = async (settings: { samples: number }) =>
    reached((await client.jobs.sensitivity({ ...order, settings })).id, 'done', 'failed', 'resumable');
  const [first, again, other] = [await study({ samples: 100 }), await study({ samples: 100 }), await study({ samples: 200 })];
  assert.deepEqual(
    [first, again, other].map(({ state }) => state),
    ['done', 'done', 'done'],
  );
  assert.deepEqual(again.result, first.result);
  assert.match(again.notes[0] ?? '', /made before/);
  assert.notEqual(other.result?.['seconds'], first.result?.['seconds']);
});

test('a recipe that distils names its teacher durably: the pruned variant itself, or the variant that was chosen', async (t) => {
  const { client, reached } = await openTestStudio(t);
  const { id } = await client.projects.createSample({});
  const { variants, datasets } = await client.projects.open({ id });
  const [variant, other] = variants;
  const order = { variantId: variant!.id, datasetId: datasets[0]!.id };
  const teacherOf = async (given: object, teacherId?: string) => {
    const job = await client.jobs.prune({ ...order, recipe: { ...recipe, ...given }, ...(teacherId === undefined ? {} : { teacherId }) });
    await reached(job.id, 'done');
    return job.order.kind === 'prune' ? job.order.teacherId : null;
  };
  assert.equal(await teacherOf({}), undefined);
  assert.equal(await teacherOf({ distill: true }), variant!.id);
  assert.equal(await teacherOf({ distill: 'cnn-small' }, other!.id), other!.id);
  await assert.rejects(teacherOf({ distill: 'cnn-small' }), { code: 'bad-input', where: 'distill' });
  await assert.rejects(teacherOf({ distill: 'x' }, 'variant-none'), { code: 'not-found' });
});

test('three seeds of one order: three variants that belong together, named by their seed; a pruned one is paired with what it was pruned from', async (t) => {
  const { client, reached } = await openTestStudio(t);
  const project = await client.projects.createSample({});
  const { variants, datasets } = await client.projects.open({ id: project.id });
  const order = { variantId: variants[0]!.id, datasetId: datasets[0]!.id };
  const first = await client.jobs.prune({ ...order, recipe: { ...recipe, seed: 7 }, seeds: 3 });
  const jobs = (await client.jobs.list({ projectId: project.id })).toReversed();
  const ended = await Promise.all(jobs.map(({ id }) => reached(id, 'done', 'failed', 'resumable')));
  assert.deepEqual(
    ended.map(({ state }) => state),
    ['done', 'done', 'done'],
  );
  const made = (await client.projects.open({ id: project.id })).variants.slice(-3);
  assert.deepEqual(
    made.map(({ name }) => name.replace(/^.* · /, '')),
    ['seed 7', 'seed 8', 'seed 9'],
  );
  assert.deepEqual(
    made.map(({ repeat }) => [repeat?.seed, repeat?.of]),
    [
      [7, 3],
      [8, 3],
      [9, 3],
    ],
  );
  assert.equal(new Set(made.map(({ repeat }) => repeat?.id)).size, 1);
  assert.ok(first.order.kind === 'prune' && first.order.repeat?.id === made[0]!.repeat?.id);
  // The far engine says: of eight samples the source got four right, the pruned one three of those.
  assert.deepEqual(ended[0]!.result?.['paired'], {
    samples: 8,
    onlyFirst: 1,
    onlySecond: 0,
    p: 1,
    method: 'exact binomial',
    distinguishable: false,
  });
  assert.equal(JSON.stringify(ended[0]!.result).includes('"right"'), false);
  const pair = await client.variants.pair({ id: made[0]!.id, withId: made[1]!.id });
  assert.deepEqual([pair?.onlyFirst, pair?.onlySecond], [0, 0]);
  assert.equal((await client.variants.pair({ id: made[0]!.id, withId: variants[0]!.id }))?.onlyFirst, 1);
});

test('seeds of an untrained network start from fresh weights each, those of a trained one from its weights', async (t) => {
  const { client, reached } = await openTestStudio(t);
  const project = await client.projects.createSample({});
  const { variants, datasets } = await client.projects.open({ id: project.id });
  const anew = async (variantId: string, seeds: number): Promise<boolean | null> => {
    const { order } = await client.jobs.train({ variantId, datasetId: datasets[0]!.id, settings, seeds });
    return order.kind === 'train' ? order.settings.reinitialise : null;
  };
  assert.equal(variants[0]!.kind, 'untrained');
  assert.equal(await anew(variants[0]!.id, 2), true);
  assert.equal(await anew(variants[0]!.id, 1), false);
  const job = await client.jobs.train({ variantId: variants[0]!.id, datasetId: datasets[0]!.id, settings });
  const { variantId } = await reached(job.id, 'done', 'failed', 'resumable');
  assert.equal(await anew(variantId!, 2), false);
});
