// SPDX-License-Identifier: MIT
/** Two projects: `unit` runs in Node, `component` (web/vitest.config.ts) renders Svelte in Chromium. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['web/src/{engine,machine,state}/**/*.test.ts', 'scripts/**/*.test.ts'],
        },
      },
    ],
  },
});
