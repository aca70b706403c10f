// The generator is Philox4x32-10 as published, resumes from its state, and shuffles fairly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, philox, shuffledOrder } from '#network/random.ts';

/** kat_vectors of Random123, the authors' own library: counter, key, answer. */
const published = [
  { counter: [0, 0, 0, 0], key: [0, 0], answer: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    answer: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    answer: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
] as const;

test('the three published test vectors of Philox4x32-10 come out', () => {
  for (const { counter, key, answer } of published) {
    const out = new Uint32Array(4);
    philox(counter, key, out);
    assert.deepEqual([...out], answer);
  }
});

test('a generator goes on from its state after any number of draws', () => {
  for (const drawn of [0, 1, 3, 4, 5, 1001]) {
    const random = createRandom(42, 3);
    for (let draw = 0; draw < drawn; draw++) random.uint32();
    const { seed, stream, substream, drawn: at } = random.state;
    assert.equal(at, drawn);
    const resumed = createRandom(seed, stream, { substream, drawn: at });
    assert.deepEqual(
      Array.from({ length: 9 }, () => random.uint32()),
      Array.from({ length: 9 }, () => resumed.uint32()),
    );
  }
});

test('100,000 uniform and normal numbers have the moments they should, within 4 standard errors', () => {
  const random = createRandom(1, 1);
  const count = 100_000;
  const uniform = Float64Array.from({ length: count }, () => random.uniform());
  const normal = Float64Array.from({ length: count }, () => random.normal());
  const mean = (numbers: Float64Array): number => numbers.reduce((sum, number) => sum + number, 0) / count;
  const square = (numbers: Float64Array): number => numbers.reduce((sum, number) => sum + number * number, 0) / count;
  assert.ok(Math.abs(mean(uniform) - 0.5) < 4 * Math.sqrt(1 / 12 / count));
  assert.ok(Math.abs(mean(normal)) < 4 / Math.sqrt(count));
  assert.ok(Math.abs(square(normal) - 1) < 4 * Math.sqrt(2 / count));
  assert.ok(uniform.every((number) => number >= 0 && number < 1));
});

test('an order holds each of 1,000 samples once, is the same for the same epoch and another for the next', () => {
  const order = shuffledOrder(1000, 5, 0);
  assert.deepEqual(
    [...order].sort((one, other) => one - other),
    Array.from({ length: 1000 }, (_, index) => index),
  );
  assert.deepEqual(order, shuffledOrder(1000, 5, 0));
  const next = shuffledOrder(1000, 5, 1);
  assert.ok(order.filter((sample, at) => sample === next[at]).length < 10);
  assert.deepEqual([shuffledOrder(0, 1, 1).length, shuffledOrder(1, 1, 1)[0]], [0, 0]);
});

test('all 24 orders of 4 samples are equally likely: χ² over 24,000 epochs stays below 50 (p = 0.001 at 49.7)', () => {
  const counts = new Map<string, number>();
  for (let epoch = 0; epoch < 24_000; epoch++) {
    const order = shuffledOrder(4, 9, epoch).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  const chi = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  assert.ok(chi < 50, `χ² is ${chi}`);
});
