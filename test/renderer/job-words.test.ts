// What a run says of itself: its title, how far it is, what can be done with it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '#contract/nouns.ts';
import { Recipe } from '#contract/recipe.ts';
import { canRepeat, progressWords, titleOf } from '../../src-renderer/screens/runs/job-words.ts';

const progress = { phase: 'loading', step: 0, steps: 0, epoch: 0, epochs: 0, secondsLeft: null, imagesPerSecond: null };
const plain = (text: string) => text.replaceAll('\u202f', ' ');

test('while nothing is counted yet the phase stands alone; then epochs, steps, samples a second and the time left', () => {
  assert.equal(progressWords({ state: 'running', progress: null }), '');
  assert.equal(progressWords({ state: 'running', progress }), 'loading');
  const counted = { ...progress, phase: 'training', step: 600, steps: 844, epoch: 2, epochs: 2, secondsLeft: 4, imagesPerSecond: 7812 };
  assert.equal(
    plain(progressWords({ state: 'running', progress: counted })),
    'training, epoch 2 of 2, step 600 of 844, 7 810 samples/s, 4 s left',
  );
  assert.doesNotMatch(progressWords({ state: 'paused', progress: counted }), /left/);
});

test('exports of one variant are told apart by their format; other runs keep their name', () => {
  const exportTo = { format: 'onnx', path: 'a.onnx', weights: 'float32', acceptDifference: null } as const;
  const order: Job['order'] = { kind: 'export', variantId: 'v', datasetId: null, exportTo };
  assert.equal(titleOf({ name: 'Export LeNet −90% weights', order }), 'Export to ONNX: LeNet −90% weights');
  assert.equal(
    titleOf({
      name: 'Export of mine',
      order: { kind: 'prune', variantId: 'v', datasetId: null, recipe: Recipe.parse({}), exportTo: null },
    }),
    'Export of mine',
  );
});

test('what has ended and began in a form can be run again from it', () => {
  assert.deepEqual(
    (['running', 'paused', 'resumable', 'queued', 'done', 'failed', 'cancelled'] as const).filter((state) =>
      canRepeat({ state, kind: 'train' }),
    ),
    ['done', 'failed', 'cancelled'],
  );
  assert.equal(canRepeat({ state: 'failed', kind: 'export' }), false);
});
