// A process that does nothing and says nothing is given up soon, one that works in silence only after minutes; and a process's work can be read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuTicksOf } from '#main/supervisor/process-stat.ts';
import { watchPulse } from '#main/supervisor/watch-pulse.ts';

const limits = { silentSeconds: 10, silentSecondsAtStart: 60, busySeconds: 180 };

function given(t: import('node:test').TestContext, work: (second: number) => number | null, beats: (second: number) => boolean) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let [second, givenUp] = [0, 0];
  const pulse = watchPulse(
    limits,
    () => work(second),
    () => (givenUp = second),
  );
  for (second = 1; second <= 400 && givenUp === 0; second++) {
    if (beats(second)) pulse.beat();
    t.mock.timers.tick(1000);
  }
  pulse.stop();
  return givenUp;
}

test('idle and silent: ten seconds after its last word, sixty where it never had one', (t) => {
  assert.equal(
    given(
      t,
      () => 5,
      (second) => second <= 3,
    ),
    12,
  );
});

test('never a word: sixty seconds', (t) => {
  assert.equal(
    given(
      t,
      () => 5,
      () => false,
    ),
    60,
  );
});

test('at work in silence: three minutes; where work is not known, silence is idleness', (t) => {
  assert.equal(
    given(
      t,
      (second) => second,
      (second) => second === 1,
    ),
    180,
  );
  t.mock.timers.reset();
  assert.equal(
    given(
      t,
      () => null,
      (second) => second === 1,
    ),
    10,
  );
});

test('the ticks of a process grow while it works', { skip: process.platform === 'linux' ? false : 'only Linux tells' }, () => {
  const before = cpuTicksOf(process.pid)!;
  const until = performance.now() + 200;
  while (performance.now() < until);
  assert.ok(cpuTicksOf(process.pid)! - before >= 5);
  assert.equal(cpuTicksOf(2 ** 30), null);
});
