// Layers that tfjs-layers lacks, or computes in its own way: ONNX Runtime answers as real Keras, to 1e-5 of the range.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { settled } from '#formats/keras/settle-layers.ts';
import { writeOnnx } from '#formats/onnx/write/write-onnx.ts';
import type { JsonObject, ModelArtifact } from '#network/model-artifact.ts';
import { answersOfOnnxRuntime, difference } from './onnx-answers.ts';

interface Case {
  readonly class_name: string;
  readonly config: JsonObject;
  readonly shape: readonly number[];
  readonly weights: readonly { readonly role: string; readonly shape: readonly number[]; readonly data: readonly number[] }[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly y_shape: readonly number[];
}

const cases: readonly Case[] = JSON.parse(readFileSync(join(import.meta.dirname, 'onnx-fixtures', 'keras-layers.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'onnx-'));

cases.forEach((each, at) => {
  test(`${each.class_name} ${JSON.stringify(each.config)}: ONNX Runtime answers as Keras, to 1e-5`, async (t) => {
    const artifact: ModelArtifact = {
      topology: {
        class_name: 'Sequential',
        config: {
          name: 'one_layer',
          layers: [{ class_name: each.class_name, config: { ...each.config, name: 'layer', batch_input_shape: [null, ...each.shape] } }],
        },
      },
      weights: each.weights.map(({ role, shape, data }) => ({
        name: `layer/${role}`,
        dtype: 'float32',
        shape,
        data: Float32Array.from(data),
      })),
      metadata: {},
    };
    const { path } = await writeOnnx(join(folder, `${at}.onnx`), settled(artifact, { file: 'one-layer' }));
    const [answer] = await answersOfOnnxRuntime(path, [{ shape: [2, ...each.shape], data: Float32Array.from(each.x) }]);
    assert.deepEqual(answer!.dims, each.y_shape);
    const gap = difference([answer!.data], [Float32Array.from(each.y)]);
    t.diagnostic(`largest difference ${gap.toExponential(1)}`);
    assert.ok(gap <= 1e-5, `${gap}`);
  });
});
