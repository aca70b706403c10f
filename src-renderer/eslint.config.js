// ESLint for the page: the house rules and Svelte's.
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import { houseRules } from '../src-main/eslint.config.js';

export default tseslint.config(
  {
    files: ['src-renderer/**/*.ts'],
    ignores: ['**/*.svelte.ts', '**/vite.config.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: houseRules,
  },
  {
    files: ['src-renderer/**/*.svelte', 'src-renderer/**/*.svelte.ts'],
    extends: [tseslint.configs.base, svelte.configs['flat/recommended']],
    languageOptions: { parserOptions: { parser: tseslint.parser, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/require-each-key': 'error',
      'no-eval': 'error',
      'no-console': 'error',
      'svelte/no-navigation-without-resolve': 'off',
      // Plain collections are chosen where nothing draws from them; mustached strings keep a space at a line's end.
      'svelte/prefer-svelte-reactivity': 'off',
      'svelte/no-useless-mustaches': 'off',
      // svelte-check is the judge of these comments.
      'svelte/no-unused-svelte-ignore': 'off',
    },
  },
);
