// A model's answers that are a nested model's own: counted in .keras as Keras 3 counts them, and read back as they were.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { unzipSync } from 'fflate';
import { readModel } from '#formats/read-model.ts';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { initialise } from '#network/initialise.ts';
import { asLayer, dense, graph } from '../pruning/graphs.ts';

const path = join(mkdtempSync(join(tmpdir(), 'formats-')), 'chained.keras');

test('two calls of a nested Functional model as ends are its nodes 1 and 2: its own making is node 0', async () => {
  const decoder = graph(
    { code: [2] },
    [
      [dense('one', 6), ['code']],
      [dense('two', 3), ['code']],
    ],
    ['one', 'two'],
  );
  const artifact = initialise(
    graph(
      { input: [6] },
      [
        [dense('code-a', 2), ['input']],
        [dense('code-b', 2), ['input']],
        [asLayer('decoder', decoder), ['code-a'], ['code-b']],
      ],
      ['decoder:1', 'decoder:2'],
    ),
    1,
  );
  await writeKeras(path, artifact);
  const { config } = JSON.parse(Buffer.from(unzipSync(readFileSync(path))['config.json']!).toString()) as {
    config: { output_layers: unknown };
  };
  assert.deepEqual(config.output_layers, [
    ['decoder', 1, 0],
    ['decoder', 2, 0],
  ]);
  const { artifact: back } = await readModel(path);
  assert.deepEqual(back.topology.config.output_layers, artifact.topology.config.output_layers);
});
