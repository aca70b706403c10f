// Whether data fit a network, told from both summaries: each way in which they may not, in a sentence that names both.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ImportReport, type DataFormat } from '#contract/data-options.ts';
import { misfitOf, shapeFed } from '#contract/data-fit.ts';
import { buildStarter } from '#network/starters.ts';
import { summariseNetwork } from '#network/summarise.ts';

const lenet = summariseNetwork(buildStarter('lenet-300-100', 1));
const digits = { name: 'digits', sampleShape: [28, 28, 1], balance: Array<number>(10).fill(6) };

const importedAs = (format: DataFormat) =>
  ImportReport.parse({ format, options: {}, given: [], duplicates: null, features: [], warnings: [] });
const told = (data: Parameters<typeof misfitOf>[1]) => misfitOf(lenet, data)?.replaceAll('\u00a0', ' ');

test('a sample goes in as it is, or flat where all sizes are known', () => {
  assert.deepEqual(shapeFed([28, 28, 1], [28, 28, 1]), [28, 28, 1]);
  assert.deepEqual(shapeFed([784], [28, 28, 1]), [784]);
  assert.deepEqual(shapeFed([null, 3], [12, 3]), [12, 3]);
  assert.equal(shapeFed([null, 3], [36]), null);
  assert.equal(shapeFed([32, 32, 3], [28, 28, 1]), null);
});

test('MNIST fits LeNet-300-100, and so do fewer classes and classes without a sample', () => {
  assert.equal(misfitOf(lenet, digits), null);
  assert.equal(misfitOf(lenet, { ...digits, balance: [6, 6] }), null);
  assert.equal(misfitOf(lenet, { ...digits, balance: [...digits.balance, 0] }), null);
});

test('samples of another size, too many classes and targets are told', () => {
  assert.equal(told({ ...digits, sampleShape: [4] }), 'This network takes samples of 28 × 28 × 1, but those of digits are 4.');
  assert.equal(misfitOf(lenet, { ...digits, balance: Array(12).fill(1) }), 'This network tells 10 classes apart, but digits has 12.');
  assert.match(told({ ...digits, sampleShape: [32, 32, 3], report: importedAs('images') }) ?? '', /Import the images again/);
  assert.doesNotMatch(told({ ...digits, sampleShape: [32, 32, 3], report: importedAs('idx') }) ?? '', /again/);
  const target = { name: 'price', low: 0, high: 1, mean: 0.5, deviation: 0.1 };
  assert.equal(misfitOf(lenet, { ...digits, targets: [target] }), 'This network answers with 10 numbers, but digits wants 1.');
});

test('one unit stands for two classes; answers with more axes than one are none to learn from', () => {
  const answering = (...outputShape: number[]) => ({ ...lenet, outputShape: [null, ...outputShape] });
  assert.equal(misfitOf(answering(1), { ...digits, balance: [5, 5] }), null);
  assert.match(misfitOf(answering(1), digits) ?? '', /tells 2 classes apart/);
  assert.match(misfitOf(answering(5, 2, 4), digits) ?? '', /answers with 5\s×\s2\s×\s4;/);
});

test('of several inputs there is no training', () => {
  const end = { name: 'one', shape: [null, 4] };
  assert.match(misfitOf({ ...lenet, inputs: [end, end] }, digits) ?? '', /has 2 inputs and 1 output;/);
});
