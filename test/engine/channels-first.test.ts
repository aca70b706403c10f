// Inputs with their channels first, as PyTorch writes them: predicted on as images with channels last, never read in the wrong order.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { npyBytes, readNpy } from '#formats/containers/npy.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { runTask } from '#main/engine/run-task.ts';
import { buildStarter } from '#network/starters.ts';
import { contextFor } from './in-process.ts';
import { scratchFolder } from './run-engine.ts';

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));

test('resnet-8 answers (3, 3, 32, 32) as it does (3, 32, 32, 3)', async () => {
  const context = contextFor(folder, () => undefined);
  const model = join(folder, 'resnet-8');
  writeModelFile(model, buildStarter('resnet-8', 1));
  const last = Float32Array.from({ length: 3 * 32 * 32 * 3 }, (_, at) => ((at * 7919) % 1009) / 1009);
  const first = new Float32Array(last.length);
  for (let at = 0; at < last.length; at++) first[Math.floor(at / 3072) * 3072 + (at % 3) * 1024 + Math.floor((at % 3072) / 3)] = last[at]!;
  const answers = [];
  for (const [name, shape, data] of [
    ['last', [3, 32, 32, 3], last],
    ['first', [3, 3, 32, 32], first],
  ] as const) {
    const [input, output] = [join(folder, `${name}.npy`), join(folder, `${name}-answers.npy`)];
    writeFileSync(input, npyBytes({ dtype: 'float32', shape, data }));
    await runTask({ kind: 'predict', model, input, output }, context);
    answers.push(readNpy(readFileSync(output), { file: output }));
  }
  assert.deepEqual(answers[0], answers[1]);
});
