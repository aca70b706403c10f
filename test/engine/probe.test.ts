// The verdict before a run: intervals of medians by hand, sentences for each finding, and a probe by a real engine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recipe } from '#contract/recipe.ts';
import { medianInterval } from '#main/engine/measuring/median-interval.ts';
import { speedInWords } from '#main/engine/measuring/speed-in-words.ts';
import { smallModel, writeSmallModel } from './small-data.ts';
import { planPruning } from '#pruning/plan.ts';
import { resultOf, scratchFolder } from './run-engine.ts';

test('of 1 … 100 the median is 50.5 and its 95 % interval 41 to 60; of three values the interval is all of them', () => {
  const values = Array.from({ length: 100 }, (_, at) => ((at * 37) % 100) + 1);
  assert.deepEqual(medianInterval(values), { median: 50.5, low: 41, high: 60 });
  assert.deepEqual(medianInterval([3, 1, 2]), { median: 2, low: 1, high: 3 });
});

test('each finding has its reason', () => {
  const zeros = planPruning(smallModel(), Recipe.parse({ sparsity: 0.9 }));
  const fewer = planPruning(smallModel(), Recipe.parse({ granularity: 'filter', sparsity: 0.5 }));
  const speedup = { median: 1.01, low: 0.97, high: 1.04 };
  assert.match(speedInWords('no difference', speedup, zeros), /^No faster \(1\.01×.*zeros bring no speed here/);
  assert.match(speedInWords('no difference', speedup, fewer), /^No faster .* despite \d+ % fewer multiply-accumulates/);
  assert.match(
    speedInWords('faster', { median: 1.8, low: 1.7, high: 1.9 }, fewer),
    /^Faster by 1\.80×, 95 % interval 1\.70–1\.90: \d+ % fewer/,
  );
  assert.match(speedInWords('slower', { median: 0.8, low: 0.7, high: 0.9 }, fewer), /^Slower .* multiple of 8/);
});

test('a probe times both networks in turns in both runtimes, and carries the plan', async () => {
  const workspace = scratchFolder();
  const task = {
    kind: 'probe',
    model: writeSmallModel(workspace),
    recipe: Recipe.parse({ granularity: 'filter', sparsity: 0.5 }),
  } as const;
  const { result } = await resultOf(task, workspace);
  assert.ok(result.kind === 'probe');
  assert.deepEqual([result.plan.removed, result.plan.total], [3, 6]);
  assert.deepEqual(
    result.runtimes.map(({ runtime }) => runtime),
    ['tensorflow', 'onnxruntime'],
  );
  assert.deepEqual(result.untried, []);
  for (const { pairs, before, after, speedup } of result.runtimes) {
    assert.ok(pairs >= 12 && before > 0 && after > 0);
    assert.ok(speedup.low <= speedup.median && speedup.median <= speedup.high);
  }
});
