// Weight files of a TensorFlow.js model: numbers that were quantised are what they stood for.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTfjs } from '#formats/tfjs/read-tfjs.ts';

/** A dense layer from two numbers to one. */
function kernelOf(entry: object, shard: Uint8Array): readonly number[] {
  const folder = mkdtempSync(join(tmpdir(), 'shards-'));
  const layers = [{ class_name: 'Dense', config: { name: 'd', units: 1, use_bias: false, batch_input_shape: [null, 2] } }];
  const weightsManifest = [{ paths: ['w.bin'], weights: [{ name: 'd/kernel', shape: [2, 1], dtype: 'float32', ...entry }] }];
  const model = { modelTopology: { class_name: 'Sequential', config: { name: 'm', layers } }, weightsManifest };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(model));
  writeFileSync(join(folder, 'w.bin'), shard);
  return Array.from(readTfjs(join(folder, 'model.json')).weights[0]!.data);
}

test('uint8: q · scale + min; 255 · 0.5 − 1 = 126.5', () => {
  const quantization = { dtype: 'uint8', scale: 0.5, min: -1 };
  assert.deepEqual(kernelOf({ quantization }, new Uint8Array([0, 255])), [-1, 126.5]);
});

test('uint16: 65535 · 0.25 + 2 = 16385.75', () => {
  const quantization = { dtype: 'uint16', scale: 0.25, min: 2 };
  assert.deepEqual(kernelOf({ quantization }, new Uint8Array([0, 0, 255, 255])), [2, 16385.75]);
});

test('float16: 0x4440 is 4.25, 0xc000 is −2', () => {
  assert.deepEqual(kernelOf({ quantization: { dtype: 'float16' } }, new Uint8Array([0x40, 0x44, 0x00, 0xc0])), [4.25, -2]);
});
