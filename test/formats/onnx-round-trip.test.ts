// ONNX written and read again: the same answers in tfjs-layers, whichever layers it has become.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { readOnnx } from '#formats/onnx/read/read-onnx.ts';
import { writeOnnx } from '#formats/onnx/write/write-onnx.ts';
import { answersOfTfjs, artifactOf, difference, inputsOf } from './onnx-answers.ts';
import { networks } from './onnx-networks.ts';

const folder = mkdtempSync(join(tmpdir(), 'onnx-'));

for (const [name, make] of Object.entries(networks)) {
  test(`${name}: written as ONNX and read again it answers the same, to 1e-5`, async (t) => {
    const model = make(tf);
    const artifact = artifactOf(model);
    const { path } = await writeOnnx(join(folder, `${name.replaceAll(/\W/g, '-')}.onnx`), artifact);
    const again = readOnnx(readFileSync(path), 'again.onnx');
    const inputs = inputsOf(model, 3);
    const gap = difference(await answersOfTfjs(again, inputs), await answersOfTfjs(artifact, inputs));
    t.diagnostic(
      `largest difference ${gap.toExponential(1)}; layers ${again.topology.config.layers.map((layer) => layer.class_name).join(' ')}`,
    );
    assert.ok(gap <= 1e-5, `${gap}`);
  });
}
