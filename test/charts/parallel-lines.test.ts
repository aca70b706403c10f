// Parallel coordinates as arithmetic: who lies within brushes, where lines break, whose line is nearest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heightsOf, modelOf, nearestLine, parallelTable, pathOf, rowsWithin } from '../../src-renderer/charts/parallel-lines.ts';

const axes = [
  { id: 'score', label: 'accuracy', values: [0.9, 0.95, null, 1], text: String, kind: 'linear' as const },
  { id: 'bytes', label: 'bytes', values: [10, 20, 30, 40], text: String, kind: 'linear' as const },
];

test('no brush is no filter; several are joined by "and"; what is unknown is within none', () => {
  const within = (brushes: [string, readonly [number, number]][]) => {
    const found = rowsWithin(axes, new Map(brushes));
    return found === null ? null : [...found];
  };
  assert.equal(within([]), null);
  assert.deepEqual(within([['score', [0.9, 1]]]), [0, 1, 3]);
  assert.deepEqual(
    within([
      ['score', [0.95, Infinity]],
      ['bytes', [-Infinity, 20]],
    ]),
    [1],
  );
  assert.deepEqual(within([['gone', [0, 1]]]), null);
});

test('large values stand at the top, and a line breaks where a value is unknown', () => {
  const models = axes.map((axis) => modelOf(axis, 100));
  const [low, high] = [heightsOf(axes, models, 0), heightsOf(axes, models, 3)];
  assert.ok(low.every((y, at) => y! > high[at]!));
  assert.equal(heightsOf(axes, models, 2)[0], null);
  assert.equal(pathOf([0, 50, 100], [1, 2, 3]), 'M0.0,1.0L50.0,2.0L100.0,3.0');
  assert.equal(pathOf([0, 50, 100], [1, null, 3]), 'M0.0,1.0M100.0,3.0');
});

test('the nearest line is the one nearest in height where the pointer is, within reach', () => {
  const lines = [
    [0, 100],
    [50, 50],
    [null, 20],
  ];
  assert.equal(nearestLine([0, 100], lines, { x: 25, y: 27 }, 10), 0);
  assert.equal(nearestLine([0, 100], lines, { x: 75, y: 52 }, 10), 1);
  assert.equal(nearestLine([0, 100], lines, { x: 75, y: 20 }, 10), null);
  assert.equal(nearestLine([0, 100], lines, { x: 120, y: 119 }, 10), 0);
});

test('the table behind has a row a variant and a column a measure', () => {
  assert.deepEqual(parallelTable(['a', 'b'], axes), {
    columns: ['name', 'accuracy', 'bytes'],
    rows: [
      ['a', 0.9, 10],
      ['b', 0.95, 20],
    ],
  });
});
