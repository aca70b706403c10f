// Short messages: in the page's words, and gone once what they are about has been tried again.
import './compile-runes.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StudioError } from '#contract/errors.ts';
import { withoutFlags } from '../../src-renderer/format/without-flags.ts';

const { Toasts } = await import('../../src-renderer/state/toasts.svelte.ts');

test('flags of the command line are left out, other brackets stay', () => {
  assert.equal(withoutFlags('Name the column that holds them (--label COLUMN).'), 'Name the column that holds them.');
  assert.equal(withoutFlags('Save them as (N, classes) rows (--task regression).'), 'Save them as (N, classes) rows.');
});

test('a refusal tells where and what to do, in the words of the page', () => {
  const toasts = new Toasts();
  toasts.problem(new StudioError('bad-input', 'It has no labels.', { where: 'a.csv', whatToDo: 'Name them (--label COLUMN).' }));
  assert.deepEqual(
    toasts.all.map(({ tone, text, more }) => ({ tone, text, more })),
    [{ tone: 'problem', text: 'a.csv: It has no labels.', more: 'Name them.' }],
  );
  for (const { id } of toasts.all) toasts.dismiss(id);
});

test('trying an import again takes the refusal of the last one away, and no other message', async () => {
  const toasts = new Toasts();
  const refuse = () => Promise.reject(new StudioError('not-a-model', 'It is no model.'));
  await toasts.attempt(refuse, 'import');
  await toasts.attempt(() => Promise.reject(new StudioError('conflict', 'It is being worked on.')));
  await toasts.attempt(() => Promise.resolve(), 'import');
  assert.deepEqual(
    toasts.all.map(({ text }) => text),
    ['It is being worked on.'],
  );
  for (const { id } of toasts.all) toasts.dismiss(id);
});
