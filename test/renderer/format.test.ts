// Numbers as a person reads them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { points, times } from '../../src-renderer/format/comparisons.ts';
import { kindOf, scoreInShort, scoreText } from '../../src-renderer/format/scores.ts';
import { bytes, compactCount, count, percent, share, significant, unknown } from '../../src-renderer/format/numbers.ts';
import { counted, shape } from '../../src-renderer/format/shapes.ts';
import { duration, milliseconds, moment, timeLeft } from '../../src-renderer/format/times.ts';

const thin = (text: string) => text.replaceAll('_', '\u202f');

test('counts are grouped by thousands with a thin space: 239580 is 239 580', () => {
  assert.equal(count(239_580), thin('239_580'));
  assert.equal(count(-1_066_440), thin('−1_066_440'));
  assert.equal(count(7), '7');
});

test('three significant figures, never an exponent', () => {
  assert.deepEqual(
    [0.012345, 1234.5, 0.9996, 31, 2, 1e-7].map((value) => significant(value)),
    ['0.0123', thin('1_230'), '1.00', '31.0', '2.00', '0.000000100'],
  );
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), (value) => {
      const back = Number(significant(value).replaceAll('\u202f', ''));
      assert.ok(Math.abs(back - value) <= value * 0.00501, `${value} became ${significant(value)}`);
    }),
  );
});

test('999 999 bytes are 1.00 MB, not 1000 KB', () => {
  assert.deepEqual(
    [999, 1000, 31_400, 999_999, 1_066_440].map((value) => bytes(value)),
    ['999_B', '1.00_KB', '31.4_KB', '1.00_MB', '1.07_MB'].map(thin),
  );
  assert.deepEqual([266_610, 64, 0.5].map(compactCount), [thin('267_k'), '64', '0.500']);
});

test('what is unknown is a dash, never 0', () => {
  for (const format of [count, significant, bytes, percent, share, compactCount, milliseconds, duration])
    assert.deepEqual([format(null), format(undefined), format(Number.NaN)], [unknown, unknown, unknown]);
});

test('shares: accuracy has two decimals, sparsity none that it does not need', () => {
  assert.deepEqual([percent(0.98312), share(0.9), share(0.975)], [thin('98.31_%'), thin('90_%'), thin('97.5_%')]);
});

test('4862 beside 412 is 11.8× smaller, and half a percent is no difference', () => {
  assert.deepEqual(
    [times(412, 4862), times(4862, 412), times(1000, 1004), times(0, 0), times(null, 4)],
    ['11.8× smaller', '11.8× larger', 'the same', 'the same', unknown],
  );
  assert.deepEqual([points(0.9831, 0.9843), points(0.99, 0.98), points(0.5, 0.5)], [thin('−0.12_pp'), thin('+1.00_pp'), thin('±0.00_pp')]);
});

test('durations and time left', () => {
  assert.deepEqual(
    [8.2, 74, 60, 5400].map((value) => duration(value)),
    ['8_s', '1_min 14_s', '1_min', '1_h 30_min'].map(thin),
  );
  assert.deepEqual(
    [12, 240, 5400, null].map((value) => timeLeft(value)),
    ['12_s left', 'about 4_min left', 'about 1.5_h left', ''].map(thin),
  );
  const now = new Date(2026, 10, 22, 15).getTime();
  assert.deepEqual(
    [
      moment(new Date(2026, 10, 22, 9, 5).getTime(), now),
      moment(new Date(2026, 10, 3).getTime(), now),
      moment(new Date(2025, 1, 3).getTime(), now),
    ],
    ['09:05', thin('3_Nov'), thin('3_Feb 2025')],
  );
});

test('shapes leave the batch out; one layer, two layers', () => {
  assert.deepEqual([shape([null, 28, 28, 1]), shape([28, null]), shape([null])], [thin('28_×_28_×_1'), thin('28_×_?'), 'scalar']);
  assert.deepEqual(
    [counted(1, 'layer'), counted(1200, 'layer'), counted(2, 'class', 'classes')],
    ['1 layer', thin('1_200 layers'), '2 classes'],
  );
});

test('a project is compared by accuracy unless every network that was judged answers with numbers; then by R²', () => {
  const right = { accuracy: 0.9831 };
  const numbers = {
    accuracy: null,
    regression: { test: { mae: 0.3, rmse: 0.42, r2: 0.91321 }, train: { mae: 0, rmse: 0, r2: 1 }, validation: null },
  };
  assert.deepEqual(
    [kindOf([]), kindOf([null]), kindOf([right, numbers]), kindOf([null, numbers])],
    ['accuracy', 'accuracy', 'accuracy', 'r2'],
  );
  assert.deepEqual([scoreInShort(right), scoreInShort(numbers), scoreInShort(null)], [thin('98.31_%'), 'R² 0.9132', unknown]);
  assert.deepEqual([scoreText(0.5, 'accuracy'), scoreText(-1.2, 'r2'), scoreText(null, 'r2')], [thin('50.00_%'), '−1.2000', unknown]);
});
