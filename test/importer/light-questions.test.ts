// A plan is asked for while one types: it loads the network's arithmetic and no reader of foreign files.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Recipe } from '#contract/recipe.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { buildStarter } from '#network/starters.ts';

test('a plan of LeNet-300-100 at 90 % removes 239,580 weights, and neither h5wasm nor yauzl is loaded for it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-plan-'));
  const artifact = join(folder, 'model.espalier');
  writeModelFile(artifact, buildStarter('lenet-300-100', 1));
  const loaded: string[] = [];
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      loaded.push(specifier);
      return next(specifier, context);
    },
  });
  const { runImporterTask } = await import('#main/importer/run-importer-task.ts');
  const answer = await runImporterTask({ kind: 'plan', artifact, recipe: Recipe.parse({ sparsity: 0.9 }) });
  hooks.deregister();
  rmSync(folder, { recursive: true });
  assert.equal(answer.kind === 'plan' && answer.plan.removed, 239_580);
  assert.ok(loaded.some((specifier) => specifier.endsWith('pruning/plan.ts')));
  assert.deepEqual(
    loaded.filter((specifier) => /h5wasm|yauzl|fflate|protobuf|jsquash|run-reading-task/.test(specifier)),
    [],
  );
});
