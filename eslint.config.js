// SPDX-License-Identifier: MIT
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** Imports go one way: panels -> state -> engine; machine implements what engine declares (ARCHITECTURE.md). */
function mayNotImport(layer, forbidden, message) {
  return {
    files: [`web/src/${layer}/**/*.{ts,svelte}`],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: forbidden, message }] }] },
  };
}

export default ts.config(
  {
    ignores: [
      'web/dist',
      'web/public/machine',
      'web/public/tests',
      'images/dist',
      'kernel-build',
      '**/.svelte-kit',
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommendedTypeChecked,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-warning-comments': ['error', { terms: ['fixme', 'xxx'] }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    // The types of component props are svelte-check's to judge; here they are unknown.
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.test.ts', 'e2e/**'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/require-await': 'off' },
  },
  { files: ['**/*.js'], ...ts.configs.disableTypeChecked },
  mayNotImport(
    'engine',
    '^(v86|svelte|@xterm)|/(machine|state|panels|ui)/',
    'The engine knows no v86, no Svelte and no layer above it.',
  ),
  mayNotImport('machine', '^(svelte|@xterm)|/(state|panels|ui)/', 'The machine knows no UI.'),
  mayNotImport('state', '^v86|/(machine|panels|ui)/', 'State holds runes around engine events.'),
  mayNotImport('panels', '^v86|/machine/', 'Panels see the machine through state only.'),
  mayNotImport('ui', '^v86|/(engine|machine|state|panels)/', 'ui imports nothing from the layers.'),
);
