// SPDX-License-Identifier: MIT
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.js';

async function seriousFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

for (const colorScheme of ['dark', 'light'] as const) {
  test(`no serious finding, ${colorScheme}`, async ({ playground, page }) => {
    await page.emulateMedia({ colorScheme });
    await playground.open();
    await expect(playground.treeItem('info')).toBeVisible();
    expect(await seriousFindings(page)).toEqual([]);
  });

  test(`no serious finding on a phone, ${colorScheme}`, async ({ playground, page }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await playground.open();
    for (const view of ['Terminal', 'Contexts', '/proc/virtual']) {
      await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: view }).click();
      expect(await seriousFindings(page)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBe(0);
    }
  });
}

test('no serious finding in a failure; its heading has the focus, and its button is next', async ({
  playground,
  page,
}) => {
  await page.addInitScript('delete globalThis.WebAssembly');
  await playground.goto();
  await expect(playground.failure.getByRole('heading')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(playground.failure.getByRole('button')).toBeFocused();
  expect(await seriousFindings(page)).toEqual([]);
});

test('a screen reader hears what the terminal shows', async ({ playground, page }) => {
  await playground.open();
  await page.getByRole('button', { name: 'Screen reader' }).click();
  await playground.command('echo spoken $((40 + 2))');
  await expect(playground.terminal.locator('.xterm-accessibility')).toContainText('spoken 42');
});
