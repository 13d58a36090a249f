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
          include: [
            'web/src/**/*.test.ts',
            'web/*.test.ts',
            'web/lesson-compiler/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          // An alarm for what hangs. On a machine that compiles a kernel beside it, much takes long that is right.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
