// The importer, in this process and as a child: what it reads, where it writes, and what it answers.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { FromImporter, type ImporterTask } from '#contract/importer-messages.ts';
import { Recipe } from '#contract/recipe.ts';
import { readModelFile } from '#formats/model-file.ts';
import { answerInTime } from '#main/importer/answer-in-time.ts';
import { runImporterTask } from '#main/importer/run-importer-task.ts';

const fixture = (name: string) => resolve(import.meta.dirname, '../formats/fixtures', name);
const staging = mkdtempSync(join(tmpdir(), 'importer-'));

test('cnn.keras becomes an artifact of 247 parameters whose sha256 is that of the file', async () => {
  const result = await runImporterTask({ kind: 'model', path: fixture('cnn.keras'), staging });
  assert.ok(result.kind === 'model');
  assert.equal(result.format, 'keras');
  assert.equal(result.summary.parameters, 247);
  assert.equal(result.artifact.sha256, createHash('sha256').update(readFileSync(result.artifact.path)).digest('hex'));
  assert.equal(readModelFile(result.artifact.path).weights.length, 12);
  const inspected = await runImporterTask({ kind: 'inspect', path: result.artifact.path });
  assert.ok(inspected.kind === 'inspect');
  assert.deepEqual(inspected.summary, result.summary);
});

test('a starter of one seed has the same bytes each time, of another seed others', async () => {
  const hashes = [];
  for (const seed of [1, 1, 2]) {
    const result = await runImporterTask({ kind: 'starter', starter: 'lenet-300-100', seed, staging });
    assert.ok(result.kind === 'model');
    assert.equal(result.summary.parameters, 266_610);
    hashes.push(result.artifact.sha256);
  }
  assert.equal(hashes[0], hashes[1]);
  assert.notEqual(hashes[0], hashes[2]);
});

test('the plan of 90 % on lenet-300-100 removes 239,400 of its 266,200 weights, give or take what the recipe keeps', async () => {
  const result = await runImporterTask({ kind: 'starter', starter: 'lenet-300-100', seed: 1, staging });
  assert.ok(result.kind === 'model');
  const planned = await runImporterTask({ kind: 'plan', artifact: result.artifact.path, recipe: Recipe.parse({ sparsity: 0.9 }) });
  assert.ok(planned.kind === 'plan');
  assert.equal(planned.plan.removed, Math.round(planned.plan.total * 0.9));
});

test('MNIST is 55,000, 5,000 and 10,000 images with its authors named; ten samples show ten classes', async () => {
  const result = await runImporterTask({ kind: 'dataset', source: 'mnist', staging });
  assert.ok(result.kind === 'dataset');
  assert.deepEqual(result.summary.counts, { train: 55_000, validation: 5_000, test: 10_000 });
  assert.deepEqual(result.summary.balance, [6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958]);
  assert.match(result.summary.credit ?? '', /LeCun.*Cortes.*Burges/);
  const shown = await runImporterTask({ kind: 'samples', artifact: result.artifact.path, count: 10 });
  assert.ok(shown.kind === 'samples');
  assert.deepEqual(
    shown.samples.map(({ label }) => label),
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  );
  assert.ok(shown.samples.every(({ pixels, shape }) => pixels.length === 784 && shape.join() === '28,28,1' && Math.max(...pixels) > 200));
});

function asChild(task: ImporterTask | { kind: string }): Promise<{ answer: FromImporter; code: number | null }> {
  return new Promise((done, fail) => {
    const child = fork(resolve(import.meta.dirname, '../../src-main/importer/main.ts'), { execArgv: ['--max-old-space-size=512'] });
    let answer: FromImporter | undefined;
    child.on('message', (message) => {
      answer = FromImporter.parse(message);
    });
    child.on('exit', (code) => (answer === undefined ? fail(new Error('the importer ended without an answer')) : done({ answer, code })));
    child.send(task);
  });
}

test('as a child it answers once and ends with 0, also when it refuses', async () => {
  const before = readdirSync(staging);
  const refused = await asChild({ kind: 'model', path: fixture('lambda.keras'), staging });
  assert.ok(refused.answer.kind === 'failed');
  assert.equal(refused.answer.problem.code, 'unsafe-file');
  assert.deepEqual(readdirSync(staging), before);
  const done = await asChild({ kind: 'inspect', path: 'lenet-5' });
  assert.ok(done.answer.kind === 'done');
  assert.deepEqual([refused.code, done.code], [0, 0]);
});

test('a task it does not know is bad input, and a missing file is not found', async () => {
  const { answer } = await asChild({ kind: 'dance' });
  assert.ok(answer.kind === 'failed');
  assert.equal(answer.problem.code, 'bad-input');
  await assert.rejects(runImporterTask({ kind: 'inspect', path: '/no/such/model.keras' }), { code: 'not-found' });
});

test('a file that sends the HDF5 library in circles is ended by the time limit', async () => {
  const answer = await answerInTime({ kind: 'inspect', path: fixture('endless.keras') }, 3);
  assert.ok(answer.kind === 'failed');
  assert.deepEqual([answer.problem.code, answer.problem.where], ['over-limit', fixture('endless.keras')]);
});
