// Thinning, smoothing, placing labels, walking by keys: the arithmetic under the drawings.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { placeLabels, shorten, spreadHeights } from '../../src-renderer/charts/place-labels.ts';
import { smoothSeries } from '../../src-renderer/charts/smooth-series.ts';
import { thinPoints } from '../../src-renderer/charts/thin-points.ts';
import { linesOf, nearestPoint } from '../../src-renderer/charts/training-runs.ts';
import { indicesWithin, neighbour } from '../../src-renderer/charts/walk-points.ts';

test('10,000 points thin to 400 with both ends and a lone spike kept', () => {
  const points = Array.from({ length: 10_000 }, (_, x) => ({ x, y: x === 4321 ? 50 : Math.sin(x / 500) }));
  const thin = thinPoints(points, 400);
  assert.equal(thin.length, 400);
  assert.deepEqual([thin[0], thin.at(-1)], [points[0], points.at(-1)]);
  assert.ok(thin.some(({ y }) => y === 50));
});

test('thinning keeps at most the limit, in order, inventing nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { maxLength: 300 }),
      fc.integer({ min: 3, max: 50 }),
      (ys, limit) => {
        const points = ys.map((y, x) => ({ x, y }));
        const thin = thinPoints(points, limit);
        assert.equal(thin.length, Math.min(points.length, limit));
        assert.ok(thin.every((point, index) => points[point.x] === point && (index === 0 || point.x > thin[index - 1]!.x)));
      },
    ),
  );
});

test('smoothing starts at the first value and halves as worked by hand: [4, 2] at 0.5 gives [4, 2.667]', () => {
  const [first, second] = smoothSeries([4, 2], 0.5);
  assert.equal(first, 4);
  assert.ok(Math.abs(second! - 8 / 3) < 1e-12);
  assert.deepEqual(smoothSeries([3, 1, 2], 0), [3, 1, 2]);
});

/** Whether two stretches share more than an end, which sums of tenths hit only nearly. */
const meets = (from: number, to: number, start: number, end: number) => Math.min(to, end) - Math.max(from, start) > 1e-9;

test('placed labels meet neither each other nor a mark, and stay inside', () => {
  const place = fc.record({ x: fc.integer({ min: 0, max: 400 }), y: fc.integer({ min: 0, max: 300 }) });
  fc.assert(
    fc.property(fc.array(place, { maxLength: 40 }), (marks) => {
      const wishes = marks.map((mark, index) => ({ id: String(index), ...mark, width: 70, height: 14 }));
      const boxes = placeLabels(wishes, marks, { left: 0, top: 0, right: 400, bottom: 300 }).map(({ x, y }) => ({
        left: x,
        right: x + 70,
        top: y - 7,
        bottom: y + 7,
      }));
      boxes.forEach((box, index) => {
        assert.ok(box.left >= 0 && box.right <= 400 && box.top >= 0 && box.bottom <= 300);
        assert.ok(
          !boxes
            .slice(index + 1)
            .some((other) => meets(box.left, box.right, other.left, other.right) && meets(box.top, box.bottom, other.top, other.bottom)),
        );
        assert.ok(!marks.some(({ x, y }) => x > box.left && x < box.right && y > box.top && y < box.bottom));
      });
    }),
  );
});

test('a label that must be there is placed over marks, though never over a label', () => {
  const crowd = Array.from({ length: 900 }, (_, index) => ({ x: (index % 30) * 5, y: Math.floor(index / 30) * 5 }));
  const wish = { id: 'baseline', x: 70, y: 70, width: 40, height: 14 };
  const bounds = { left: 0, top: 0, right: 150, bottom: 150 };
  assert.equal(placeLabels([wish], crowd, bounds).length, 0);
  assert.equal(placeLabels([{ ...wish, must: true }], crowd, bounds).length, 1);
});

test('line-end labels stand at least 14 pixels apart, in their order, within the plot', () => {
  assert.deepEqual(
    spreadHeights([50, 52, 10], 14, 0, 100),
    [50, 64, 14].map((y, index) => (index === 2 ? 10 : y)),
  );
  const heights = spreadHeights([98, 99, 100], 14, 0, 100);
  assert.deepEqual(heights, [72, 86, 100]);
});

test('a long name keeps both ends and its limit', () => {
  assert.equal(shorten('short', 10), 'short');
  const text = shorten('cnn-small filters minus 60 % seed 3', 20);
  assert.ok(text.length <= 20 && text.startsWith('cnn') && text.endsWith('seed 3') && text.includes('…'));
});

test('arrows reach every point: 7 steps right from Home end at the dearest of 8', () => {
  const places = [5, 1, 4, 1, 3, 2, 9, 7].map((x, index) => ({ x, y: index }));
  let at = neighbour(places, null, 'Home');
  const visited = new Set([at]);
  for (let step = 0; step < 7; step++) visited.add((at = neighbour(places, at, 'ArrowRight')));
  assert.equal(visited.size, 8);
  assert.equal(at, 6);
  assert.equal(neighbour(places, at, 'ArrowRight'), 6);
  assert.equal(neighbour(places, 0, 'ArrowUp'), 0);
  assert.equal(neighbour([], null, 'Home'), null);
  assert.equal(neighbour(places, 0, 'x'), null);
});

test('a brush takes what lies between its corners, whichever way it was drawn', () => {
  const places = [
    { x: 1, y: 1 },
    { x: 5, y: 5 },
    { x: 9, y: 2 },
  ];
  assert.deepEqual(indicesWithin(places, { x: 6, y: 6 }, { x: 0, y: 0 }), [0, 1]);
});

test('a run without step points is read from its epochs; validation is left out where unknown', () => {
  const epoch = { kind: 'epoch', loss: 0.5, accuracy: 0.8, seconds: 1, sparsity: 0 } as const;
  const lines = linesOf(
    {
      id: 'a',
      name: 'a',
      color: 'red',
      points: [
        { ...epoch, epoch: 1, step: 430, valLoss: 0.6, valAccuracy: 0.78 },
        { ...epoch, epoch: 2, step: 860, valLoss: null, valAccuracy: null },
      ],
    },
    'accuracy',
    'step',
    0,
    100,
  );
  assert.deepEqual(lines.train, [
    { x: 430, y: 0.8 },
    { x: 860, y: 0.8 },
  ]);
  assert.deepEqual(lines.validation, [{ x: 430, y: 0.78 }]);
  assert.deepEqual(nearestPoint(lines.train, 700), { x: 860, y: 0.8 });
  assert.equal(nearestPoint([], 1), null);
});
