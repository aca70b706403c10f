// SavedModels: native TensorFlow loads them and answers as tfjs-layers; an independent decoder finds what was written.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { varint } from '#formats/savedmodel/protobuf-writer.ts';
import { writeSavedModel } from '#formats/savedmodel/write-saved-model.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { largestDifference, predictInTfjs } from '../network/run-in-tfjs.ts';
import { activationsInARow } from './activation-samples.ts';
import { sampleNetworks, samples, sequence } from './tflite-sample-networks.ts';

interface Decoded {
  toObject(): {
    metaGraphsList: {
      signatureDefMap: [string, { inputsMap: [string, { name: string }][]; outputsMap: [string, object][] }][];
      graphDef: { nodeList: { name: string; op: string }[] };
    }[];
  };
}
const pb = createRequire(import.meta.url)('@tensorflow/tfjs-node/dist/proto/api_pb.js') as {
  SavedModel: { deserializeBinary(bytes: Uint8Array): Decoded };
};
const tf = loadTensorflow();
const folder = mkdtempSync(join(tmpdir(), 'savedmodel-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function differenceInTensorflow(name: string, model: ModelArtifact, shape: readonly number[]): Promise<number> {
  const path = join(folder, name);
  writeSavedModel(path, model);
  const inputs = samples(shape, 5);
  const expected = await predictInTfjs(model, [5, ...shape], inputs);
  // Both share one tfjs core, whose backend the plain JavaScript one has become.
  await tf.setBackend('tensorflow');
  const [graph] = await tf.node.getMetaGraphsFromSavedModel(path);
  const [input] = Object.keys(graph!.signatureDefs['serving_default']!.inputs);
  const saved = await tf.node.loadSavedModel(path);
  const given = tf.tensor(inputs, [5, ...shape]);
  const answers = Object.values(saved.predict({ [input!]: given }) as Record<string, ReturnType<typeof tf.tensor>>);
  const answer = Float32Array.from(answers[0]!.dataSync());
  tf.dispose([given, answers]);
  saved.dispose();
  return largestDifference(answer, expected);
}

for (const [name, { model, shape }] of Object.entries(sampleNetworks)) {
  test(`${name}: native TensorFlow answers as tfjs-layers to 1e-5, for a batch of 5`, async () => {
    const apart = await differenceInTensorflow(name, model, shape);
    assert.ok(apart <= 1e-5, String(apart));
  });
}

test('13 activations answer as in tfjs-layers to 1e-5', async () => {
  assert.ok((await differenceInTensorflow('activations', activationsInARow, [20])) <= 1e-5);
});

test('the signature is serving_default; an input called `in` becomes `in_`, which Python can write', () => {
  const path = join(folder, 'decoded');
  const files = writeSavedModel(path, { ...sampleNetworks['residual']!.model, metadata: { lineage: 'root' } });
  assert.deepEqual(
    files.map((file) => file.path),
    [join(path, 'saved_model.pb'), join(path, 'assets.extra', 'espalier.json')],
  );
  const [meta] = pb.SavedModel.deserializeBinary(readFileSync(join(path, 'saved_model.pb'))).toObject().metaGraphsList;
  const [key, { inputsMap, outputsMap }] = meta!.signatureDefMap[0]!;
  assert.deepEqual(
    [key, inputsMap.map(([name, { name: node }]) => [name, node]), outputsMap.map(([name]) => name)],
    ['serving_default', [['in_', 'in:0']], ['answer']],
  );
  assert.deepEqual(JSON.parse(readFileSync(join(path, 'assets.extra', 'espalier.json'), 'utf8')), { lineage: 'root' });
  const ops = meta!.graphDef.nodeList.map(({ op }) => op);
  assert.equal(ops.filter((op) => op === 'FusedBatchNormV3' || op === 'VarHandleOp').length, 0);
});

test('a varint takes 7 bits a byte: 300 is ac 02, −1 ten bytes', () => {
  assert.deepEqual([...varint(0)], [0]);
  assert.deepEqual([...varint(300)], [0xac, 0x02]);
  assert.deepEqual([...varint(-1)], [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
});

test('node names that TensorFlow takes for the same are told apart: Ä, Å and _ all become _', async () => {
  const model = sequence(
    'names',
    [3],
    ['Ä', 'Å', 'a.Ä', 'A.Å'].map((name) => ['Dense', { units: 3, name }] as const),
  );
  writeSavedModel(join(folder, 'names'), model);
  const nodes = pb.SavedModel.deserializeBinary(readFileSync(join(folder, 'names', 'saved_model.pb')))
    .toObject()
    .metaGraphsList[0]!.graphDef.nodeList.map(({ name }) => name.toLowerCase());
  assert.equal(new Set(nodes).size, nodes.length);
  assert.ok(nodes.every((name) => /^[a-z0-9.][a-z0-9_.\\/>-]*$/.test(name)));
  await tf.setBackend('tensorflow');
  (await tf.node.loadSavedModel(join(folder, 'names'))).dispose();
});
