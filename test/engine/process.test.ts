// The engine as a process: it answers every message, stops when told, and never shows a stack.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { ExportTarget } from '#contract/nouns.ts';
import type { EngineTask } from '#contract/engine-messages.ts';
import { npyBytes, readNpy } from '#formats/containers/npy.ts';
import { readModelFile, writeModelFile } from '#formats/model-file.ts';
import { readModel } from '#formats/read-model.ts';
import { resultOf, scratchFolder, startEngine } from './run-engine.ts';
import { smallModel, writeSmallData, writeSmallModel } from './small-data.ts';

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const model = writeSmallModel(folder);
const data = writeSmallData(folder);
const settings = TrainSettings.parse({ epochs: 4, batch: 32, optimizer: 'adam', rate: 0.01, decay: 'cosine', seed: 1 });
/** Sums of these exceed the largest float32, and the loss is no number. */
const overflowing = join(folder, 'overflowing.espalier');
writeModelFile(overflowing, {
  ...smallModel(),
  weights: smallModel().weights.map((tensor) =>
    tensor.name === 'hidden/kernel' ? { ...tensor, data: new Float32Array(tensor.data.length).fill(3e38) } : tensor,
  ),
});
const endless: EngineTask = { kind: 'train', model, data, settings: { ...settings, epochs: 10_000 }, exportTo: null };

function workspace(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

test('train, prune and export in a row: trained accuracy ≥ 0.95, 90 % zeros, the certificate holds', async () => {
  const place = workspace('row');
  const { result: trained } = await resultOf(
    { kind: 'train', model, data, settings, exportTo: ExportTarget.parse({ format: 'tfjs', path: join(place, 'web') }) },
    place,
  );
  assert.ok(trained.kind === 'train' && trained.test.accuracy !== null && trained.test.accuracy >= 0.95, JSON.stringify(trained));
  assert.equal(trained.epochs.length, 4);
  assert.equal(trained.exported?.certificate.verdict, 'equal');
  assert.deepEqual(
    (await readModel(join(place, 'web'))).artifact.weights.map(({ name }) => name),
    readModelFile(trained.artifact.path).weights.map(({ name }) => name),
  );
  const { result: pruned } = await resultOf(
    { kind: 'prune', model: trained.artifact.path, data, recipe: Recipe.parse({ sparsity: 0.9, rate: 0.003, batch: 32 }), exportTo: null },
    workspace('weights'),
  );
  assert.ok(pruned.kind === 'prune');
  const zeros = readModelFile(pruned.artifact.path)
    .weights.filter(({ name }) => name.endsWith('kernel'))
    .reduce((sum, { data: values }) => sum + values.filter((value) => Object.is(value, 0)).length, 0);
  assert.equal(zeros, Math.round(0.9 * (9 * 6 + 96 * 16 + 16 * 3)));
  assert.ok(pruned.after.accuracy! >= pruned.pruned.accuracy!);
  for (const [granularity, schedule] of [
    ['filter', 'one-shot'],
    ['filter', 'polynomial'],
    ['neuron', 'iterative'],
  ] as const) {
    const { result } = await resultOf(
      {
        kind: 'prune',
        model: trained.artifact.path,
        data,
        recipe: Recipe.parse({ granularity, schedule, sparsity: 0.5, rounds: 2, batch: 32, rate: 0.003 }),
        exportTo: null,
      },
      workspace(`${granularity}-${schedule}`),
    );
    assert.ok(result.kind === 'prune');
    assert.equal(result.certificate?.verdict, 'equal');
    assert.equal(
      result.summary.layers.find(({ name }) => name === (granularity === 'filter' ? 'conv' : 'hidden'))?.channels,
      granularity === 'filter' ? 3 : 8,
    );
  }
});

test('pruning without data: one-shot works and is proven on random inputs, a rising schedule is refused in words', async () => {
  const { result } = await resultOf(
    { kind: 'prune', model, data: null, recipe: Recipe.parse({ granularity: 'filter', sparsity: 0.5 }), exportTo: null },
    workspace('no-data'),
  );
  assert.ok(
    result.kind === 'prune' &&
      result.certificate?.inputs === 'random' &&
      result.certificate.verdict === 'equal' &&
      result.certificate.samples === 256,
  );
  assert.deepEqual([result.epochs, result.evaluation, result.after.accuracy, result.recipe.epochs], [[], null, null, 0]);
  const refused = startEngine(
    { kind: 'prune', model, data: null, recipe: Recipe.parse({ schedule: 'polynomial' }), exportTo: null },
    folder,
  );
  await refused.ended;
  const last = refused.messages.at(-1);
  assert.ok(last?.kind === 'failed' && last.problem.code === 'bad-input' && last.problem.where === 'schedule');
});

test('predict writes (N, 3) probabilities that sum to 1', async () => {
  const [input, output] = [join(folder, 'x.npy'), join(folder, 'y.npy')];
  writeFileSync(input, npyBytes({ dtype: 'float32', shape: [5, 64], data: new Float32Array(320).fill(0.5) }));
  const { result } = await resultOf({ kind: 'predict', model, input, output }, folder);
  assert.ok(result.kind === 'predict');
  assert.deepEqual(result.shape, [5, 3]);
  const answers = readNpy(readFileSync(output), { file: output });
  assert.ok(Math.abs(Float64Array.from(answers.data).reduce((sum, value) => sum + value, 0) - 5) < 1e-5);
});

for (const wish of ['pause', 'cancel'] as const) {
  test(`${wish} in the middle of an endless run is answered, and the process ends with 0`, async () => {
    const place = workspace(wish);
    const run = startEngine(endless, place, {
      hear: (message, child) => {
        if (message.kind === 'checkpoint') child.send({ kind: wish });
      },
    });
    assert.deepEqual(await run.ended, { code: 0, signal: null });
    const last = run.messages.at(-1);
    assert.equal(last?.kind, wish === 'pause' ? 'paused' : 'cancelled');
    const newest = Math.max(
      ...readdirSync(place)
        .flatMap((name) => /^checkpoint-(\d+)\.ckpt$/.exec(name)?.[1] ?? [])
        .map(Number),
    );
    if (last?.kind === 'paused') assert.equal(last.step, newest);
    assert.ok(readdirSync(place).length <= 2);
  });
}

test('the engine goes when its line closes, and says it is alive while it works', async () => {
  const run = startEngine(endless, workspace('orphan'), {
    hear: (message, child) => {
      if (message.kind === 'alive') child.disconnect();
    },
  });
  assert.equal((await run.ended).code, 0);
  assert.ok(run.messages.some(({ kind }) => kind === 'alive'));
});

test('a task that is not of the agreed form, a missing model, weights that overflow: each one problem in words', async () => {
  for (const [task, code] of [
    [{ kind: 'train', model, data, settings: { ...settings, epochs: -1 }, exportTo: null }, 'bad-input'],
    [{ kind: 'evaluate', model: join(folder, 'absent'), data }, 'not-found'],
    [{ kind: 'evaluate', model: data, data }, 'not-a-model'],
    [{ kind: 'train', model: overflowing, data, settings, exportTo: null }, 'diverged'],
    [
      { kind: 'export', model, data: null, exportTo: ExportTarget.parse({ format: 'keras', path: join(folder, 'no', 'folder.keras') }) },
      'not-found',
    ],
  ] as const) {
    const run = startEngine(task as EngineTask, workspace(`wrong-${code}-${task.kind}-${task.model.length}`));
    await run.ended;
    const last = run.messages.at(-1);
    assert.ok(last?.kind === 'failed', JSON.stringify([code, last?.kind]));
    assert.equal(last.problem.code, code, last.problem.message);
    assert.doesNotMatch(JSON.stringify(last.problem), /\bat .*:\d+:\d+/);
  }
});
