// SPDX-License-Identifier: MIT
/** 1e: what the kernel remembers of contexts: what holds one, for how long it is known, who may read it. */
import { expect, test } from '../fixtures.js';

test.use({ viewport: { width: 1440, height: 900 } });

test('1e: its page leads to its lesson, its patches and its test', async ({ feature }) => {
  await feature.leadsToAllOf('1e');
});

test('1e: the history shows that a context is held after its end, by whom, and the moment that it is let go', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1e');
  await panels.toggle('History');
  await expect(panels.history.getByRole('table')).toBeVisible();
  await guest.hold(47);
  await panels.historyOf(47);
  await expect(panels.event('unhash')).toHaveCount(1);
  await expect(panels.event('dealloc')).toHaveCount(0);
  const [, places] = /inactive context \S+\[#47,(\d+)\.0\]/.exec(
    await guest.says('echo x > /proc/sysrq-trigger; dmesg | tail -n 1'),
  )!;
  // Each pointer that was set and is not cleared: the task that ended, and its credentials.
  const { stdout } = await playground.exec('vhistory --xid 47');
  const held = pointersLeft(stdout.split('\n').map((line) => line.trim().split(/\s{2,}/)));
  expect(held).toHaveLength(Number(places));
  expect(pointersLeft(await panels.eventCells())).toEqual(held);
  await playground.command('killall tail');
  await expect(panels.event('dealloc')).toHaveCount(1);
  expect(pointersLeft(await panels.eventCells())).toEqual([]);
});
