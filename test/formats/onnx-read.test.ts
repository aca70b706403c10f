// ONNX files from PyTorch's two exporters: read into Keras layers, tfjs-layers gives PyTorch's own answers.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openNpz } from '#formats/containers/npz.ts';
import { channelsLast, permuted } from '#formats/onnx/axis-order.ts';
import { readOnnx } from '#formats/onnx/read/read-onnx.ts';
import { answersOfTfjs, difference } from './onnx-answers.ts';

const folder = join(import.meta.dirname, 'onnx-fixtures');

for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
  test(`${file}: its answers are those of the program that wrote it, to 1e-5`, async (t) => {
    const artifact = readOnnx(readFileSync(join(folder, file)), file);
    const answered = `${file.split('.')[0]!}.answers.npz`;
    const arrays = await openNpz(readFileSync(join(folder, answered)), answered);
    const [x, y] = [await arrays.read('x'), await arrays.read('y')];
    const input = artifact.topology.config.layers.find(({ class_name: name }) => name === 'InputLayer')!;
    const shape = (input.config['batch_input_shape'] as number[]).slice(1);
    const order = String(shape) === String(x.shape.slice(1)) ? x.shape.map((_, axis) => axis) : channelsLast(x.shape.length);
    const data = permuted(Float32Array.from(x.data), x.shape, order);
    const answers = await answersOfTfjs(artifact, [{ shape: order.map((axis) => x.shape[axis]!), data }]);
    // Networks that end in images give them with channels last.
    const expected = Float32Array.from(y.data);
    const gap = Math.min(
      ...[y.shape.map((_, axis) => axis), y.shape.length > 2 ? channelsLast(y.shape.length) : [0, 1]].map((each) =>
        difference(answers, [permuted(expected, y.shape, each)]),
      ),
    );
    t.diagnostic(
      `largest difference ${gap.toExponential(1)}; layers ${artifact.topology.config.layers.map((layer) => layer.class_name).join(' ')}`,
    );
    assert.ok(gap <= 1e-5, `${gap}`);
  });
}
