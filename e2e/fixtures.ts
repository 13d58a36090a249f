// SPDX-License-Identifier: MIT
/**
 * What every test has: a site of its own, the page, and a watch that fails the test when the page breaks its policy, throws,
 * or asks another origin for anything.
 */
import { test as base, expect, type Page } from '@playwright/test';
import { FeaturePage } from './pages/feature-page.js';
import { Guest } from './pages/guest.js';
import { Panels } from './pages/panels.js';
import { PlaygroundPage } from './pages/playground-page.js';
import { Site } from './site.js';
import { startVite } from './vite-site.js';

interface Fixtures {
  /** Messages of the browser that this test expects; the watch lets them pass. */
  expectedErrors: RegExp[];
  site: Site;
  /** Who serves the page: a site of the test's own, or one of Vite's servers. */
  servedBy: 'site' | 'dev' | 'preview';
  /** Where the page is. */
  url: string;
  playground: PlaygroundPage;
  panels: Panels;
  guest: Guest;
  feature: FeaturePage;
}

export const test = base.extend<Fixtures>({
  expectedErrors: [[], { option: true }],

  // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixture's needs from the pattern
  site: async ({}, use) => {
    const site = new Site();
    await site.start();
    await use(site);
    site.stop();
  },

  servedBy: ['site', { option: true }],

  url: async ({ site, servedBy }, use) => {
    if (servedBy === 'site') return use(site.url);
    const vite = await startVite(servedBy);
    await use(vite.url);
    await vite.stop();
  },

  playground: async ({ page, url, expectedErrors }, use) => {
    const complaints = watch(page, new URL(url).origin);
    await use(new PlaygroundPage(page, url));
    const unexpected = complaints.filter((text) => !expectedErrors.some((pattern) => pattern.test(text)));
    expect(unexpected).toEqual([]);
  },

  panels: async ({ page }, use) => use(new Panels(page)),
  guest: async ({ playground }, use) => use(new Guest(playground)),
  feature: async ({ playground }, use) => use(new FeaturePage(playground)),
});

export { expect };

function watch(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !['blob:', 'data:'].includes(url.protocol))
      complaints.push(`request to ${url.href}`);
  });
  return complaints;
}
