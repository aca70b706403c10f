// The front is the set that nothing dominates, ties and unknowns included.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paretoFront } from '#contract/comparison.ts';
import fc from 'fast-check';
import { alongStair, frontOf, stairOf } from '../../src-renderer/charts/pareto-front.ts';

/** Straight from the definition, O(n²). */
function dominated(point: { cost: number; score: number }, others: readonly { cost: number; score: number }[]): boolean {
  return others.some(
    (other) => other.cost <= point.cost && other.score >= point.score && (other.cost < point.cost || other.score > point.score),
  );
}

test('the front equals the non-dominated set, on 500 clouds full of ties', () => {
  const cloud = fc.array(fc.record({ cost: fc.integer({ min: 0, max: 9 }), score: fc.integer({ min: 0, max: 9 }) }), { maxLength: 60 });
  fc.assert(
    fc.property(cloud, (points) => {
      const expected = points.flatMap((point, index) => (dominated(point, points) ? [] : [index]));
      assert.deepEqual(
        paretoFront(points).sort((a, b) => a - b),
        expected,
      );
    }),
    { numRuns: 500 },
  );
});

test('the front runs from cheap to dear and never loses score', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ cost: fc.double({ noNaN: true }), score: fc.double({ noNaN: true }) }), { maxLength: 80 }),
      (points) => {
        const front = paretoFront(points).map((index) => points[index]!);
        front.slice(1).forEach((point, index) => {
          assert.ok(point.cost >= front[index]!.cost && point.score >= front[index]!.score);
        });
      },
    ),
  );
});

test('twins both stay, a dearer twin goes: (1, .90) (2, .95) (2, .95) (3, .95) gives 0, 1, 2', () => {
  assert.deepEqual(
    paretoFront([
      { cost: 1, score: 0.9 },
      { cost: 2, score: 0.95 },
      { cost: 2, score: 0.95 },
      { cost: 3, score: 0.95 },
    ]),
    [0, 1, 2],
  );
});

test('an unknown cost or score is never on the front and beats nobody', () => {
  assert.deepEqual(
    paretoFront([
      { cost: null, score: 1 },
      { cost: 5, score: 0.5 },
      { cost: 0, score: null },
      { cost: Number.NaN, score: 2 },
    ]),
    [1],
  );
  assert.deepEqual(paretoFront([]), []);
});

test('the stair goes right along a score, then up: two points end at the right edge', () => {
  assert.equal(
    stairOf(
      [
        { x: 0, y: 10 },
        { x: 5, y: 4 },
      ],
      9,
    ),
    'M0,10H5V4H9',
  );
  assert.equal(stairOf([], 9), '');
});

test('labels are kept from the stair by points at most 6 pixels apart', () => {
  const along = alongStair(
    [
      { x: 0, y: 30 },
      { x: 30, y: 0 },
    ],
    60,
    6,
  );
  assert.equal(along.filter(({ y }) => y === 30).length, 4 + 1);
  assert.ok(along.every(({ x, y }) => x <= 60 && y <= 30 && y >= 0));
});

test('the best of a chart costs least for its accuracy', () => {
  assert.deepEqual(
    frontOf([
      { x: 400, y: 0.98 },
      { x: 30, y: 0.97 },
      { x: 200, y: 0.96 },
    ]),
    [1, 0],
  );
});
