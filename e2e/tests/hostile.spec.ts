// SPDX-License-Identifier: MIT
/** The README invites to break the guest: the page survives, and leads back to a prompt. */
import { expect, test } from '../fixtures.js';

/** A guest that is full of tasks, on a host that has two, takes its time. */
const PATIENCE = { timeout: 150_000 };

test.beforeEach(async ({ playground }) => {
  test.setTimeout(300_000);
  await playground.open();
});

test('a fork bomb leaves an agent that answers or a message, and one click leads to a prompt', async ({
  playground,
}) => {
  const before = await playground.tasks();
  await playground.command('bomb() { bomb | bomb & }; bomb');
  // It has gone off. That the agent said so is the working panel; while it is silent the message is there.
  await expect.poll(() => playground.tasks(), PATIENCE).toBeGreaterThan(before + 100);
  await playground.wayBack.click();
  await expect(playground.screen).not.toContainText('bomb', PATIENCE);
  await playground.prompt();
  expect(await playground.tasks()).toBeLessThan(before + 10);
  await playground.command('chcontext --xid 42 -- sleep 1000 &');
  await expect(playground.context(42)).toBeVisible();
  await expect(playground.failure).toBeHidden();
});

test('a full /tmp leaves panels that refresh, and a new terminal opens', async ({ playground, page }) => {
  await playground.command('cat /dev/zero > /tmp/x');
  await expect(playground.screen).toContainText('No space left on device', PATIENCE);
  await playground.exec('chcontext --xid 42 -- sleep 1000 > /dev/null 2>&1 &');
  await expect(playground.context(42)).toBeVisible();
  await page.getByRole('button', { name: 'New terminal' }).click();
  await playground.prompt();
  await playground.command('rm /tmp/x; echo freed > /tmp/y; cat /tmp/y');
  await expect(playground.screen.getByText('freed', { exact: true })).toBeVisible();
  await playground.exec('killall sleep');
  await expect(playground.context(42)).toBeHidden();
});
