// Every format is written, asked in its runtime beside its source, and only then put in its place.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ExportTarget, type ExportFormat, type ExportWeights } from '#contract/nouns.ts';
import { exportFormats } from '#contract/export-formats.ts';
import type { FromEngine } from '#contract/engine-messages.ts';
import { readModel } from '#formats/read-model.ts';
import { readTflite } from '#formats/tflite/read-tflite.ts';
import { exportModel } from '#main/engine/exporting/export-model.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { initialise } from '#network/initialise.ts';
import { contextFor } from './in-process.ts';
import { scratchFolder } from './run-engine.ts';
import { writeSmallData } from './small-data.ts';
import { smallNetworks } from './small-networks.ts';

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const heard: FromEngine[] = [];
const context = contextFor(join(folder, 'workspace'), (message) => heard.push(message));
mkdirSync(context.workspace);
const data = writeSmallData(folder);
/** Four of five weights are gone. */
const sparse = (artifact: ModelArtifact): ModelArtifact => ({
  ...artifact,
  weights: artifact.weights.map((tensor) =>
    tensor.name.endsWith('kernel') ? { ...tensor, data: tensor.data.map((value, at) => (at % 5 === 0 ? value : 0)) } : tensor,
  ),
});
const model = sparse(initialise(smallNetworks.convolution, 5));

function target(
  format: ExportFormat,
  name: string,
  weights: ExportWeights = 'float32',
  acceptDifference: string | null = null,
): ExportTarget {
  return ExportTarget.parse({ format, path: join(folder, `${name}${exportFormats[format].ending ?? ''}`), weights, acceptDifference });
}

const runtimes: Readonly<Record<ExportFormat, RegExp>> = {
  keras: /^TensorFlow .*read back$/,
  h5: /^TensorFlow .*read back$/,
  tfjs: /^TensorFlow .*read back$/,
  savedmodel: /^TensorFlow .*serving_default$/,
  onnx: /^ONNX Runtime \d/,
  tflite: /interpreter of TensorFlow Lite files$/,
  c: /^C99, compiled by |no C compiler was found$/,
};

for (const format of Object.keys(runtimes) as ExportFormat[]) {
  test(`${format}: equal on 64 random inputs in the runtime that it names, and nothing but its files is left`, async () => {
    const { files, certificate } = await exportModel(context, model, target(format, `whole-${format}`), null);
    assert.equal(certificate.verdict, 'equal');
    assert.match(certificate.runtime, runtimes[format]);
    assert.deepEqual([certificate.samples, certificate.inputs, certificate.top1Agreement], [64, 'random', 1]);
    for (const { path, bytes } of files) assert.equal(readFileSync(path).length, bytes);
    assert.deepEqual(readdirSync(context.workspace), []);
  });
}

test('int8 is calibrated on training samples and scored on test samples beside float32; pruned zeros are zeros in it', async () => {
  const { certificate, accuracy, files } = await exportModel(context, model, target('tflite', 'small', 'int8'), data);
  assert.equal(certificate.inputs, 'data');
  assert.equal(certificate.verdict, 'equal');
  assert.ok(accuracy !== null && accuracy.calibratedOn !== null && accuracy.calibratedOn > 0 && accuracy.samples === certificate.samples);
  assert.ok(Math.abs(accuracy.exported - accuracy.source) <= 0.1, JSON.stringify(accuracy));
  const kernel = readTflite(readFileSync(files[0]!.path)).tensors.find(({ name }) => name === 'conv/kernel');
  const stored = model.weights.find(({ name }) => name === 'conv/kernel')!;
  assert.ok(kernel!.data.filter((byte) => byte === 0).length >= stored.data.filter((value) => value === 0).length);
});

test('int8 without data is refused, and so are weights that a format can not hold', async () => {
  await assert.rejects(exportModel(context, model, target('tflite', 'refused', 'int8'), null), { code: 'bad-input', where: 'data' });
  await assert.rejects(exportModel(context, model, target('onnx', 'refused', 'float16'), null), { code: 'bad-input', where: 'weights' });
});

test('tfjs with halves or bytes for weights comes back with its zeros, at half and a quarter of the kernels’ bytes', async () => {
  const sizes: number[] = [];
  for (const weights of ['float32', 'float16', 'uint8'] as const) {
    const { files } = await exportModel(context, model, target('tfjs', `web-${weights}`, weights), data);
    sizes.push(files.filter(({ path }) => path.endsWith('.bin')).reduce((sum, { bytes }) => sum + bytes, 0));
    const { artifact } = await readModel(join(folder, `web-${weights}`));
    for (const { name, data: values } of model.weights.filter(({ name }) => name.endsWith('kernel'))) {
      const back = artifact.weights.find((tensor) => tensor.name === name)!.data;
      assert.ok(
        values.every((value, at) => value !== 0 || back[at] === 0),
        `${name} as ${weights}`,
      );
    }
  }
  assert.ok(sizes[1]! < 0.6 * sizes[0]! && sizes[2]! < 0.35 * sizes[0]!, sizes.join());
});

test('a file that answers otherwise is not put in its place; it is where the layer is named', async () => {
  // What tells the classes apart is a two-hundredth of the last layer's weights, less than a step of int8.
  const broken: ModelArtifact = {
    ...model,
    weights: model.weights.map((tensor) =>
      tensor.name === 'answer/kernel' ? { ...tensor, data: tensor.data.map((value) => value + 200) } : tensor,
    ),
  };
  const ill = target('tflite', 'ill', 'int8');
  writeFileSync(ill.path, 'what was there before');
  const refusal = await exportModel(context, broken, ill, data).then(
    () => undefined,
    (thrown: unknown) => thrown as { code: string; where: string },
  );
  if (refusal === undefined) return assert.fail('it was exported');
  assert.equal(refusal.code, 'answers-differ');
  assert.equal(readFileSync(ill.path, 'utf8'), 'what was there before');
  await assert.rejects(exportModel(context, broken, { ...ill, acceptDifference: 'another' }, data), { code: 'answers-differ' });
  const { certificate } = await exportModel(context, broken, { ...ill, acceptDifference: refusal.where }, data);
  assert.equal(certificate.verdict, 'different');
  assert.ok(heard.some((message) => message.kind === 'note' && message.text.startsWith('Accepted by name')));
  assert.ok(existsSync(ill.path));
});
