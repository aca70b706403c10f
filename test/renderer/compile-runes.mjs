// Lets Node read `.svelte.ts`: types are stripped, runes compiled, Svelte taken as a browser would. Import it before anything with runes.
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileModule } from 'svelte/compiler';

registerHooks({
  resolve: (specifier, context, next) => next(specifier, { ...context, conditions: ['browser', ...context.conditions] }),
  load(url, context, next) {
    if (!url.endsWith('.svelte.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    return {
      format: 'module',
      shortCircuit: true,
      source: compileModule(stripTypeScriptTypes(readFileSync(filename, 'utf8')), { filename, generate: 'client' }).js.code,
    };
  },
});
