// SPDX-License-Identifier: MIT
/** 1e: what the kernel remembers of contexts: what holds one, for how long it is known, who may read it. */
import { expect, test } from '../fixtures.js';

test.use({ viewport: { width: 1440, height: 900 } });

test('1e: its page leads to its lesson, its patches and its test', async ({ feature }) => {
  await feature.leadsToAllOf('1e');
});

/** Who points to a context still: a pointer is initialised or set, and cleared. */
function pointersLeft(events: readonly string[]): string[] {
  const left = new Set<string>();
  for (const [, what, pointer] of events.map((event) => /^(init|set|clr) .*(@\w+)$/.exec(event) ?? []))
    if (what === 'clr') left.delete(pointer!);
    else if (pointer) left.add(pointer);
  return [...left];
}

test('1e: the history shows that a context is held after its end, by whom, and that it is let go', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1e');
  await panels.openHistory();
  await guest.hold(47);
  await panels.historyOf(47);
  await expect(panels.event('unhash')).toHaveCount(1);
  await expect(panels.event('dealloc')).toHaveCount(0);
  // The task that nobody waits for, and its credentials.
  const holders = pointersLeft(await panels.eventTexts());
  await guest.says('echo x > /proc/sysrq-trigger');
  const [inactive] = await guest.logTexts('inactive context');
  expect(inactive).toContain(`[#47,${holders.length}.0]`);
  expect(pointersLeft(await guest.history(47))).toEqual(holders);
  await playground.command('killall tail');
  await expect(panels.event('dealloc')).toHaveCount(1);
  expect(pointersLeft(await panels.eventTexts())).toEqual([]);
  expect((await guest.history(47)).at(-1)).toBe('dealloc 0/0 -');
});

test('1e: a CPU remembers its last 64 events; the panel, which has followed, keeps what is older', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1e');
  await panels.openHistory();
  await playground.command('chcontext --silent --xid 140 -- true');
  await panels.historyOf(140);
  await expect(panels.event('dealloc')).toHaveCount(1);
  expect((await guest.history(140)).at(-1)).toBe('dealloc 0/0 -');
  const seen = await panels.eventTexts();
  await playground.command(
    'for i in 1 2 3 4 5 6; do chcontext --silent --xid 141 -- true; done; echo enough',
  );
  await expect(playground.screen.getByText('enough', { exact: true })).toBeVisible();
  expect(await guest.history(140)).toEqual([]);
  expect(await guest.says('vhistory | grep -c "^#"')).toMatch(/^(62|63|64)\n$/);
  expect(await panels.eventTexts()).toEqual(seen);
});

test('1e: neither a guest nor root without sys_admin reads or prints it', async ({ playground, guest }) => {
  await playground.open('#/1e');
  await guest.start(42);
  const reason = 'not from here: it takes root of the host, on a kernel with vserver';
  for (const who of ['vcontext --migrate --xid 42 --', 'reducecap --cap sys_admin --']) {
    await playground.command(`clear; ${who} vhistory`);
    await expect(playground.screen).toContainText(/vhistory: read the history: not from\s*here/);
    expect(await guest.refusal(`${who} vhistory`)).toBe(`vhistory: read the history: ${reason}`);
    expect(await guest.refusal(`${who} vhistory --dump`)).toBe(`vhistory: print the history: ${reason}`);
  }
  expect(await guest.logTexts('History:')).toEqual([]);
  expect(await guest.history(42)).not.toEqual([]);
});

test('1e: on request it is written to the log, the newest event first', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1e');
  await panels.toggle('Kernel log');
  await playground.command('chcontext --silent --xid 140 -- true; vwait 140; vhistory --dump');
  await expect(panels.logLines.filter({ hasText: 'History:' })).toHaveCount(1);
  const dumped = await guest.logTexts('(#');
  await expect(panels.logLines.filter({ hasText: '(#' })).toHaveCount(dumped.length);
  expect(await panels.logTexts('(#')).toEqual(dumped);
  const numbers = dumped.map((line) => parseInt(/^\(#([0-9a-f]{4}),/.exec(line)![1]!, 16));
  expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  const own = dumped.filter((line) => line.includes('[#140,'));
  expect(own.findIndex((line) => line.includes('unhash_vx_info'))).toBeLessThan(
    own.findIndex((line) => line.includes('claim_vx_info')),
  );
});
