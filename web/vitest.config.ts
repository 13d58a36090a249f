// SPDX-License-Identifier: MIT
/** Component tests: Svelte components on the fake machine, in Debian's Chromium. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM } from '../e2e/chromium.js';
import { checkPredicate } from './lesson-compiler/check-predicate.js';
import { lessons } from './vite-lessons.js';
import { planModules } from './vite-plan.js';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte(), lessons({ checkPredicate }), planModules()],
  // Found only when a test comes to it, one of these would reload the page under the tests.
  optimizeDeps: { include: ['@xterm/addon-search', '@xterm/addon-webgl'] },
  test: {
    name: 'component',
    include: ['src/**/*.component.ts'],
    // Alarms for what hangs, as those of the unit tests: a machine that is busy with other work takes long.
    testTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: CHROMIUM }),
      instances: [{ browser: 'chromium' }],
      viewport: { width: 1280, height: 800 },
    },
  },
});
