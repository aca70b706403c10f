// Works through mutations of one ONNX file in a thread of its own, so that a reader that never ends can be ended.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { StudioError } from '#contract/errors.ts';
import { readOnnx } from '#formats/onnx/read/read-onnx.ts';
import { generator, mutated } from './onnx-mutations.ts';

const rawException = /undefined|is not a function|Cannot read|NaN|RangeError|\[object/;
const { name, rounds }: { name: string; rounds: number } = workerData;
const seed = readFileSync(join(import.meta.dirname, 'onnx-fixtures', name));

for (let round = 0; round < rounds; round++) {
  parentPort!.postMessage({ round });
  try {
    readOnnx(mutated(seed, generator(round * 1000 + name.length)), 'm.onnx');
  } catch (thrown) {
    if (!(thrown instanceof StudioError))
      parentPort!.postMessage({ round, fault: thrown instanceof Error ? thrown.stack : String(thrown) });
    else if (rawException.test(`${thrown.message} ${thrown.where ?? ''} ${thrown.whatToDo ?? ''}`))
      parentPort!.postMessage({ round, fault: `${thrown.where}: ${thrown.message}` });
  }
}
// Every beginning of the file, too: a download that broke off.
for (let length = 0; length < seed.length; length++) {
  try {
    readOnnx(seed.subarray(0, length), 'm.onnx');
  } catch (thrown) {
    if (!(thrown instanceof StudioError))
      parentPort!.postMessage({ round: -length, fault: thrown instanceof Error ? thrown.stack : String(thrown) });
  }
}
