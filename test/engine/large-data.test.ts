// Data too large for memory are fetched from the file batch by batch, with the very numbers that a set in memory gives.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openBatches } from '#main/engine/data/batches.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { writeDatasetFile } from '#formats/dataset-file.ts';
import { samplesInFile, samplesInMemory } from '#formats/stored-samples.ts';
import { openTensorFile } from '#formats/tensor-file/open-tensor-file.ts';
import { createRandom } from '#network/random.ts';
import { scratchFolder } from './run-engine.ts';

const tf = loadTensorflow();
const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));

for (const dtype of ['uint8', 'float32'] as const) {
  test(`300 batches of ${dtype} from the file, shuffled or not, are those from memory`, () => {
    const random = createRandom(4, 1);
    const [samples, size] = [97, 12];
    const data =
      dtype === 'uint8'
        ? Uint8Array.from({ length: samples * size }, () => random.below(256))
        : Float32Array.from({ length: samples * size }, () => random.uniform(-1, 1));
    const split = {
      inputs: { name: 'inputs', dtype, shape: [samples, 2, 2, 3], data },
      labels: Int32Array.from({ length: samples }, () => random.below(3)),
    };
    const path = join(folder, dtype);
    const scaling = { scale: [1 / 255, 0.5, 2], offset: [0, -1, 3] };
    writeDatasetFile(path, {
      ...scaling,
      summary: {
        name: 'x',
        sampleShape: [2, 2, 3],
        classes: ['a', 'b', 'c'],
        counts: { train: samples, validation: samples, test: samples },
        balance: [0, 0, 0],
        range: [0, 1],
        credit: null,
      },
      splits: { train: split, validation: split, test: split },
    });
    const file = openTensorFile(path);
    const near = openBatches(tf, samplesInMemory(split), scaling, [2, 2, 3]);
    const far = openBatches(tf, samplesInFile(file, 'test/inputs', split.labels), scaling, [2, 2, 3]);
    for (let round = 0; round < 300; round++) {
      const from = random.below(samples);
      const to = from + 1 + random.below(samples - from);
      const order = round % 2 === 0 ? undefined : Int32Array.from({ length: samples }, () => random.below(samples));
      const [a, b] = [near.gather(from, to, order), far.gather(from, to, order)];
      assert.deepEqual(b.inputs.dataSync(), a.inputs.dataSync());
      assert.deepEqual(b.labels.dataSync(), a.labels.dataSync());
      a.dispose();
      b.dispose();
    }
    const first = near.gather(0, 1);
    const value = (at: number) => Math.fround(data[at]! * scaling.scale[at % 3]! + scaling.offset[at % 3]!);
    assert.deepEqual(
      [...first.inputs.dataSync()],
      Array.from({ length: size }, (_, at) => value(at)),
    );
    file.close();
  });
}
