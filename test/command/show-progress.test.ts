// Progress: a bar on a screen, a line every few seconds otherwise, never on standard output.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { Progress } from '#contract/nouns.ts';
import { bytes, count, duration, percent, points, shape, short, times } from '#main/command/numbers-for-people.ts';
import { describeProgress, progressLine, shareDone } from '#main/command/show-progress.ts';
import { plain, say, type Terminal } from '#main/command/terminal.ts';

const progress: Progress = { phase: 'training', step: 340, steps: 1000, epoch: 3, epochs: 8, secondsLeft: 75, imagesPerSecond: 5120.4 };

function terminalOf(screen: Terminal['screen']) {
  const err = new PassThrough();
  const out = new PassThrough();
  const heard = () => String(err.read() ?? '');
  return {
    terminal: { out, err, screen, json: true, interrupted: new AbortController().signal, folder: '/' } satisfies Terminal,
    heard,
    out,
  };
}

test('a line has the phase, the epoch, the share, the time left and the speed', () => {
  assert.equal(describeProgress('lenet-5', progress), 'lenet-5: training, epoch 3 of 8, 34 %, 1:15 left, 5,120 images/s');
  assert.equal(describeProgress('m', { ...progress, steps: 0, epochs: 0, secondsLeft: null, imagesPerSecond: null }), 'm: training');
});

test('without a screen 100 reports over 9.9 seconds make 4 lines, and a new phase one at once', () => {
  const { terminal, heard } = terminalOf(null);
  let now = 0;
  const line = progressLine(terminal, 'm', () => now);
  for (let report = 0; report < 100; report++, now += 100) line.show(progress);
  assert.equal(heard().split('\n').length - 1, 4);
  line.show({ ...progress, phase: 'measuring' });
  assert.match(heard(), /^m: measuring/);
});

test('on a screen the bar is redrawn in place, fits its width, and is cleared', () => {
  const { terminal, heard, out } = terminalOf({ columns: 40 });
  const line = progressLine(terminal, 'm', () => 0);
  line.show(progress);
  const text = heard();
  assert.ok(text.startsWith('\r\x1b[K███████░░░░░░░░░░░░░ m: training'));
  assert.ok(!text.includes('\n') && text.length <= '\r\x1b[K'.length + 39);
  line.clear();
  assert.equal(heard(), '\r\x1b[K');
  assert.equal(out.read(), null);
});

test('the share is 0 to 1 whatever the steps say', () => {
  assert.deepEqual(
    [
      { step: 0, steps: 0 },
      { step: 5, steps: 10 },
      { step: 11, steps: 10 },
    ].map(shareDone),
    [0, 0.5, 1],
  );
});

test("control characters of a layer's name do not reach the terminal", () => {
  const { terminal, heard } = terminalOf(null);
  say(terminal, 'layer \x1b[2J\x07name');
  assert.equal(heard(), 'layer �[2J�name\n');
  assert.equal(plain('a\tb\nc'), 'a\tb\nc');
});

test('numbers read as people write them', () => {
  assert.deepEqual(
    [
      count(266610),
      bytes(999),
      bytes(1066440),
      short(416520),
      percent(0.98314),
      points(-0.0012),
      points(0.003),
      duration(75),
      duration(3700),
      times(1066440, 90000),
      shape([null, 28, 28, 1]),
    ],
    ['266,610', '999 B', '1.07 MB', '417 k', '98.31 %', '−0.12', '+0.30', '1:15', '1:01:40', '11.8×', '28×28×1'],
  );
});
