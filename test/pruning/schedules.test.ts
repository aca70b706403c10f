// Sparsity rises as the papers say, and ends exactly where the recipe does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recipe } from '#contract/recipe.ts';
import { createRandom } from '#network/random.ts';
import { masksChangeAt, roundsOf, sparsityAt, type Timing } from '#pruning/schedules.ts';

const timing = (fields: object): Timing => Recipe.parse(fields);
const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
const moves = (recipe: Timing, steps: number) =>
  Array.from({ length: steps }, (_, step) => step).filter((step) => masksChangeAt(recipe, { step, steps }));

test('one-shot is there at once, in one round', () => {
  const recipe = timing({ sparsity: 0.9 });
  assert.deepEqual(roundsOf(recipe), [{ round: 1, sparsity: 0.9, rewinds: false }]);
  assert.equal(sparsityAt(recipe, { step: 0, steps: 100 }, 0.9), 0.9);
  assert.deepEqual(moves(recipe, 100), [0]);
});

test('iterative to 0.9 in 2 rounds: 1 − √0.1 = 0.68377 geometric, 0.45 linear, then 0.9', () => {
  const reached = (spacing: string) => roundsOf(timing({ schedule: 'iterative', rounds: 2, spacing })).map(({ sparsity }) => sparsity);
  near(reached('geometric')[0]!, 1 - Math.sqrt(0.1));
  assert.equal(reached('geometric')[1], 0.9);
  assert.deepEqual(reached('linear'), [0.45, 0.9]);
});

test('a lottery ticket at 21 % in 7 rounds: a dense round, then each keeps 0.21^(1/7) = 80.0 % of the weights and rewinds', () => {
  const rounds = roundsOf(timing({ schedule: 'lottery-ticket', sparsity: 0.79, rounds: 7 }));
  assert.deepEqual(
    rounds.map(({ round, rewinds }) => [round, rewinds]),
    [[0, false], ...[1, 2, 3, 4, 5, 6, 7].map((round) => [round, true])],
  );
  assert.equal(rounds[0]!.sparsity, 0);
  for (let at = 1; at <= 7; at++) near((1 - rounds[at]!.sparsity) / (1 - rounds[at - 1]!.sparsity), 0.21 ** (1 / 7));
  assert.equal(rounds[7]!.sparsity, 0.79);
});

test('polynomial to 0.8 in 400 steps: 0.7 at step 150 (half the ramp), 0.8 from step 300, never falling', () => {
  const recipe = timing({ schedule: 'polynomial', sparsity: 0.8 });
  const at = (step: number): number => sparsityAt(recipe, { step, steps: 400 }, 0.8);
  assert.equal(at(0), 0);
  near(at(150), 0.7); // 0.8 − 0.8 · 0.5³
  assert.ok(at(299) < 0.8);
  assert.equal(at(300), 0.8);
  for (let step = 1; step < 400; step++) {
    assert.ok(at(step) >= at(step - 1));
    assert.equal(at(step) !== at(step - 1), masksChangeAt(recipe, { step, steps: 400 }), `step ${step}`);
  }
});

test('50 % to 80 % from step 20 to step 100, every 40 steps, evenly: 0.5, 0.65 at step 60, 0.8', () => {
  const recipe = timing({ schedule: 'polynomial', sparsity: 0.8, initialSparsity: 0.5, begin: 0.1, end: 0.5, power: 1, frequency: 40 });
  const at = (step: number): number => sparsityAt(recipe, { step, steps: 200 }, 0.8);
  assert.deepEqual([at(0), at(19), at(20), at(59)], [0.5, 0.5, 0.5, 0.5]);
  near(at(60), 0.65);
  assert.deepEqual([at(100), at(199)], [0.8, 0.8]);
  assert.deepEqual(moves(recipe, 200), [0, 20, 60, 100]);
});

test('where weights may come back, masks are chosen anew at equal sparsity: every 100 of 400 steps, in the first half', () => {
  const recipe = timing({ splice: 0.5, frequency: 100 });
  assert.deepEqual(moves(recipe, 400), [0, 100]);
  assert.equal(sparsityAt(recipe, { step: 100, steps: 400 }, 0.9), 0.9);
  assert.deepEqual(moves(timing({ schedule: 'polynomial', splice: 0.9, begin: 0.2, end: 0.4, frequency: 30 }), 100), [0, 20, 30, 40, 60]);
});

test('whatever its fields, a schedule never falls, moves only where it says so, and has reached its sparsity by the last step', () => {
  const random = createRandom(7, 1);
  for (let run = 0; run < 300; run++) {
    const [one, other] = [random.uniform(), random.uniform()];
    const recipe = timing({
      schedule: (['one-shot', 'iterative', 'polynomial', 'lottery-ticket'] as const)[random.below(4)],
      sparsity: random.uniform(0.3, 0.999),
      initialSparsity: random.uniform(0, 0.3),
      rounds: 1 + random.below(9),
      spacing: (['geometric', 'linear'] as const)[random.below(2)],
      begin: Math.min(one, other),
      end: Math.max(one, other),
      power: random.uniform(0.5, 4),
      ...(random.below(2) === 0 ? {} : { frequency: 1 + random.below(50) }),
    });
    let before = 0;
    for (const { sparsity } of roundsOf(recipe)) {
      assert.ok(sparsity >= before);
      before = sparsity;
    }
    assert.equal(before, recipe.sparsity);
    const steps = random.below(60);
    const at = (step: number) => sparsityAt(recipe, { step, steps }, recipe.sparsity);
    assert.equal(at(Math.max(0, steps - 1)), recipe.sparsity, JSON.stringify({ recipe, steps }));
    for (let step = 1; step < steps; step++) {
      assert.ok(at(step) >= at(step - 1) - 1e-12);
      if (!masksChangeAt(recipe, { step, steps })) assert.equal(at(step), at(step - 1));
    }
  }
});

test('a recipe that contradicts itself is refused by the field that does', () => {
  for (const [fields, field] of [
    [{ initialSparsity: 0.95 }, 'initialSparsity'],
    [{ schedule: 'polynomial', begin: 0.8 }, 'end'],
    [{ schedule: 'lottery-ticket', epochs: 0 }, 'epochs'],
    [{ schedule: 'lottery-ticket', splice: 0.5 }, 'splice'],
  ] as const) {
    assert.deepEqual(
      Recipe.safeParse(fields).error?.issues.map(({ path }) => path.join('.')),
      [field],
    );
  }
});
