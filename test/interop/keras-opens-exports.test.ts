// Real Keras opens what Espalier exports and answers as Espalier does, to 1e-5.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { ensurePython } from '#main/setup/python-environment.ts';
import { newBench } from '../acceptance/run-espalier.ts';

const bench = newBench();
after(() => bench.remove());
let python = '';
before(async () => {
  python = await ensurePython(resolve(import.meta.dirname, 'requirements.txt'), (line) => console.error(line));
});

const cases = [
  ['lenet-300-100 with 90 % of its weights gone', 'lenet-300-100', ['--granularity', 'weight', '--sparsity', '0.9']],
  [
    'lenet-5 with 95 % of its weights gone, layer by layer',
    'lenet-5',
    ['--granularity', 'weight', '--scope', 'layer', '--sparsity', '0.95'],
  ],
  ['lenet-5 with half its filters gone', 'lenet-5', ['--granularity', 'filter', '--sparsity', '0.5']],
  ['cnn-small with half its filters gone', 'cnn-small', ['--granularity', 'filter', '--sparsity', '0.5']],
  ['lenet-300-100 with 60 % of its neurons gone', 'lenet-300-100', ['--granularity', 'neuron', '--sparsity', '0.6']],
] as const;

for (const [name, model, flags] of cases) {
  test(`Keras answers as Espalier: ${name}`, async (context) => {
    const at = (ending: string) => join(bench.folder, `${name.replaceAll(/\W+/g, '-')}${ending}`);
    const pruned = await bench.json<{ after: { nonzero: number; parameters: number } }>(
      'prune',
      model,
      ...flags,
      '--epochs',
      '0',
      '--out',
      at('.keras'),
    );
    const compare = resolve(import.meta.dirname, 'keras-answers.py');
    execFileSync(python, [compare, 'inputs', at('.keras'), at('.in.npy')], { stdio: ['ignore', 'pipe', 'ignore'] });
    await bench.json('predict', at('.keras'), '--input', at('.in.npy'), '--out', at('.out.npy'));
    const seen = JSON.parse(
      execFileSync(python, [compare, 'answers', at('.keras'), at('.in.npy'), at('.out.npy')], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as { maxDifference: number; nonzero: number; parameters: number };
    context.diagnostic(`largest difference ${seen.maxDifference}`);
    assert.ok(seen.maxDifference <= 1e-5, `differs by ${seen.maxDifference}`);
    assert.deepEqual([seen.parameters, seen.nonzero], [pruned.after.parameters, pruned.after.nonzero]);
  });
}
