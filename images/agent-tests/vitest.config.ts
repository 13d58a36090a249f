// SPDX-License-Identifier: GPL-2.0-only
/** Tests of the agent in real machines: a file is a machine, and one runs at a time, for a machine takes a whole core. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'agent',
    environment: 'node',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
