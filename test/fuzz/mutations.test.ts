// Mutated and cut files of every format: read or refused in plain words, never anything else. FUZZ_MUTATIONS sets how many a format.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { formats, subjects, type Subject } from './formats.ts';
import { record } from './record.ts';

const mutations = Number(process.env['FUZZ_MUTATIONS'] ?? 5000);
/** Files up to this size are also cut after each of their bytes; larger ones after some. */
const cuts = 500;
/** Then another thread begins, with a heap of HDF5 that no damaged file has touched: the importer has a process for each file. */
const oneThread = 1000;
/** The HDF5 library itself runs in circles on some damaged heaps; the importer then stops its thread, and so does this test. */
const mayHang = { keras: 0.01, h5: 0.01 } as Readonly<Record<string, number>>;

for (const format of formats) {
  const own = subjects.filter((subject) => subject.format === format);
  const each = Math.ceil(mutations / own.length);
  test(`${format}: ${each * own.length} mutations are read or refused in plain words`, async () => {
    const faults: string[] = [];
    const hangs: string[] = [];
    const counts: Record<string, number> = {};
    for (const subject of own) {
      const first = -Math.min(subject.seed.length, cuts);
      for (let from = first; from < each;) {
        const to = Math.min(each, from + oneThread);
        const hung = await workThrough(subject, from, to, faults, counts);
        if (hung !== undefined) hangs.push(`${subject.name} ${hung}`);
        from = hung === undefined ? to : hung + 1;
      }
    }
    record('mutations', format, {
      seeds: `round · 1000 + ${own.map(({ name }) => name.length).join(' | ')}`,
      mutations: each * own.length,
      counts,
      hangs,
      faults,
    });
    assert.deepEqual(faults.slice(0, 3), []);
    assert.ok(hangs.length <= mutations * (mayHang[format] ?? 0), `never answered: ${hangs.join(', ')}`);
  });
}

/** The round that wasn't answered within ten seconds, or undefined where all were. */
function workThrough(
  { name }: Subject,
  from: number,
  to: number,
  faults: string[],
  counts: Record<string, number>,
): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const worker = new Worker(join(import.meta.dirname, 'worker.ts'), { workerData: { name, from, to } });
    let last = from;
    let watch = setTimeout(() => undefined, 0);
    worker.on('message', (said: { round?: number; fault?: string; outcome?: string }) => {
      if (said.outcome !== undefined) counts[said.outcome] = (counts[said.outcome] ?? 0) + 1;
      last = said.round ?? last;
      if (said.fault !== undefined) faults.push(`${name}, round ${last}: ${said.fault}`);
      clearTimeout(watch);
      watch = setTimeout(() => {
        done(last);
        void worker.terminate();
      }, 10_000);
    });
    worker.on('error', fail);
    worker.on('exit', () => {
      clearTimeout(watch);
      done(undefined);
    });
  });
}
