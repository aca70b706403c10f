// Mutated files of each format: read or refused in plain words, never anything else. FUZZ_MUTATIONS sets how many a format.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { formats } from './fuzz-formats.ts';

const mutations = Number(process.env.FUZZ_MUTATIONS ?? 1000);
/** The HDF5 library itself runs in circles on some damaged heaps; the importer then stops its thread, and so does this test. */
const mayHang = mutations / 100;

for (const [name] of formats) {
  test(`${name}: ${mutations} mutations are read or refused in plain words`, async () => {
    const faults: string[] = [];
    const hangs: number[] = [];
    for (let from = 0; from < mutations; from = (hangs.at(-1) ?? 0) + 1) {
      const hung = await workThrough(name, from, faults);
      if (hung === undefined) break;
      hangs.push(hung);
    }
    assert.deepEqual(faults, []);
    assert.ok(hangs.length <= mayHang, `${hangs.length} mutations were never answered: rounds ${hangs.join(', ')}`);
  });
}

/** The round that wasn't answered within five seconds, or undefined where all were. */
function workThrough(name: string, from: number, faults: string[]): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const worker = new Worker(join(import.meta.dirname, 'fuzz-worker.ts'), { workerData: { name, from, to: mutations } });
    let last = from;
    let watch = setTimeout(() => undefined, 0);
    worker.on('message', ({ round, fault }: { round: number; fault?: string }) => {
      last = round;
      if (fault !== undefined) faults.push(`round ${round}: ${fault}`);
      clearTimeout(watch);
      watch = setTimeout(() => {
        done(last);
        void worker.terminate();
      }, 5000);
    });
    worker.on('error', fail);
    worker.on('exit', () => {
      clearTimeout(watch);
      done(undefined);
    });
  });
}
