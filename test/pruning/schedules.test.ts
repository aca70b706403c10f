// Sparsity rises as the papers say, and ends exactly where the recipe does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { masksChangeAt, sparsityAt } from '#pruning/schedules.ts';

test('one-shot is there at once', () => {
  assert.equal(sparsityAt('one-shot', { step: 0, steps: 100, final: 0.9 }), 0.9);
  assert.deepEqual(
    [0, 1, 99].map((step) => masksChangeAt('one-shot', { step, steps: 100 })),
    [true, false, false],
  );
});

test('iterative to 0.9 in 2 rounds: 1 − √0.1 = 0.68377 for the first half, 0.9 for the second', () => {
  const at = (step: number): number => sparsityAt('iterative', { step, steps: 100, final: 0.9, rounds: 2 });
  assert.deepEqual(
    [0, 49].map((step) => at(step).toFixed(5)),
    ['0.68377', '0.68377'],
  );
  assert.deepEqual([50, 99, 100].map(at), [0.9, 0.9, 0.9]);
  assert.deepEqual(
    Array.from({ length: 100 }, (_, step) => step).filter((step) => masksChangeAt('iterative', { step, steps: 100, rounds: 2 })),
    [0, 50],
  );
});

test('polynomial to 0.8 in 400 steps: 0.7 at step 150 (half the ramp), 0.8 from step 300, never falling', () => {
  const at = (step: number): number => sparsityAt('polynomial', { step, steps: 400, final: 0.8 });
  assert.equal(at(0), 0);
  assert.ok(Math.abs(at(150) - 0.7) < 1e-12); // 0.8 − 0.8 · 0.5³
  assert.ok(at(299) < 0.8);
  assert.equal(at(300), 0.8);
  for (let step = 1; step < 400; step++) {
    assert.ok(at(step) >= at(step - 1));
    assert.equal(at(step) !== at(step - 1), masksChangeAt('polynomial', { step, steps: 400 }), `step ${step}`);
  }
});

test('every schedule has reached its sparsity by the last step, however few steps there are', () => {
  for (const schedule of ['one-shot', 'iterative', 'polynomial'] as const) {
    for (const steps of [0, 1, 2, 3, 5, 97])
      assert.equal(
        sparsityAt(schedule, { step: Math.max(0, steps - 1), steps, final: 0.9, rounds: 7 }),
        0.9,
        `${schedule}, ${steps} steps`,
      );
  }
});
