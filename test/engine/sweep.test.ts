// Weight pruning that takes out what it leaves dead: smaller tensors, the same answers by certificate, and no word of it where nothing is dead.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { FromEngine } from '#contract/engine-messages.ts';
import { Recipe, type Recipe as RecipeType } from '#contract/recipe.ts';
import { runTask } from '#main/engine/run-task.ts';
import { contextFor } from './in-process.ts';
import { scratchFolder } from './run-engine.ts';
import { writeSmallData } from './small-data.ts';
import { writeNetwork } from './small-networks.ts';

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const data = writeSmallData(folder);
const model = writeNetwork(folder, 'dense');

async function prune(name: string, recipe: Partial<RecipeType>) {
  const place = join(folder, name);
  mkdirSync(place);
  const notes: string[] = [];
  const hear = (message: FromEngine): void => {
    if (message.kind === 'note') notes.push(message.text);
  };
  const task = { kind: 'prune', model, data, recipe: Recipe.parse(recipe), exportTo: null } as const;
  const result = await runTask(task, contextFor(place, hear));
  assert.ok(result.kind === 'prune');
  return { ...result, notes };
}

for (const epochs of [0, 2]) {
  test(`97 % of the weights gone, ${epochs} epochs: what is dead goes, and the answers stay`, async (t) => {
    const given = { sparsity: 0.97, epochs, batch: 32 };
    const [masked, swept] = [await prune(`masked-${epochs}`, given), await prune(`swept-${epochs}`, { ...given, sweep: true })];
    assert.equal(masked.certificate, null);
    assert.equal(masked.after.parameters, masked.before.parameters);
    assert.equal(swept.certificate?.verdict, 'equal');
    assert.ok(swept.after.parameters < swept.before.parameters && swept.after.macs < swept.before.macs);
    assert.ok(swept.after.nonzero <= masked.after.nonzero);
    assert.deepEqual(swept.after.accuracy, masked.after.accuracy);
    assert.match(swept.notes.join(' '), /Dead channels were taken out: \d+ of /);
    t.diagnostic(`${swept.before.parameters} → ${swept.after.parameters} parameters; ${swept.notes.join(' ')}`);
  });
}

test('where nothing is dead, that is said and the network stays', async () => {
  const { notes, after: left, before, certificate } = await prune('nothing', { sparsity: 0.05, epochs: 0, sweep: true });
  assert.match(notes.join(' '), /No channel is dead/);
  assert.deepEqual([left.parameters, certificate], [before.parameters, null]);
});
