// How far answers are apart and may be: a share of their range, but never less than rounding does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Apart } from '#main/engine/measuring/apart.ts';

function of(wanted: readonly number[], seen: readonly number[]): Apart {
  const apart = new Apart();
  apart.add(wanted, seen);
  return apart;
}

test('the largest difference, and a share of the range', () => {
  const apart = of([0.1, 0.5, 0.3], [0.1, 0.75, 0.25]);
  assert.equal(apart.difference, 0.25);
  assert.ok(Math.abs(apart.tolerance(1e-4) - 4e-5) < 1e-12);
});

test('answers that are all the same may be off by what float32 rounds, and by no more', () => {
  const apart = of([0.1, 0.1, 0.1], [0.1, 0.1 + 7e-9, 0.1]);
  assert.ok(apart.difference <= apart.tolerance(1e-4));
  const wrong = of([0.1, 0.1], [0.1, 0.1001]);
  assert.ok(wrong.difference > wrong.tolerance(1e-4));
});

test('no number against a number, and lists of two lengths, are infinitely far apart; no number on both sides is not', () => {
  assert.equal(of([1, NaN], [1, 2]).difference, Infinity);
  assert.equal(of([1, 2], [1]).difference, Infinity);
  assert.equal(of([NaN], [NaN]).difference, 0);
});
