// What the page reads off numbers: rounds off a curve, harm off classes, short names off long ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricPoint } from '#contract/nouns.ts';
import { roundStarts } from '../../src-renderer/charts/training-rounds.ts';
import { withoutSharedWords } from '../../src-renderer/format/short-names.ts';
import { classRows } from '../../src-renderer/screens/overview/class-rows.ts';

const points = (sparsities: readonly number[]): MetricPoint[] =>
  sparsities.map((sparsity, index) => ({
    kind: 'step',
    step: 10 * (index + 1),
    epoch: (index + 1) / 2,
    loss: 1,
    accuracy: 0.5,
    rate: 0.1,
    sparsity,
  }));

test('a round begins where sparsity rises; a lottery ticket begins dense; one round alone is none', () => {
  assert.deepEqual(roundStarts(points([0.5, 0.5, 0.75, 0.75]), 'epoch'), [
    { at: 0, label: '1' },
    { at: 1, label: '2' },
  ]);
  assert.deepEqual(roundStarts(points([0, 0.5, 0.75]), 'step'), [
    { at: 0, label: 'dense' },
    { at: 10, label: '1' },
    { at: 20, label: '2' },
  ]);
  assert.deepEqual([roundStarts(points([0.9, 0.9]), 'step'), roundStarts([], 'step')], [[], []]);
});

test('classes stand in the order of harm against the baseline, alone by how wrong they are, without samples last', () => {
  const of = (scores: Record<string, number | null>) => ({
    perClass: Object.entries(scores).map(([label, accuracy]) => ({ label, accuracy, samples: accuracy === null ? 0 : 10 })),
  });
  const labels = (rows: readonly { readonly label: string }[]) => rows.map(({ label }) => label);
  assert.deepEqual(labels(classRows(of({ a: 0.7, none: null, b: 0.8, c: 0.9 }), of({ a: 0.7, b: 0.9, c: 0.8 }))), ['b', 'a', 'c', 'none']);
  assert.deepEqual(labels(classRows(of({ a: 0.8, none: null, b: 0.7 }), null)), ['b', 'a', 'none']);
});

test('names lose the words that all begin with, and never their last', () => {
  assert.deepEqual(withoutSharedWords(['LeNet −90% weights', 'LeNet baseline']), ['−90% weights', 'baseline']);
  assert.deepEqual(withoutSharedWords(['LeNet', 'LeNet baseline']), ['LeNet', 'LeNet baseline']);
  assert.deepEqual(withoutSharedWords(['a b', 'c b']), ['a b', 'c b']);
  assert.deepEqual(withoutSharedWords(['a b']), ['a b']);
});
