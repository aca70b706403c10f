// Bad input on the command line: one line that says what, where and what to do; the right exit code; never a stack.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { newBench } from './run-espalier.ts';

const bench = newBench();
after(() => bench.remove());
const at = (name: string) => join(bench.folder, name);

before(async () => {
  writeFileSync(at('notes.keras'), 'These are notes, not a network.');
  await bench.json('export', 'lenet-300-100', '--format', 'keras', '--out', at('good.keras'));
  writeFileSync(at('short.keras'), readFileSync(at('good.keras')));
  truncateSync(at('short.keras'), 200_000);
  mkdirSync(at('empty-folder'));
});

const cases: readonly (readonly [string, number, RegExp, readonly string[]])[] = [
  ['a file that is no model', 1, /notes\.keras/, ['inspect', 'notes.keras']],
  ['a truncated model', 1, /short\.keras/, ['inspect', 'short.keras']],
  ['a file that is not there', 1, /gone\.keras/, ['inspect', 'gone.keras']],
  ['a dataset that is not there', 1, /nowhere/, ['evaluate', 'good.keras', '--data', 'nowhere']],
  ['a folder without data', 1, /empty-folder/, ['evaluate', 'good.keras', '--data', 'empty-folder']],
  ['sparsity 1.5', 2, /sparsity/, ['prune', 'good.keras', '--sparsity', '1.5', '--epochs', '0', '--out', 'x.keras']],
  ['a criterion that does not exist', 2, /luck/, ['prune', 'good.keras', '--criterion', 'luck', '--epochs', '0', '--out', 'x.keras']],
  ['a granularity that does not exist', 2, /atom/, ['prune', 'good.keras', '--granularity', 'atom', '--epochs', '0', '--out', 'x.keras']],
  ['a command that does not exist', 2, /pruen/, ['pruen', 'good.keras']],
  ['a flag that does not exist', 2, /--sparsty/, ['prune', 'good.keras', '--sparsty', '0.5']],
  ['a layer pattern that meets nothing', 1, /conv9/, ['prune', 'good.keras', '--layers', 'conv9=0.5', '--epochs', '0', '--out', 'x.keras']],
  ['fine-tuning without data', 2, /data/, ['prune', 'good.keras', '--sparsity', '0.5', '--epochs', '2', '--out', 'x.keras']],
  ['a format that there is not', 2, /pickle/, ['export', 'good.keras', '--format', 'pickle', '--out', 'x.pickle']],
  ['an ending that no format has', 2, /\.bin/, ['prune', 'good.keras', '--sparsity', '0.5', '--epochs', '0', '--out', 'x.bin']],
  ['a job that does not exist', 1, /job/i, ['resume', 'no-such-job']],
];

for (const [name, code, says, args] of cases) {
  test(name, async () => {
    const ran = await bench.run(...args);
    assert.equal(ran.code, code, ran.stderr);
    assert.match(ran.stderr, says);
    assert.doesNotMatch(ran.stderr, /\n\s+at |undefined|is not a function|Cannot read/);
    assert.equal(ran.stdout, '');
  });
}
