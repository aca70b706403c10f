// The forms of training and pruning: which fields stand at once, which are folded away, and recipes in and out of files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StudioError } from '#contract/errors.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import {
  fineTuneGroup,
  limitFields,
  ownControls,
  scheduleGroup,
  steersTraining,
  trainGroup,
} from '../../src-renderer/forms/field-groups.ts';
import { changedFields, fieldsInUse, fieldsOf } from '../../src-renderer/forms/fields-of-schema.ts';
import { FormDrafts, fittingLines } from '../../src-renderer/state/form-drafts.ts';
import { readRecipe, recipeBlob } from '../../src-renderer/forms/recipe-file.ts';

const names = (fields: readonly { readonly name: string }[]) => fields.map(({ name }) => name);

test('every field of a recipe and of training has exactly one place', () => {
  const placed = [
    ...ownControls,
    ...names([...limitFields, ...scheduleGroup.usual, ...scheduleGroup.rare, ...fineTuneGroup.usual, ...fineTuneGroup.rare]),
  ];
  assert.deepEqual(placed.toSorted(), Object.keys(Recipe.parse({})).toSorted());
  assert.deepEqual(names([...trainGroup.usual, ...trainGroup.rare]).toSorted(), Object.keys(TrainSettings.shape).toSorted());
});

test('training shows five fields at once and folds the rest', () => {
  const shown = (values: object) => names(fieldsInUse(trainGroup.usual, { ...TrainSettings.parse({}), ...values }));
  assert.deepEqual(shown({}), ['epochs', 'rate', 'batch', 'optimizer', 'weightDecay']);
  assert.ok(names(trainGroup.rare).includes('patience'));
});

test('nothing of the defaults counts as changed, and of a preset just what it changes', () => {
  const fields = fieldsOf(Recipe);
  assert.deepEqual(changedFields(fields, Recipe.parse({})), []);
  assert.deepEqual(names(changedFields(fields, Recipe.parse({ splice: 0.85, frequency: 64, floor: 0.98 }))), [
    'floor',
    'frequency',
    'splice',
  ]);
});

test('where nothing is trained, only what still means something is left of fine-tuning', () => {
  assert.deepEqual(names(fineTuneGroup.rare.filter((field) => !steersTraining(field))), ['recalibrate', 'seed']);
});

test('a recipe saved is the recipe read again, and a YAML of two lines has the defaults for the rest', async () => {
  const recipe = Recipe.parse({ granularity: 'filter', sparsity: 0.6, layers: [{ pattern: 'conv*', sparsity: 0.5 }], epochs: 8 });
  assert.deepEqual(await readRecipe(new File([recipeBlob(recipe, 'Half')], 'half.recipe.json')), recipe);
  assert.deepEqual(
    await readRecipe(new File(['sparsity: 0.8\nschedule: iterative\n'], 'r.yaml')),
    Recipe.parse({ sparsity: 0.8, schedule: 'iterative' }),
  );
});

test('what is no recipe is refused with its name, the field and what to do', async () => {
  const refusal = async (text: string) => {
    const error = await readRecipe(new File([text], 'r.yaml')).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof StudioError);
    assert.deepEqual([error.code, error.where], ['bad-input', 'r.yaml']);
    return `${error.message} ${error.whatToDo}`;
  };
  assert.match(await refusal('sparsity: 2\n'), /Sparsity \(sparsity\).*0 to below 1/);
  assert.match(await refusal('sparsty: 0.5\n'), /sparsty/);
  assert.match(await refusal('just words'), /holds no recipe/);
  assert.match(await refusal('a: &a [1]\nb: *a\n'), /plain values/);
  assert.match(await refusal('a: [1\n'), /neither YAML nor JSON/);
});

test('a plan of another screen changes its own lines of a draft; lines of another kind are left out', () => {
  const kept = new Map<string, string>();
  const drafts = new FormDrafts({ getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => void kept.set(key, text) });
  assert.equal(drafts.of('prune', 'v1'), undefined);
  drafts.put('prune', 'v1', { values: { epochs: 7, sparsity: null }, repeats: 4, name: null });
  drafts.put('prune', 'v1', { values: { sparsity: 0.6, scope: 'layer' } });
  assert.deepEqual(drafts.of('prune', 'v1'), { values: { epochs: 7, sparsity: 0.6, scope: 'layer' }, repeats: 4, name: null });
  assert.equal(drafts.of('train', 'v1'), undefined);
  kept.set('espalier-draft-prune-v2', '{"values":');
  assert.equal(drafts.of('prune', 'v2'), undefined);
  assert.deepEqual(fittingLines({ epochs: 3, sparsity: 'half', gone: 1, floor: 0.9, rate: null }, Recipe.parse({})), {
    epochs: 3,
    floor: 0.9,
    rate: null,
  });
});
