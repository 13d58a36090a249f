// SPDX-License-Identifier: MIT
/** 1a: contexts as such, as a reader of the page meets them: who is in one, how long it lives, and that all of it is given back. */
import { expect, test } from '../fixtures.js';

test.use({ viewport: { width: 1440, height: 900 } });

test('1a: its page leads to its lesson, its patches and its test', async ({ feature }) => {
  await feature.leadsToAllOf('1a');
});

test('1a: what a member starts is a member, and none of them gets out', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1a');
  await guest.start(43);
  await playground.command('chcontext --silent --xid 42 -- sh');
  await playground.waitFor('ctx(42).tasks == 1 and ctx(42).flags lacks state_setup');
  await playground.command('sleep 1001 & sleep 1002 &');
  await panels.processesOf('context 42').click();
  await expect(panels.processRows('context 42')).toHaveCount(3);
  await playground.command('vcontext --migrate --xid 43 -- sleep 1003');
  await expect(playground.screen).toContainText('vcontext: enter context 43: not from here');
  const members = await guest.says("grep -l '^VxID:.42$' /proc/[0-9]*/status");
  expect(await panels.pidsOf('context 42')).toEqual(members.match(/\d+/g));
  await expect(panels.tasksOf(42)).toHaveText('3');
  expect(await guest.lines('/proc/virtual/42/status')).toMatchObject({ Tasks: '3' });
  await expect(panels.tasksOf(43)).toHaveText('1');
});

test('1a: a context lives until its last task ends, whoever made it', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1a');
  await guest.start(42);
  const { Info } = await guest.lines('/proc/virtual/42/info');
  await guest.says('vcontext --migrate --xid 42 --disconnect -- tail -f /dev/null > /dev/null 2>&1');
  await expect(panels.tasksOf(42)).toHaveText('2');
  // The one that it was made for.
  await guest.says('killall sleep');
  await expect(panels.tasksOf(42)).toHaveText('1');
  expect(await guest.lines('/proc/virtual/42/info')).toMatchObject({ ID: '42', Info });
  await guest.says('killall tail');
  await expect(playground.context(42)).toBeHidden();
  expect(await guest.refusal('cat /proc/virtual/42/status')).toContain('No such file or directory');
  expect(await guest.refusal('vcontext --migrate --xid 42 -- true')).toBe(
    'vcontext: enter context 42: there is no such context',
  );
});

test('1a: a task is in a context and in a network context, and takes both with it', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1a');
  await playground.command(
    'ncontext --create --silent --nid 52 -- chcontext --silent --xid 42 -- sleep 1000 &',
  );
  await playground.waitFor('ctx(42).flags lacks state_setup and net(52) exists');
  const [pid] = (await guest.says('pidof sleep')).split(/\s/);
  expect(await guest.lines(`/proc/${pid}/status`)).toMatchObject({ VxID: '42', NxID: '52' });
  await panels.openPage(42);
  const network = panels.section('/proc/virtnet/52/status');
  await expect(network).toBeVisible();
  const { Tasks, Flags, NCaps } = await guest.lines('/proc/virtnet/52/status');
  expect(await panels.linesOf('/proc/virtnet/52/status')).toMatchObject({ Tasks, Flags, NCaps });
  await playground.command('kill %1');
  await playground.waitFor('count(ctx) == 0 and count(net) == 0');
  expect(await guest.refusal('ncontext --migrate --nid 52 -- true')).toBe(
    'ncontext: enter network context 52: there is no such context',
  );
});

test('1a: of a hundred contexts that come and go nothing stays, nor of twenty visits to one', async ({
  playground,
  guest,
}) => {
  await playground.open('#/1a');
  await guest.start(42);
  const { UseCnt } = await guest.lines('/proc/virtual/42/status');
  await playground.treeItem('status').click();
  await playground.command('for i in $(seq 100); do chcontext --silent --xid $((1000 + i)) -- true; done');
  await playground.command(
    'for i in $(seq 20); do vcontext --migrate --xid 42 -- true; done; echo visited $i',
  );
  await expect(playground.screen).toContainText('visited 20', { timeout: 90_000 });
  await expect(playground.procContents).toContainText('#CTotal:\t1\n#CActive:\t1\n');
  expect(await guest.lines('/proc/virtual/status')).toMatchObject({ '#CTotal': '1', '#CActive': '1' });
  // The references of tasks that have ended are given back when the kernel gets to it.
  await expect.poll(async () => (await guest.lines('/proc/virtual/42/status'))['UseCnt']).toBe(UseCnt);
});
