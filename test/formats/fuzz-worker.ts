// Works through mutations of one format in a thread of its own, so that a reader that never ends can be ended.
import { parentPort, workerData } from 'node:worker_threads';
import { StudioError } from '#contract/errors.ts';
import { formats, generator, mutated } from './fuzz-formats.ts';

const rawException = /undefined|is not a function|Cannot read|NaN|RangeError|\[object/;
const { name, from, to }: { name: string; from: number; to: number } = workerData;
const [, seed, read] = formats.find(([each]) => each === name)!;

for (let round = from; round < to; round++) {
  parentPort!.postMessage({ round });
  try {
    await read(mutated(seed, generator(round * 1000 + name.length)));
  } catch (thrown) {
    if (!(thrown instanceof StudioError))
      parentPort!.postMessage({ round, fault: thrown instanceof Error ? thrown.stack : String(thrown) });
    else if (rawException.test(`${thrown.message} ${thrown.where ?? ''} ${thrown.whatToDo ?? ''}`))
      parentPort!.postMessage({ round, fault: `${thrown.where}: ${thrown.message}` });
  }
}
