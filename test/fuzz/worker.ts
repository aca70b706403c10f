// Works through mutations of one file in a thread of its own, so that a reader that never ends can be ended.
import { parentPort, workerData } from 'node:worker_threads';
import { StudioError } from '#contract/errors.ts';
import { subjects } from './formats.ts';
import { generator, mutated } from './mutations.ts';

const rawException = /undefined|is not a function|Cannot read|NaN|RangeError|\[object/;
const { name, from, to }: { name: string; from: number; to: number } = workerData;
const { seed, tokens, read } = subjects.find((each) => each.name === name)!;

/** Rounds from 0 on are mutations; those below are the file cut after so many bytes. */
for (let round = from; round < to; round++) {
  parentPort!.postMessage({ round });
  let outcome = 'read';
  try {
    await read(round < 0 ? seed.subarray(0, seed.length + round) : mutated(seed, tokens, generator(round * 1000 + name.length)));
  } catch (thrown) {
    const refused = thrown instanceof StudioError;
    outcome = refused ? thrown.code : 'fault';
    const told = refused ? `${thrown.where}: ${thrown.message} ${thrown.whatToDo ?? ''}` : '';
    if (!refused) parentPort!.postMessage({ round, fault: thrown instanceof Error ? thrown.stack : String(thrown) });
    else if (thrown.code === 'internal' || rawException.test(told)) parentPort!.postMessage({ round, fault: told });
  }
  parentPort!.postMessage({ outcome });
}
