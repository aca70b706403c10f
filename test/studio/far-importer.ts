// The far process for tests: answers as an importer does, with small files of its own.
import { createHash } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImporterTask, type FromImporter, type ImporterResult } from '#contract/importer-messages.ts';
import { datasetSummary, summary } from './example-nouns.ts';

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const task = ImporterTask.parse(message);
  const say = (answer: FromImporter): void => void process.send?.(answer);
  if (process.env['FAR_MANNERS'] === 'dies') process.exit(3);
  if (process.env['FAR_MANNERS'] === 'hangs') return;
  if (process.env['FAR_MANNERS'] === 'eats') {
    hoard();
    return;
  }
  if (task.kind === 'dataset' && task.source.endsWith('missing')) {
    return say({ kind: 'failed', problem: { code: 'not-found', message: 'The folder is not there.', where: task.source } });
  }
  say({ kind: 'done', result: answer(task) });
});

function answer(task: ImporterTask): ImporterResult {
  switch (task.kind) {
    case 'model':
      return {
        kind: 'model',
        artifact: stage(task.staging, `model ${task.path}`, task.path.includes('huge') ? 2 ** 40 : undefined),
        summary,
        format: 'keras',
      };
    case 'starter':
      return {
        kind: 'model',
        artifact: stage(task.staging, `${task.starter} ${task.seed}`),
        summary: { ...summary, name: task.starter },
        format: 'starter',
      };
    case 'dataset':
      return { kind: 'dataset', artifact: stage(task.staging, `data ${task.source}`), summary: datasetSummary };
    case 'survey':
      return {
        kind: 'survey',
        survey: { name: 'digits', format: 'idx', given: ['train', 'test'], samples: 70_000, columns: [], label: null, images: null },
      };
    case 'inspect':
      return { kind: 'inspect', summary };
    case 'plan':
      return {
        kind: 'plan',
        plan: { before: summary, after: summary, removed: process.pid, total: 100, layers: [], skipped: [], verdict: 'Half as large.' },
      };
    case 'samples':
      return { kind: 'samples', samples: [{ index: 0, label: '7', shape: [1, 1, 1], pixels: [255] }] };
  }
}

/** With `size` a sparse file that claims more than any disk here holds. */
function stage(staging: string, text: string, size?: number): { path: string; sha256: string; bytes: number } {
  const path = join(staging, 'staged.esp');
  writeFileSync(path, text);
  if (size !== undefined) truncateSync(path, size);
  return { path, sha256: createHash('sha256').update(text).digest('hex'), bytes: size ?? Buffer.byteLength(text) };
}

function hoard(): void {
  const kept: Buffer[] = [];
  setInterval(() => kept.push(Buffer.alloc(50 * 2 ** 20, kept.length + 1)), 20);
}
