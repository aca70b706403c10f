// ESLint for the tests: the house rules, and room for printing figures.
import tseslint from 'typescript-eslint';
import { houseRules } from '../src-main/eslint.config.js';

export default tseslint.config({
  files: ['test/**/*.ts'],
  extends: [tseslint.configs.base],
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: {
    ...houseRules,
    'no-console': 'off',
    '@typescript-eslint/no-floating-promises': [
      'error',
      { allowForKnownSafeCalls: [{ from: 'package', name: ['test', 'describe', 'it', 'before', 'after'], package: 'node:test' }] },
    ],
  },
});
