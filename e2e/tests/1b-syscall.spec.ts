// SPDX-License-Identifier: MIT
/** 1b: what the system call does to a running guest, and what it refuses, by the commands and beside what the panels show. */
import { expect, test } from '../fixtures.js';

test.use({ viewport: { width: 1440, height: 900 } });

test('1b: its page leads to its lesson, its patches and its tests', async ({ feature }) => {
  await feature.leadsToAllOf('1b');
});

test('1b: a capability that the host takes away is gone for a running guest at once, and back as soon', async ({
  playground,
  panels,
  guest,
}) => {
  const makeDevice = 'vcontext --migrate --xid 42 -- mknod /run/made c 1 3';
  await playground.open('#/1b');
  await guest.start(42);
  await panels.openPage(42);
  await guest.says(`${makeDevice} && rm /run/made`);
  for (const { list, bcaps, result } of [
    { list: '~mknod', bcaps: '00000000f7fffeff', result: 'mknod: /run/made: Operation not permitted' },
    { list: 'mknod', bcaps: '00000000fffffeff', result: 'made' },
  ]) {
    await playground.command(`vattribute --xid 42 --bcap ${list}; ${makeDevice} && echo m''ade`);
    await expect(panels.line('/proc/virtual/42/status', 'BCaps')).toContainText(bcaps);
    expect(await guest.lines('/proc/virtual/42/status')).toMatchObject({ BCaps: bcaps });
    await expect(playground.screen.getByText(result, { exact: true })).toBeVisible();
  }
});

test('1b: a private context is entered by nobody, and one that gave up its administration stays as it is', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1b');
  await guest.start(42);
  await panels.openPage(42);
  await guest.says('vcontext --migrate --xid 42 -- true');
  await playground.command("vattribute --xid 42 --flag 'private,~state_admin'");
  const flags = panels.line('/proc/virtual/42/status', 'Flags');
  await expect(flags).toContainText('Nobody enters it once its setup is over.');
  const { Flags } = await guest.lines('/proc/virtual/42/status');
  await expect(flags).toContainText(Flags!);
  expect(await guest.refusal('vcontext --migrate --xid 42 -- true')).toBe(
    'vcontext: enter context 42: Permission denied',
  );
  expect(await guest.refusal("vattribute --xid 42 --flag '~private'")).toBe(
    'vattribute: the flags of 42: Permission denied',
  );
  await expect(flags).toContainText(Flags!);
  // It can be ended still.
  await guest.end(42);
  await expect(panels.contexts.getByRole('status')).toContainText('Ended at');
});

test('1b: what cannot be made, entered or changed is refused with its reason, and nothing is left of the try', async ({
  playground,
  guest,
}) => {
  await playground.open('#/1b');
  await guest.start(42);
  const before = await guest.lines('/proc/virtual/42/status');
  for (const [command, reason] of [
    ['vcontext --create --xid 42 -- true', 'vcontext: create context 42: File exists'],
    ['chcontext --xid 49152 -- true', 'chcontext: create context 49152: the kernel chooses from 49152 on'],
    ['vcontext --migrate --xid 4242 -- true', 'vcontext: enter context 4242: there is no such context'],
    ['vwait 4242', 'vwait: context 4242: there is no such context'],
    ['vspace --enter 42 --net -- true', 'vspace: enter the namespaces of context 42: Invalid argument'],
    [
      'reducecap --cap sys_resource -- vattribute --xid 42 --flag private',
      'vattribute: the flags of 42: Operation not permitted',
    ],
    [
      'reducecap --cap sys_admin -- vcontext --create --xid 43 -- true',
      'vcontext: create context 43: not from here: it takes root of the host, on a kernel with vserver',
    ],
  ] as const)
    expect(await guest.refusal(command)).toBe(reason);
  const { UseCnt, ...after } = await guest.lines('/proc/virtual/42/status');
  expect({ UseCnt: before['UseCnt'], ...after }).toEqual(before);
  expect(Number(UseCnt)).toBeGreaterThan(0);
  await expect(playground.context(42)).toBeVisible();
  await playground.waitFor('count(ctx) == 1');
});

test('1b: a guest keeps its host name; who waits for its end is woken by it', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1b');
  await guest.start(42, '--hostname web');
  await panels.openPage(42);
  await expect(panels.line('/proc/virtual/42/nsproxy', 'NodeName')).toContainText('web');
  const { NodeName, NSProxy } = await guest.lines('/proc/virtual/42/nsproxy');
  expect(await panels.linesOf('/proc/virtual/42/nsproxy')).toMatchObject({ NodeName, NSProxy });
  await playground.command(
    'vspace --enter 42 --uts -- vcontext --migrate --xid 42 -- hostname; hostname; vwait 42; echo woken: $?',
  );
  await expect(playground.screen.getByText('web', { exact: true })).toBeVisible();
  await expect(playground.screen.getByText('vserver', { exact: true })).toBeVisible();
  await expect.poll(() => guest.says('pidof vwait || true')).not.toBe('');
  await guest.end(42);
  await expect(playground.screen).toContainText('woken: 0');
  await expect(panels.contexts.getByRole('status')).toContainText('Ended at');
  expect(await guest.refusal('vkill --xid 42')).toBe('vkill: context 42 is not there, or has no process');
});
