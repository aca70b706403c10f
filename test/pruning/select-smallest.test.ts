// Exactly the k smallest magnitudes go, as a sort would choose them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '#network/random.ts';
import { selectSmallest } from '#pruning/select-smallest.ts';

function bySorting(tensors: readonly Float32Array[], k: number): number[][] {
  const all = tensors.flatMap((tensor, at) => Array.from(tensor, (value, index) => ({ at, index, size: Math.abs(value) })));
  const masks = tensors.map((tensor) => Array.from(tensor, () => 1));
  for (const { at, index } of all.sort((one, other) => one.size - other.size).slice(0, k)) masks[at]![index] = 0;
  return masks;
}

test('300 random sets of tensors, full of ties, zeros of both signs, subnormals and infinities, are split as a stable sort does', () => {
  const odd = [0, -0, 1e-45, -1e-45, 1e-40, Infinity, -Infinity, 0.5, -0.5, 3.4e38, 1.1754944e-38];
  for (let seed = 0; seed < 300; seed++) {
    const random = createRandom(seed, 1);
    const tensors = Array.from({ length: random.below(4) + 1 }, () =>
      Float32Array.from({ length: random.below(40) }, () => (random.uniform() < 0.5 ? odd[random.below(odd.length)]! : random.normal())),
    );
    const count = tensors.reduce((sum, tensor) => sum + tensor.length, 0);
    const k = random.below(count + 1);
    assert.deepEqual(
      selectSmallest(tensors, k).map((mask) => [...mask]),
      bySorting(tensors, k),
      `seed ${seed}, k ${k}`,
    );
  }
});

test('of half a million numbers, more than are sampled, mostly zeros or few different ones: what goes is never above what stays', () => {
  const random = createRandom(3, 1);
  const kinds = {
    normal: () => random.normal(),
    'mostly zeros': () => (random.uniform() < 0.7 ? 0 : random.normal()),
    'few different': () => random.below(5) - 2,
    'one far out': () => (random.uniform() < 1e-5 ? 1e30 : 1),
  };
  for (const [kind, draw] of Object.entries(kinds)) {
    const tensors = [300_001, 7, 200_000].map((length) => Float32Array.from({ length }, draw));
    for (const order of ['magnitude', 'value'] as const) {
      for (const share of [0, 0.0001, 0.3, 0.7, 0.95, 1]) {
        const k = Math.round(share * 500_008);
        const masks = selectSmallest(tensors, k, order);
        let [gone, most, least] = [0, -Infinity, Infinity];
        tensors.forEach((tensor, at) => {
          tensor.forEach((value, index) => {
            const size = order === 'magnitude' ? Math.abs(value) : value;
            if (masks[at]![index] === 0) [gone, most] = [gone + 1, Math.max(most, size)];
            else least = Math.min(least, size);
          });
        });
        assert.equal(gone, k, `${kind} ${order} ${share}`);
        assert.ok(most <= least, `${kind} ${order} ${share}: ${most} goes, ${least} stays`);
      }
    }
  }
});

test('of five equal weights in two tensors the first three go', () => {
  assert.deepEqual(
    selectSmallest([Float32Array.of(2, -2), Float32Array.of(2, 2, -2)], 3).map((mask) => [...mask]),
    [
      [0, 0],
      [0, 1, 1],
    ],
  );
});

test('views with an offset are read where they are, NaN is refused and so is k beyond the count', () => {
  const buffer = Float32Array.of(9, 1, 5, 3);
  assert.deepEqual([...selectSmallest([buffer.subarray(1)], 2)[0]!], [0, 1, 0]);
  assert.throws(() => selectSmallest([Float32Array.of(1, NaN)], 1), { code: 'diverged' });
  assert.throws(() => selectSmallest([buffer], 5), RangeError);
});
