// SPDX-License-Identifier: MIT
/** End-to-end tests: the built page (npm run build) in Debian's Chromium. No retries: a test that fails now and then is a bug. */
import { defineConfig } from '@playwright/test';
import { CHROMIUM } from './e2e/chromium.js';

export default defineConfig({
  testDir: 'e2e/tests',
  forbidOnly: true,
  fullyParallel: true,
  // A machine takes a core for itself while it boots.
  workers: 2,
  // Alarms for what hangs, not measures: the two processors may be busy with other work.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    launchOptions: CHROMIUM,
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
