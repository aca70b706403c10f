// The boards: their figures are of the right form and size, and what fits is told by how much.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceNamed, devices, estimateFootprint, fitOn, fitOnAll, measuredFootprint } from '#contract/devices.ts';
import { buildStarter } from '#network/starters.ts';
import { summariseNetwork } from '#network/summarise.ts';

const kib = 1024;

test('a dozen boards and more, each with flash, RAM, clock and the title of a data sheet', () => {
  assert.ok(devices.length >= 12);
  assert.equal(new Set(devices.map(({ id }) => id)).size, devices.length);
  for (const { kind, flashBytes, ramBytes, blockBytes = ramBytes, clockMHz, sources } of devices) {
    assert.ok(
      sources.every((title) => /data ?sheet|manual|specification|brief|guide|information/i.test(title)),
      sources.join(),
    );
    assert.ok(blockBytes <= ramBytes);
    if (kind === 'computer') assert.ok(flashBytes === null && ramBytes >= 512 * kib * kib && clockMHz >= 1000);
    else assert.ok(flashBytes !== null && flashBytes >= 512 * kib && flashBytes <= 8192 * kib && ramBytes <= 1024 * kib && clockMHz >= 64);
  }
});

test('the Pico’s 2 MiB and 264 KiB, the F411’s 512 KiB and 128 KiB', () => {
  const sizes = (word: string) => [deviceNamed(word)?.flashBytes, deviceNamed(word)?.ramBytes];
  assert.deepEqual(sizes('pico'), [2048 * kib, 264 * kib]);
  assert.deepEqual(sizes('STM32F411'), [512 * kib, 128 * kib]);
  assert.equal(deviceNamed('raspberry'), undefined);
});

test('what fits is told by the bytes left, and what does not by the bytes missing; Keras runs on no microcontroller', () => {
  const pico = deviceNamed('pico')!;
  const needs = { flashBytes: 300_000, ramBytes: 300_000, estimated: true };
  assert.deepEqual(fitOn(pico, 'c', needs), {
    device: 'Raspberry Pi Pico',
    id: 'pico',
    fits: false,
    flashLeft: 1_797_152,
    ramLeft: -29_664,
  });
  assert.equal(fitOn(pico, 'keras', needs).fits, null);
  // The H743 has 1 MiB, of which no array can have more than half.
  assert.equal(fitOn(deviceNamed('nucleo-h743zi')!, 'c', { ...needs, ramBytes: 600 * kib }).fits, false);
});

test('lenet-300-100 in float32 C is too much for an F411; in int8 TensorFlow Lite it fits', () => {
  const summary = summariseNetwork(buildStarter('lenet-300-100', 1));
  const f411 = deviceNamed('stm32f411')!;
  assert.equal(fitOn(f411, 'c', estimateFootprint(summary, 'c', 'float32')).fits, false);
  assert.equal(fitOn(f411, 'tflite', estimateFootprint(summary, 'tflite', 'int8')).fits, true);
  assert.ok(fitOnAll('onnx', estimateFootprint(summary, 'onnx', 'float32')).filter(({ fits }) => fits === true).length === 3);
});

test('once exported, only the code is estimated', () => {
  assert.deepEqual(measuredFootprint('c', 100_000, 5000, 8), { flashBytes: 116_384, ramBytes: 5000, estimated: false });
});
