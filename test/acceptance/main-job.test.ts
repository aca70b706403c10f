// The main job on the command line: train on MNIST, prune to 90 %, compare, export, predict; each claim with its number.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { newBench } from './run-espalier.ts';

interface Summary {
  parameters: number;
  nonzero: number;
  macs: number;
  accuracy: number | null;
  bytes: { raw: number; gzip: number; int8: number; sparse: number };
}
interface Pruned {
  before: Summary;
  pruned: Summary;
  after: Summary;
  recipe: { sparsity: number };
  seconds: number;
  certificate: { verdict: string } | null;
}

const bench = newBench();
after(() => bench.remove());
const KERNELS = 784 * 300 + 300 * 100 + 100 * 10; // 266,200
const at = (name: string) => join(bench.folder, name);

test('a starter is inspected without data: 266,610 parameters, 266,200 multiply-accumulates', async () => {
  const seen = await bench.json<Summary & { layers: { name: string; type: string }[]; unsupported: unknown[] }>('inspect', 'lenet-300-100');
  assert.equal(seen.parameters, 266_610);
  assert.equal(seen.macs, KERNELS);
  assert.equal(seen.bytes.raw, 4 * 266_610);
  assert.deepEqual(seen.unsupported, []);
});

test('LeNet-300-100 trains on MNIST to 97 % or more in 3 epochs and is written as .keras', async () => {
  const trained = await bench.json<{
    epochs: { loss: number; valAccuracy: number }[];
    test: { accuracy: number };
    imagesPerSecond: number;
  }>('train', 'lenet-300-100', '--data', 'mnist', '--epochs', '3', '--seed', '7', '--out', at('base.keras'));
  assert.equal(trained.epochs.length, 3);
  assert.ok(trained.test.accuracy >= 0.97, `accuracy ${trained.test.accuracy}`);
  assert.ok(trained.epochs[2]!.loss < trained.epochs[0]!.loss);
  assert.ok(statSync(at('base.keras')).size > 4 * 266_610);
});

test('pruned to 90 %: exactly 26,620 kernel weights are left, and the file says so too', async () => {
  const pruned = await bench.json<Pruned>(
    'prune',
    at('base.keras'),
    '--data',
    'mnist',
    '--granularity',
    'weight',
    '--sparsity',
    '0.9',
    '--epochs',
    '1',
    '--out',
    at('pruned.keras'),
  );
  assert.equal(pruned.before.parameters, 266_610);
  assert.equal(pruned.after.nonzero, KERNELS - Math.round(0.9 * KERNELS) + 410);
  assert.ok(pruned.after.accuracy! >= pruned.before.accuracy! - 0.01, `from ${pruned.before.accuracy} to ${pruned.after.accuracy}`);
  assert.ok(pruned.pruned.accuracy! < pruned.after.accuracy!, 'fine-tuning wins accuracy back');
  const again = await bench.json<Summary>('inspect', at('pruned.keras'));
  assert.equal(again.nonzero, pruned.after.nonzero);
});

test('evaluate agrees with what the pruning said, class by class', async () => {
  const seen = await bench.json<{
    accuracy: number;
    perClass: { samples: number; accuracy: number }[];
    trainAccuracy: number;
    gap: number;
    topK: Record<string, number>;
  }>('evaluate', at('pruned.keras'), '--data', 'mnist');
  assert.equal(
    seen.perClass.reduce((sum, { samples }) => sum + samples, 0),
    10_000,
  );
  const mean = seen.perClass.reduce((sum, { samples, accuracy }) => sum + samples * accuracy, 0) / 10_000;
  assert.ok(Math.abs(mean - seen.accuracy) < 1e-9);
  assert.ok(Math.abs(seen.gap - (seen.trainAccuracy - seen.accuracy)) < 1e-9);
  assert.ok(seen.topK['5']! > 0.99);
});

test('compare lays both side by side, names the front, and writes a page with its charts drawn', async () => {
  const seen = await bench.json<{ variants: { name: string }[]; pareto: number[] }>(
    'compare',
    at('base.keras'),
    at('pruned.keras'),
    '--data',
    'mnist',
    '--html',
    at('compare.html'),
  );
  assert.equal(seen.variants.length, 2);
  assert.ok(seen.pareto.length >= 1 && seen.pareto.every((index) => index === 0 || index === 1));
  const page = readFileSync(at('compare.html'), 'utf8');
  assert.match(page, /<svg[\s\S]*<\/svg>/);
  assert.doesNotMatch(page, /<script|(?:src|href)="https?:/);
});

test('a filter-pruned cnn-small is really smaller, and its certificate is green', async () => {
  await bench.json('train', 'cnn-small', '--data', 'mnist', '--epochs', '1', '--out', at('cnn.keras'));
  const pruned = await bench.json<Pruned>(
    'prune',
    at('cnn.keras'),
    '--data',
    'mnist',
    '--granularity',
    'filter',
    '--sparsity',
    '0.5',
    '--epochs',
    '1',
    '--out',
    at('cnn-half.keras'),
  );
  assert.equal(pruned.certificate?.verdict, 'equal');
  assert.ok(pruned.after.parameters < 0.6 * pruned.before.parameters);
  assert.ok(pruned.after.macs < 0.5 * pruned.before.macs);
  assert.ok(statSync(at('cnn-half.keras')).size < 0.7 * statSync(at('cnn.keras')).size);
});

test('export to tfjs is replayed against its source and reads back the same', async () => {
  const exported = await bench.json<{ files: { path: string; bytes: number }[]; certificate: { verdict: string; maxDifference: number } }>(
    'export',
    at('pruned.keras'),
    '--format',
    'tfjs',
    '--out',
    at('web'),
  );
  assert.equal(exported.certificate.verdict, 'equal');
  assert.ok(existsSync(at('web/model.json')));
  const seen = await bench.json<Summary>('inspect', at('web/model.json'));
  assert.equal(seen.parameters, 266_610);
});

test('latency is measured with its runtime, host and threads', async () => {
  const seen = await bench.json<{ p50: number; p95: number; mean: number; runs: number; host: string; runtime: string; threads: number }>(
    'measure',
    at('pruned.keras'),
    '--runs',
    '30',
    '--threads',
    '1',
  );
  assert.ok(
    seen.p50 > 0 && seen.p95 >= seen.p50 && seen.runs === 30 && seen.threads === 1 && seen.runtime === 'tensorflow' && seen.host.length > 0,
  );
});

test('jobs lists the work that was recorded, all of it done', async () => {
  const { jobs } = await bench.json<{ jobs: { id: string; kind: string; state: string; progress: number }[] }>('jobs');
  assert.deepEqual([...new Set(jobs.map(({ state }) => state))], ['done']);
  assert.equal(jobs.filter(({ kind }) => kind === 'prune').length, 2);
});
