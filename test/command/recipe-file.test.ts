// Recipes in YAML and JSON: the same fields as the flags, checked by the contract.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readRecipeFile } from '#main/command/recipe-file.ts';
import { UsageError } from '#main/command/usage-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'recipe-'));
after(() => rmSync(folder, { recursive: true }));

function read(text: string, name = 'recipe.yaml') {
  writeFileSync(join(folder, name), text);
  return readRecipeFile(name, folder);
}

test('YAML and JSON give the same, and only what they hold', async () => {
  const expected = { granularity: 'filter', sparsity: 0.5, layers: [{ pattern: 'conv1', sparsity: 0 }] };
  assert.deepEqual(await read('granularity: filter\nsparsity: 0.5 # half\nlayers:\n  - { pattern: conv1, sparsity: 0 }\n'), expected);
  assert.deepEqual(await read(JSON.stringify(expected), 'recipe.json'), expected);
});

for (const [name, text, says] of [
  ['a share above 1', 'sparsity: 1.5', /recipe\.yaml, sparsity: sparsity is a share from 0 to below 1/],
  ['an unknown field', 'sparsty: 0.5', /no field "sparsty"\. ?Did you mean sparsity\?/],
  ['a criterion that there is not', 'criterion: luck', /criterion: it isn't available in this version; choose magnitude, l2/],
  ['text for a number', 'epochs: many', /epochs: it must be a number/],
  ['a list', '- 1', /"field: value" lines/],
  ['nothing', '', /"field: value" lines/],
  ['broken YAML', 'a: [1', /neither YAML nor JSON/],
  ['an alias bomb', 'layers: &a [1]\nrounds: *a', /plain values only/],
  ['__proto__', '{"__proto__": {"sparsity": 0.1}}', /no field/],
] as const) {
  test(`${name} is refused: ${says.source}`, () =>
    assert.rejects(read(text), (error) => error instanceof UsageError && says.test(error.message)));
}

test('a file that is not there, and a folder, are refused', async () => {
  await assert.rejects(readRecipeFile('absent.yaml', folder), /no recipe file absent\.yaml/);
  await assert.rejects(readRecipeFile('.', folder), /is not a file/);
});
