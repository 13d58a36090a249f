// SPDX-License-Identifier: MIT
import { seriousFindings } from '../axe.js';
import { expect, test } from '../fixtures.js';
import { PROMPT } from '../pages/playground-page.js';

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
    for (const view of ['Guide', 'Terminal', 'Panels']) {
      await playground.show(view);
      expect(await seriousFindings(page)).toEqual([]);
      expect(await playground.overflow()).toBe(0);
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

test('the terminal lets go of the focus, and takes it again, by keys alone', async ({ playground, page }) => {
  await playground.open();
  const { terminal } = playground;
  await expect(terminal).toHaveAccessibleDescription(/Ctrl\+Shift\+Enter leaves it/);
  // The guest completes by Tab, as ever.
  await page.keyboard.type('echo /proc/virtual/inf\t $((40 + 2))\n');
  await expect(playground.screen).toContainText('/proc/virtual/info 42');
  await page.keyboard.press('Control+Shift+Enter');
  await expect(terminal).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(page.getByRole('button', { name: 'Split below' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(terminal).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('separator')).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.type('echo back $((40 + 2))\n');
  await expect(playground.screen).toContainText('back 42');
  await expect(playground.screen).not.toContainText(new RegExp(`(${PROMPT}\\s*){2}`));
});

test('a screen reader hears what the terminal shows', async ({ playground, page }) => {
  await playground.open();
  await page.getByRole('button', { name: 'Screen reader' }).click();
  await playground.command('echo spoken $((40 + 2))');
  await expect(playground.terminal.locator('.xterm-accessibility')).toContainText('spoken 42');
});
