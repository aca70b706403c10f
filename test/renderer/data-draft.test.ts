// A dataset whose options are being chosen: what it still needs before it can come in.
import './compile-runes.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataSurvey } from '#contract/data-options.ts';

const { DataDraft } = await import('../../src-renderer/state/data-draft.svelte.ts');

const column = (name: string) => ({ name, kind: 'number' as const, distinct: 200, examples: ['1.5'] });
const houses: DataSurvey = {
  name: 'houses.csv',
  format: 'csv',
  given: [],
  samples: 200,
  columns: ['rooms', 'age', 'price'].map(column),
  label: null,
  images: null,
};
const nowhere = { import: () => Promise.reject(new Error('not here')), cancel: () => undefined };

test('a table without a column that looks like labels waits until one is chosen', () => {
  const draft = new DataDraft('upload', houses, undefined, nowhere);
  assert.deepEqual([draft.unlabelled, draft.options], [true, undefined]);
  draft.values.label = 'price';
  assert.deepEqual([draft.unlabelled, draft.options?.label], [false, 'price']);
});

test('one that has such a column can come in at once, and so can data without columns', () => {
  assert.equal(new DataDraft('upload', { ...houses, label: 'price' }, undefined, nowhere).options?.label, 'price');
  assert.equal(new DataDraft('upload', { ...houses, format: 'npz', columns: [] }, undefined, nowhere).unlabelled, false);
});
