// The planned arena of two networks beside the one that the TensorFlow Lite interpreter allocates for the same networks.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { writeTflite } from '#formats/tflite/write-tflite.ts';
import { ensurePython } from '#main/setup/python-environment.ts';
import { readGraph } from '#network/graph.ts';
import { layOutBlocks } from '#network/lay-out-blocks.ts';
import { activationBlocks } from '#network/peak-activations.ts';
import { buildStarter } from '#network/starters.ts';
import { sequence } from '../formats/tflite-sample-networks.ts';
import { inferShapes } from '#network/tensor-shapes.ts';

/** The interpreter puts every tensor at a multiple of 64 bytes. */
const ALIGNMENT = 64;

/** Shrinks and widens again, so that large blocks of different lifetimes have to share. */
const hourglass = sequence(
  'hourglass',
  [20, 20, 3],
  [
    ['Conv2D', { filters: 12, kernel_size: [3, 3], strides: [1, 1], use_bias: true, padding: 'same', activation: 'relu' }],
    ['MaxPooling2D', { pool_size: [2, 2], strides: [2, 2], padding: 'valid' }],
    ['Conv2D', { filters: 24, kernel_size: [3, 3], strides: [1, 1], use_bias: true, padding: 'same', activation: 'relu' }],
    ['Conv2D', { filters: 4, kernel_size: [1, 1], strides: [1, 1], padding: 'same', use_bias: true, activation: 'relu' }],
    ['Conv2D', { filters: 32, kernel_size: [3, 3], strides: [1, 1], use_bias: true, padding: 'same', activation: 'relu' }],
    ['AveragePooling2D', { pool_size: [2, 2], strides: [2, 2], padding: 'valid' }],
    ['Flatten', {}],
    ['Dense', { units: 50, use_bias: true, activation: 'relu' }],
    ['Dense', { units: 10, use_bias: true }],
  ],
);
const networks = { 'lenet-5': buildStarter('lenet-5', 1), hourglass };

test('lenet-5 and an hourglass of convolutions: the arena is as large as the interpreter’s, but for its alignment', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'arena-'));
  try {
    const python = await ensurePython(resolve(import.meta.dirname, 'requirements.txt'), (line) => context.diagnostic(line));
    const files: string[] = [];
    for (const [name, network] of Object.entries(networks)) {
      const file = join(folder, `${name}.tflite`);
      await writeTflite(file, network, { weights: 'float32' });
      files.push(file);
    }
    const lines = execFileSync(python, [resolve(import.meta.dirname, 'tflite-arena.py'), ...files], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const measured = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { bytes: number; tensors: number });
    Object.entries(networks).forEach(([name, network], at) => {
      const blocks = activationBlocks(inferShapes(readGraph(network.topology)), { inputsStay: true });
      const { size } = layOutBlocks(blocks);
      const { bytes, tensors } = measured[at]!;
      context.diagnostic(`${name}: planned ${size} bytes, the interpreter's arena ${bytes} bytes in ${tensors} tensors`);
      assert.ok(Math.abs(bytes - size) <= ALIGNMENT * tensors, `${name}: planned ${size}, allocated ${bytes}`);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
