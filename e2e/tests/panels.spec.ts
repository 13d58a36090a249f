// SPDX-License-Identifier: MIT
import { expect, test } from '../fixtures.js';

test.beforeEach(async ({ playground }) => playground.open());

test('a context appears before it is two seconds old, and goes with its last task', async ({
  playground,
}) => {
  const seen = playground.uptimeWhenFirstSeen(4242);
  await playground.command('chcontext --xid 4242 -- sleep 1000 &');
  // By the guest's own clock: two polls, the second of which reads when it was made. proc-poll.test.ts holds the time between them.
  expect(await seen).toMatch(/^0:0[01]$/);
  const row = playground.context(4242);
  await expect(row.getByRole('cell').first()).toHaveText('1');
  await playground.command('kill %1');
  await expect(row).toBeHidden();
});

test('uptime is that of the context, not of the panel', async ({ playground, page }) => {
  await page.setViewportSize({ width: 700, height: 800 });
  await expect(playground.contexts).toBeHidden();
  await playground.exec(
    'chcontext --xid 77 -- sleep 1000 > /dev/null 2>&1 & until [ -e /proc/virtual/77 ]; do usleep 10000; done; sleep 2',
  );
  const seen = playground.uptimeWhenFirstSeen(77);
  await page.setViewportSize({ width: 1280, height: 800 });
  expect(await seen).toMatch(/^0:(0[2-9]|[1-5]\d)$/);
});

test('the tree shows the chosen file as it is now', async ({ playground }) => {
  await expect(playground.procContents).toContainText('VCIVersion:');
  await playground.treeItem('status').click();
  await expect(playground.procContents).toContainText('#CActive:\t0');
  await playground.exec('chcontext --xid 42 -- sleep 1000 > /dev/null 2>&1 &');
  await expect(playground.procContents).toContainText('#CActive:\t1');
  await playground.treeItem('42/').click();
  await playground.proc.getByRole('treeitem', { level: 3, name: 'status' }).click();
  await expect(playground.procContents).toContainText('Tasks:\t1');
  await playground.exec('killall sleep');
  await expect(playground.proc).toContainText('There is no such file now.');
});

test('the tree is reached and moved through by keys', async ({ playground, page }) => {
  await playground.treeItem('info').focus();
  await page.keyboard.press('ArrowDown');
  await expect(playground.treeItem('status')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(playground.procContents).toContainText('#CTotal:');
});

test('a hidden page lets its guest stand still', async ({ playground }) => {
  await playground.setHidden(true);
  const before = await playground.instructions();
  // The answer to the next question proves that time has passed in the Worker; the guest has executed nothing in it.
  for (let i = 0; i < 50; i++) expect(await playground.instructions()).toBe(before);
  await playground.setHidden(false);
  expect((await playground.exec('echo on')).stdout).toBe('on\n');
  const seconds = Number((await playground.exec('date +%s')).stdout);
  expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(5);
});
