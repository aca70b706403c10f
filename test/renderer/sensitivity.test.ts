// The arithmetic behind the sensitivity charts: order by harm, strength of colour, words in cells.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellText, harmStrength, sensitivityRows, worstLoss } from '../../src-renderer/charts/sensitivity-rows.ts';

const point = (sparsity: number, accuracy: number) => ({ sparsity, removed: 1, accuracy, loss: 0 });
const study = {
  baseline: { accuracy: 0.98, loss: 0.1 },
  layers: [
    { name: 'bears it', total: 10, weights: 10, points: [point(0.5, 0.98), point(0.9, 0.97)] },
    { name: 'suffers', total: 10, weights: 10, points: [point(0.5, 0.9), point(0.9, 0.17)] },
    { name: 'gains', total: 10, weights: 10, points: [point(0.5, 0.99), point(0.9, 0.981)] },
  ],
};

test('the most harmed layer comes first; a gain counts as no harm', () => {
  const rows = sensitivityRows(study);
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['suffers', 'bears it', 'gains'],
  );
  assert.ok(Math.abs(rows[0]!.harm - (0.08 + 0.81) / 2) < 1e-12);
  assert.equal(rows[2]!.harm, 0);
});

test('a loss of 81 points is full strength, one of 0.81 a tenth of it, a gain none', () => {
  const worst = worstLoss(study);
  assert.ok(Math.abs(worst - 0.81) < 1e-12);
  assert.ok(Math.abs(harmStrength(0.17, 0.98, worst) - 1) < 1e-12);
  assert.ok(Math.abs(harmStrength(0.9719, 0.98, worst) - 0.1) < 1e-9);
  assert.equal(harmStrength(0.99, 0.98, worst), 0);
  assert.equal(harmStrength(0.98, 0.98, 0), 0);
});

test('cells say signed points, whole ones from ten on', () => {
  assert.deepEqual(
    [0.976, 0.17, 0.981, 0.98, 0.9802].map((accuracy) => cellText(accuracy, 0.98)),
    ['−0.4', '−81', '+0.1', '0', '0'],
  );
});
