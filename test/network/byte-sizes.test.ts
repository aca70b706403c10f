// The four encodings of weights in bytes, and how close gzip's sampled figure comes to gzip's own.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { test } from 'node:test';
import { measureTensors, sampledGzipBytes, sumBytes } from '#network/byte-sizes.ts';
import type { NamedTensor } from '#network/model-artifact.ts';
import { createRandom } from '#network/random.ts';

function tensor(name: string, data: Float32Array): NamedTensor {
  return { name, dtype: 'float32', shape: [data.length / 10, 10], data };
}

function random(count: number, zeros: number): Float32Array {
  const numbers = createRandom(3, 1);
  return Float32Array.from({ length: count }, () => (numbers.uniform() < zeros ? 0 : numbers.normal()));
}

test('1,000 weights with 3 non-zeros: 4,000 bytes raw, 1,040 as int8, 12 + 3 + 3 sparse, as runs longer than 255 take a byte more', () => {
  const data = new Float32Array(1000);
  data[0] = data[300] = data[999] = 1;
  const [measures] = measureTensors([tensor('fc/kernel', data)]);
  assert.deepEqual(measures, {
    nonzero: 3,
    bytes: { raw: 4000, gzip: gzipSync(new Uint8Array(data.buffer), { level: 6 }).byteLength, int8: 1040, sparse: 12 + 3 + 3 },
  });
});

test('1,000 weights of which every other is zero: 2,000 bytes of values and a bitmap of 125, as runs would take 500', () => {
  const data = Float32Array.from({ length: 1000 }, (_, at) => at % 2);
  assert.equal(measureTensors([tensor('fc/kernel', data)])[0]?.bytes.sparse, 2000 + 125);
  assert.equal(measureTensors([tensor('fc/kernel', data.fill(1))])[0]?.bytes.sparse, 4000);
});

for (const zeros of [0, 0.5, 0.9, 0.99]) {
  test(`gzip sampled at ${100 * zeros} % zeros is within 1.5 % of gzip's own figure`, () => {
    const sample = tensor('fc/kernel', random(600_000, zeros));
    const exact = gzipSync(new Uint8Array(sample.data.buffer), { level: 6 }).byteLength;
    assert.ok(Math.abs(sampledGzipBytes(sample) / exact - 1) < 0.015, `${sampledGzipBytes(sample)} for ${exact}`);
  });
}

test("networks of up to 16 MiB have gzip's own figure, larger ones the sampled one", () => {
  const small = tensor('small/kernel', random(100_000, 0.5));
  const own = gzipSync(new Uint8Array(small.data.buffer), { level: 6 }).byteLength;
  assert.equal(sumBytes(measureTensors([small])).gzip, own);
  const large = tensor('large/kernel', new Float32Array(4_200_000));
  assert.deepEqual(
    measureTensors([small, large]).map(({ bytes }) => bytes.gzip),
    [sampledGzipBytes(small), sampledGzipBytes(large)],
  );
});
