// SPDX-License-Identifier: MIT
/** Two projects: `unit` runs in Node, `component` (web/vitest.config.ts) renders Svelte in Chromium. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      'web/vitest.config.ts',
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['web/src/**/*.test.ts', 'scripts/**/*.test.ts'],
        },
      },
    ],
  },
});
