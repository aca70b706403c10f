// Ticks, axes, CSV, lineage and layers: what charts say in numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accuracyKind, costKind, makeAxis } from '../../src-renderer/charts/axes.ts';
import { csvOf } from '../../src-renderer/charts/csv.ts';
import { layerRows } from '../../src-renderer/charts/layer-rows.ts';
import { lineageRows } from '../../src-renderer/charts/lineage-rows.ts';
import { lookOf } from '../../src-renderer/charts/looks.ts';
import { decimalsOf, errorTicks, logTicks, tidyTick } from '../../src-renderer/charts/ticks.ts';
import { accuracyDifference, differenceText } from '../../src-renderer/screens/compare/accuracy-difference.ts';
import { networkOf } from './harness/seed-variants.ts';

test('log ticks are 50 k, 100 k, 200 k, 500 k between 30 k and 500 k', () => {
  assert.deepEqual(logTicks(30_000, 500_000, 4), [50_000, 100_000, 200_000, 500_000]);
});

test('error ticks say 50, 80, 90, 95, 98, 99 % between 0.5 and 0.99', () => {
  assert.deepEqual(errorTicks(0.5, 0.99, 6), [0.5, 0.8, 0.9, 0.95, 0.98, 0.99]);
});

test('axes are log over orders of magnitude only: 10 to 100 linear, 10 to 1,000 log, with a zero linear', () => {
  assert.deepEqual([costKind([10, 100]), costKind([10, 1000]), costKind([0, 1000])], ['linear', 'log', 'linear']);
  assert.deepEqual([accuracyKind([0.9, 0.98]), accuracyKind([0.1, 0.98]), accuracyKind([0.1, 1])], ['linear', 'error', 'linear']);
});

test('pixels and values are inverse on all kinds of axis', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('linear' as const, 'log' as const, 'error' as const),
      fc.double({ min: 0.11, max: 0.985, noNaN: true }),
      (kind, value) => {
        const axis = makeAxis([0.1, 0.5, 0.99], kind, [300, 0], 5);
        assert.ok(Math.abs(axis.toValue(axis.toPixels(value)) - value) < 1e-9);
      },
    ),
  );
});

test('an axis of bars starts at 0, and shares never pass 1', () => {
  assert.equal(makeAxis([40, 90], 'linear', [0, 100], 5, { zero: true }).toPixels(0), 0);
  assert.ok(makeAxis([0.97, 0.999], 'linear', [0, 100], 5, { limits: [0, 1] }).toValue(100) <= 1);
});

test('ticks lose zeros that say nothing and keep the rest', () => {
  assert.deepEqual(['20.0 KB', '1.00 MB', '0.50', '0.365 ms', '200 KB', '98.50 %', '100'].map(tidyTick), [
    '20 KB',
    '1 MB',
    '0.5',
    '0.365 ms',
    '200 KB',
    '98.5 %',
    '100',
  ]);
  assert.equal(decimalsOf([0.98, 0.985, 0.99]), 3);
});

test('CSV: formulas are defused, quotes doubled, negative numbers left alone, unknown empty', () => {
  assert.equal(
    csvOf({
      columns: ['name', 'Δ'],
      rows: [
        ['=1+1', -0.12],
        ['a "b", c', null],
        ['@x', 3],
        ['-70 %', 1],
      ],
    }),
    'name,Δ\r\n\'=1+1,-0.12\r\n"a ""b"", c",\r\n\'@x,3\r\n\'-70 %,1\r\n',
  );
});

test('lineage: children under parents; a lost parent and a circle make roots', () => {
  const node = (id: string, parentId: string | null) => ({ id, parentId, name: id, state: 'pruned', value: null, ...lookOf(0) });
  const rows = lineageRows([
    node('base', null),
    node('a', 'base'),
    node('b', 'base'),
    node('a1', 'a'),
    node('lost', 'gone'),
    node('x', 'y'),
    node('y', 'x'),
  ]);
  assert.deepEqual(
    rows.map((row) => `${row.depth}${row.node.id}`),
    ['0base', '1a', '2a1', '1b', '0lost', '0x', '0y'],
  );
  assert.deepEqual(
    rows.map((row) => row.parentRow),
    [null, 0, 1, 0, null, null, null],
  );
});

test('layers: halving 64 filters says "64 → 32", zeroing 90 % of weights says "10 % weights"; shares are of the baseline', () => {
  const layers = (channels: number, weights: number) => ({
    id: 'v',
    name: 'v',
    color: 'red',
    layers: networkOf('v', channels, weights).layers,
  });
  const base = { ...layers(1, 1), id: 'base' };
  const rows = layerRows(base, [layers(0.5, 1), layers(1, 0.1)]);
  assert.deepEqual(
    rows.map((row) => row.name),
    ['conv2d', 'conv2d_1', 'dense', 'dense_1'],
  );
  assert.equal(rows[1]!.after[0]!.kept, '64 → 32');
  assert.match(rows[1]!.after[1]!.kept, /^64 · 10\u202f% weights$/);
  assert.ok(Math.abs(rows.reduce((sum, row) => sum + (row.before.macs ?? 0), 0) - 1) < 1e-12);
  const gone = layerRows(base, [{ ...base, layers: base.layers.slice(0, 3) }]);
  assert.deepEqual(gone.find((row) => row.name === 'dense')?.after[0], { kept: 'removed', keptShare: null, macs: null, bytes: null });
});

test('0.9831 against 0.9843 on 10,000 images is −0.12 ± 0.18 points: not distinguishable; on 1,000,000 it is', () => {
  const small = accuracyDifference({ accuracy: 0.9831, samples: 10_000 }, { accuracy: 0.9843, samples: 10_000 });
  // √(0.9831·0.0169/10000 + 0.9843·0.0157/10000) = 0.001789
  assert.ok(small !== null && Math.abs(small.standardError - 0.001789) < 1e-5 && !small.distinguishable);
  assert.equal(differenceText(small), '−0.12 ± 0.18\u202fpp, not distinguishable');
  assert.equal(
    accuracyDifference({ accuracy: 0.9831, samples: 1_000_000 }, { accuracy: 0.9843, samples: 1_000_000 })?.distinguishable,
    true,
  );
  assert.equal(accuracyDifference({ accuracy: 1, samples: 20 }, { accuracy: 0.95, samples: 20 })?.distinguishable, false);
  assert.equal(differenceText(accuracyDifference(null, null)), '—');
});
