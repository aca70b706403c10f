// The path from single layers' sensitivities to plans: the worked example by hand, and optimality against every choice of points.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LayerSensitivity } from '#contract/sensitivity.ts';
import { mostThatHold, sensitivityPath, sparsitiesAfter } from '#pruning/sensitivity-path.ts';

function layer(total: number, points: readonly (readonly [sparsity: number, loss: number])[]): LayerSensitivity {
  return {
    name: 'layer',
    total,
    weights: total,
    points: points.map(([sparsity, loss]) => ({ sparsity, removed: Math.round(total * sparsity), accuracy: 0, loss })),
  };
}

test('the worked example: free weights first, then 40 for 0.4, then 9 for 0.1', () => {
  const layers = [
    layer(100, [
      [0.5, 1],
      [0.9, 1.4],
    ]),
    layer(10, [
      [0.5, 1.1],
      [0.9, 1.1],
    ]),
  ];
  const path = sensitivityPath(layers, 1);
  assert.deepEqual(
    path.map(({ layer: at, sparsity, gain, cost }) => [at, sparsity, gain, Number(cost.toFixed(6))]),
    [
      [0, 0.5, 50, 0],
      [0, 0.9, 40, 0.4],
      [1, 0.9, 9, 0.1],
    ],
  );
  assert.deepEqual(sparsitiesAfter(path, 2, 2), [0.9, 0]);
});

test('200 random networks: no choice of points removes more weights for the same loss than the path does (seed 4)', () => {
  const anyLayer = fc
    .tuple(fc.integer({ min: 10, max: 200 }), fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }))
    .map(([total, rises]) => {
      let loss = 1;
      return layer(
        total,
        [0.3, 0.6, 0.9].map((sparsity, at) => [sparsity, (loss += rises[at]!)] as const),
      );
    });
  fc.assert(
    fc.property(fc.array(anyLayer, { minLength: 2, maxLength: 3 }), (layers) => {
      const path = sensitivityPath(layers, 1);
      for (let steps = 0; steps <= path.length; steps++) {
        const taken = path.slice(0, steps);
        const [gain, cost] = [taken.reduce((sum, step) => sum + step.gain, 0), taken.reduce((sum, step) => sum + step.cost, 0)];
        for (const choice of choices(layers)) if (choice.cost <= cost - 1e-9) assert.ok(choice.gain <= gain, `${choice.gain} > ${gain}`);
      }
    }),
    { seed: 4, numRuns: 200 },
  );
});

test('bisection finds the last step that holds, in at most seven questions of 100', async () => {
  let asked = 0;
  const most = await mostThatHold(100, async (steps) => (asked++, steps <= 37));
  assert.equal(most, 37);
  assert.ok(asked <= 7, `${asked} questions`);
  assert.equal(await mostThatHold(5, async () => false), 0);
  assert.equal(await mostThatHold(5, async () => true), 5);
});

function choices(layers: readonly LayerSensitivity[]): { gain: number; cost: number }[] {
  return layers.reduce(
    (sums, { points }) =>
      sums.flatMap(({ gain, cost }) => [
        { gain, cost },
        ...points.map((point) => ({ gain: gain + point.removed, cost: cost + point.loss - 1 })),
      ]),
    [{ gain: 0, cost: 0 }],
  );
}
