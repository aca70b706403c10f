// McNemar's test and the interval of a mean, against numbers worked out by hand, by Python's math.erfc and from printed tables of Student's t.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { verdictOn } from '#main/command/print-repeats.ts';
import { complementaryError, inWords, mcnemar, packRight, type PairedTest } from '#contract/paired-answers.ts';
import { meanInterval, studentQuantile } from '#contract/repeats.ts';

/** `both` samples right in both networks, then those that only one gets right. */
function answers(both: number, onlyFirst: number, onlySecond: number): PairedTest {
  const first = [...Array<number>(both).fill(1), ...Array<number>(onlyFirst).fill(1), ...Array<number>(onlySecond).fill(0)];
  const second = [...Array<number>(both).fill(1), ...Array<number>(onlyFirst).fill(0), ...Array<number>(onlySecond).fill(1)];
  return mcnemar(packRight(first), packRight(second), first.length)!;
}
const near = (actual: number, wanted: number, within = 1e-9) =>
  assert.ok(Math.abs(actual - wanted) <= within, `${actual} is not ${wanted}`);

test('10 against 2 discordant samples: 2 · 79 / 4096, exact; 12 against 12 are certainly no difference', () => {
  const { p, method, onlyFirst, onlySecond } = answers(100, 10, 2);
  near(p, (2 * 79) / 4096);
  assert.deepEqual([method, onlyFirst, onlySecond], ['exact binomial', 10, 2]);
  assert.equal(answers(5, 12, 12).p, 1);
});

test('30 against 15: (15 − 1)² / 45 on chi², p = 0.036888 by erfc; 80 against 20: p = 3.6e-9', () => {
  near(answers(9955, 30, 15).p, 0.036888, 1e-6);
  near(answers(3, 80, 20).p / 3.6358e-9, 1, 1e-3);
  assert.equal(inWords(answers(9955, 30, 15)), 'worse (McNemar p = 0.04)');
  assert.equal(inWords(answers(9955, 20, 24)), 'not distinguishable (McNemar p = 0.65)');
  assert.equal(inWords(answers(9955, 20, 80)), 'better (McNemar p < 0.001)');
});

test('erfc to 1e-11 where Python says 0.671373240540873 (0.3) and 0.000406952017444959 (2.5)', () => {
  near(complementaryError(0.3), 0.671373240540873, 1e-11);
  near(complementaryError(2.5), 0.000406952017444959, 1e-11);
});

test('any two bitmaps: discordant counts are those of the lists, and swapping swaps them (seed 2)', () => {
  const pair = fc.array(fc.tuple(fc.nat(1), fc.nat(1)), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(pair, (samples) => {
      const [first, second] = [packRight(samples.map(([one]) => one)), packRight(samples.map(([, other]) => other))];
      const [test1, test2] = [mcnemar(first, second, samples.length)!, mcnemar(second, first, samples.length)!];
      assert.equal(test1.onlyFirst, samples.filter(([one, other]) => one > other).length);
      assert.equal(test1.onlyFirst, test2.onlySecond);
      assert.equal(test1.p, test2.p);
      assert.ok(test1.p > 0 && test1.p <= 1);
    }),
    { seed: 2 },
  );
  assert.equal(mcnemar(packRight([1]), packRight(Array<number>(9).fill(1)), 9), null);
});

test('1, 2, 3: mean 2, deviation 1, half the interval 4.3027 / √3; one value has no interval, none no mean', () => {
  const { mean, deviation, half } = meanInterval([1, 2, 3])!;
  assert.deepEqual([mean, deviation], [2, 1]);
  near(half!, 4.3027 / Math.sqrt(3));
  assert.deepEqual(meanInterval([0.98]), { runs: 1, mean: 0.98, deviation: null, half: null });
  assert.equal(meanInterval([]), null);
});

test("Student's t at 0.975 as tables print it: 2.776 (4), 2.201 (11), 2.042 (30), 1.984 (100)", () => {
  for (const [freedom, wanted] of [
    [4, 2.7764],
    [11, 2.201],
    [30, 2.0423],
    [100, 1.984],
  ] as const)
    near(studentQuantile(freedom), wanted, 2e-4);
});

test('several tests in one sentence: how many differ, and which way', () => {
  assert.match(verdictOn([answers(9, 3, 2), answers(9, 4, 4)])!, /^not distinguishable from the baseline in any of 2 runs/);
  assert.match(
    verdictOn([answers(9, 30, 2), answers(9, 4, 4), answers(9, 1, 40)])!,
    /^worse than the baseline in 1, better in 1 of 3 runs, not distinguishable in 1/,
  );
  assert.equal(verdictOn([]), null);
});
