// The page's arithmetic and order, without a browser: events, curves, lineage, addresses, forms, tables, lists.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MetricPoint } from '#contract/nouns.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { nextOrder, sortRows } from '../../src-renderer/controls/table-columns.ts';
import { scrolledTo, visibleRows } from '../../src-renderer/controls/visible-rows.ts';
import { fieldsInUse, fieldsOf, problemsOf } from '../../src-renderer/forms/fields-of-schema.ts';
import { granularitiesOf, proposeRecipe } from '../../src-renderer/forms/propose-recipe.ts';
import { EventGate } from '../../src-renderer/state/event-gate.ts';
import { lineage, shortName } from '../../src-renderer/state/lineage.ts';
import { appendPoints, joinSeries } from '../../src-renderer/state/merge-points.ts';
import { addressOf, placeOf, projectViews } from '../../src-renderer/state/route-address.ts';
import { cnn, lenet } from './fixture/networks.ts';
import { curve, variantsOf } from './fixture/population.ts';

const event = (seq: number) => ({ data: { seq } });

test('of events 5 to 9 around a snapshot of 7, only 8 and 9 are applied, once and in order', () => {
  const applied: number[] = [];
  const gate = new EventGate<ReturnType<typeof event>>(({ data }) => applied.push(data.seq));
  gate.hold();
  for (const seq of [5, 6, 7, 8]) gate.offer(event(seq));
  assert.deepEqual(applied, []);
  gate.release(7);
  for (const seq of [8, 9]) gate.offer(event(seq));
  assert.deepEqual(applied, [8, 9]);
});

test('wherever the snapshot falls among the events, each of 20 is told exactly once: by it or after it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }), (included, arrived) => {
      const applied: number[] = [];
      const gate = new EventGate<ReturnType<typeof event>>(({ data }) => applied.push(data.seq));
      gate.hold();
      const before = Math.max(included, arrived);
      for (let seq = 1; seq <= before; seq += 1) gate.offer(event(seq));
      gate.release(included);
      for (let seq = before + 1; seq <= 20; seq += 1) gate.offer(event(seq));
      assert.deepEqual(
        applied,
        Array.from({ length: 20 - included }, (_, index) => included + index + 1),
      );
    }),
  );
});

test('a job that goes back to step 200 takes the points beyond it away', () => {
  const known = curve(1, 0, 400);
  const joined = appendPoints(known, curve(2, 200, 40), 200);
  assert.deepEqual([known.length, joined.length, joined.at(-1)?.step], [20, 12, 240]);
});

test('live points that a stored series holds already are not told twice', () => {
  const all = curve(1, 0, 844);
  const joined = joinSeries(
    all.filter(({ step }) => step <= 500),
    all.filter(({ step }) => step > 300),
  );
  assert.deepEqual(
    joined.map(({ kind, step }: MetricPoint) => `${kind} ${step}`),
    all.map(({ kind, step }) => `${kind} ${step}`),
  );
});

test('a chain of 10,000 variants becomes 10,000 lines, depth by depth; closing its root leaves 1', () => {
  const [template] = variantsOf(1);
  assert.ok(template);
  const chain = Array.from({ length: 10_000 }, (_, index) => ({
    ...template,
    id: `v${index}`,
    parentId: index === 0 ? null : `v${index - 1}`,
  }));
  const lines = lineage(chain, [], () => false);
  assert.deepEqual([lines.length, lines.at(-1)?.depth], [10_000, 9999]);
  assert.equal(lineage(chain, [], (id) => id === 'v0').length, 1);
});

test('three seeds of one order are one line that unfolds to three; one that is left alone is a variant as any other', () => {
  const [root] = variantsOf(1);
  assert.ok(root);
  const seed = (number: number) => ({
    ...root,
    id: `s${number}`,
    parentId: root.id,
    name: `${root.name} −90% weights · seed ${number}`,
    repeat: { id: 'repeat-a', seed: number, of: 3 },
  });
  const family = [root, seed(1), { ...root, id: 'other', parentId: root.id }, seed(2), seed(3)];
  const shown = (closed: (id: string) => boolean, variants = family) =>
    lineage(variants, [], closed).map(({ kind, id, depth, label }) => `${kind} ${id} ${depth} ${label.replace(root.name, 'net')}`);
  assert.deepEqual(shown((id) => id === 'repeat-a').slice(1), ['repeats repeat-a 1 −90% weights', 'variant other 1 net']);
  assert.deepEqual(shown(() => false).slice(1), [
    'repeats repeat-a 1 −90% weights',
    'variant s1 2 seed 1',
    'variant s2 2 seed 2',
    'variant s3 2 seed 3',
    'variant other 1 net',
  ]);
  assert.deepEqual(shown(() => false, [root, seed(2)]).slice(1), ['variant s2 1 −90% weights · seed 2']);
});

test('a child is called by what its name adds to its parent’s', () => {
  assert.deepEqual(
    [shortName('LeNet −90% weights', 'LeNet baseline'), shortName('LeNet', 'LeNet'), shortName('other', 'LeNet')],
    ['−90% weights', 'LeNet', 'other'],
  );
});

test('every place has an address that leads back to it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...projectViews), fc.string({ minLength: 1 }), fc.option(fc.string({ minLength: 1 })), (view, id, item) => {
      const place = { kind: 'project', id, view, item } as const;
      assert.deepEqual(placeOf(addressOf(place)), place);
    }),
  );
  assert.deepEqual(
    ['', '#/', '#token=aa', '#/nowhere', '#/projects/%E0%A4%A'].map(placeOf),
    Array.from({ length: 5 }, () => ({ kind: 'projects' })),
  );
});

test('the training form has every field of the contract, with its limits, and shows those that mean something', () => {
  const fields = fieldsOf(TrainSettings);
  assert.deepEqual(
    fields.map(({ name }) => name),
    Object.keys(TrainSettings.shape),
  );
  const hidden = (given: object) => {
    const shown = fieldsInUse(fields, { ...TrainSettings.parse({}), ...given });
    return fields.filter((field) => !shown.includes(field)).map(({ name }) => name);
  };
  assert.deepEqual(hidden({}), ['dropEvery', 'dropFactor']);
  assert.deepEqual(hidden({ decay: 'step' }), []);
  const epochs = fields[0];
  assert.deepEqual(epochs?.kind === 'number' ? [epochs.whole, epochs.min, epochs.max] : null, [true, 1, 10_000]);
});

test('a refused value is told at its own field', () => {
  assert.deepEqual(
    Object.keys(problemsOf(Recipe, { ...Recipe.parse({}), sparsity: 1, batch: 0, layers: [{ pattern: '', sparsity: 2 }] })).sort(),
    ['batch', 'layers.0.pattern', 'layers.0.sparsity', 'sparsity'],
  );
  assert.deepEqual(problemsOf(TrainSettings, { ...TrainSettings.parse({}), epochs: 1.5, batch: null }), {
    epochs: 'A whole number is needed.',
    batch: 'A number is needed.',
  });
  assert.deepEqual(problemsOf(Recipe, proposeRecipe(lenet, true)), {});
});

test('a dense network offers weights, in blocks and n:m too, and neurons, one with convolutions filters too; without data no fine-tuning is proposed', () => {
  assert.deepEqual(
    [granularitiesOf(lenet), granularitiesOf(cnn)],
    [
      ['weight', 'block', 'n:m', 'neuron'],
      ['weight', 'block', 'n:m', 'neuron', 'filter'],
    ],
  );
  assert.deepEqual(
    [proposeRecipe(lenet, true).sparsity, proposeRecipe(lenet, true).epochs, proposeRecipe(lenet, false).epochs],
    [0.9, 2, 0],
  );
});

test('of 10,000 rows about 26 are drawn, and what is drawn and left out adds up', () => {
  assert.deepEqual(visibleRows(10_000, 30, 3000, 300), { from: 92, to: 118, above: 2760, below: 296_460 });
  fc.assert(
    fc.property(fc.nat(20_000), fc.nat(1_000_000), fc.nat(3000), (rows, top, height) => {
      const { from, to, above, below } = visibleRows(rows, 30, top, height);
      assert.equal(above + (to - from) * 30 + below, rows * 30);
      assert.ok(to - from <= height / 30 + 18);
    }),
  );
  assert.deepEqual([scrolledTo(0, 30, 90, 300), scrolledTo(5, 30, 0, 300), scrolledTo(10, 30, 0, 300)], [0, 0, 30]);
});

test('unknown values stay last whichever way a table is sorted', () => {
  const rows = [3, null, 1, 2].map((value, index) => ({ id: String(index), value }));
  const columns = [
    {
      id: 'value',
      label: 'Value',
      text: (row: (typeof rows)[number]) => String(row.value),
      value: (row: (typeof rows)[number]) => row.value,
    },
  ];
  assert.deepEqual(
    sortRows(rows, columns, { column: 'value', direction: 'ascending' }).map(({ value }) => value),
    [1, 2, 3, null],
  );
  assert.deepEqual(
    sortRows(rows, columns, { column: 'value', direction: 'descending' }).map(({ value }) => value),
    [3, 2, 1, null],
  );
  assert.deepEqual(nextOrder(nextOrder(nextOrder(null, 'a', true), 'a', true), 'a', true), null);
});
