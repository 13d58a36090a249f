// SPDX-License-Identifier: MIT
/** 1d: what the kernel says on request, as it comes to the log beside the terminal; and who may make the request. */
import { expect, test } from '../fixtures.js';

test.use({ viewport: { width: 1440, height: 900 } });

const SWITCHES = '/proc/sys/vserver';
const READ_SWITCHES = `cat ${SWITCHES}/*`;

test('1d: its page leads to its lesson, its patches and its test', async ({ feature }) => {
  await feature.leadsToAllOf('1d');
});

test('1d: what a guest asked and was refused is in the log with its error, and nothing is when the switch is off', async ({
  playground,
  panels,
  guest,
}) => {
  const ask = 'vcontext --migrate --xid 42 -- vattribute --get';
  await playground.open('#/1d');
  await guest.start(42);
  await panels.toggle('Kernel log');
  await playground.command(`echo 3 > ${SWITCHES}/debug_switch; ${ask}; echo 0 > ${SWITCHES}/debug_switch`);
  await playground.waitFor(
    `file("${SWITCHES}/debug_switch") == "0" and run("dmesg | grep -q 'returns -38'").exit == 0`,
  );
  expect(await guest.refusal(ask)).toContain('not from here');
  await guest.says('echo "<6>the last line" > /dev/kmsg');
  await expect(panels.logLines.last()).toContainText('the last line');
  const said = await panels.logTexts('vxD: vc:');
  expect(said).toEqual(await guest.logTexts('vxD: vc:'));
  expect(said.filter((text) => text.endsWith('returns -38'))).toHaveLength(2);
  expect(said.some((text) => text.includes('VCMD_52_9_0'))).toBe(true);
});

test('1d: each switch tells of its own kind: signals to a context, the life of a network context', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1d');
  await guest.start(42);
  await panels.toggle('Kernel log');
  await playground.command(
    `cd ${SWITCHES}; echo 16 > debug_misc; echo 1 > debug_nid; vkill --xid 42 -s CONT; ncontext --create --silent --nid 52 -- true; until dmesg | grep -q 'dealloc_nx_info.*#52'; do usleep 50000; done; echo 0 > debug_misc; echo 0 > debug_nid`,
  );
  await playground.waitFor(
    `file("${SWITCHES}/debug_nid") == "0" and run("dmesg | grep -q dealloc_nx_info").exit == 0`,
  );
  await expect(panels.logLines.filter({ hasText: 'dealloc_nx_info' })).toContainText('#52,');
  await expect(panels.logLines.filter({ hasText: 'ctx_kill #42' })).toContainText('signal 18');
  const said = await panels.logTexts('vxD:');
  expect(said).toEqual(await guest.logTexts('vxD:'));
  for (const what of ['alloc_nx_info', '__create_nx_info', 'dealloc_nx_info'])
    expect(said.filter((text) => text.startsWith(`vxD: ${what} `))).toHaveLength(1);
  // Context 42 has lived all the while, and debug_xid is off.
  expect(said.join()).not.toContain('vx_info');
});

test('1d: root of a guest reads the switches and turns none; a number that is none changes nothing', async ({
  playground,
  panels,
  guest,
}) => {
  const inside = (command: string) => `vcontext --migrate --xid 42 -- sh -c '${command}'`;
  await playground.open('#/1d');
  await guest.start(42);
  await panels.toggle('Kernel log');
  expect(await guest.says(inside(READ_SWITCHES))).toBe('0\n'.repeat(5));
  expect(await guest.refusal(inside(`echo 255 > ${SWITCHES}/debug_xid`))).toBe(
    'sh: write error: Operation not permitted',
  );
  expect(await guest.refusal(`sh -c 'echo 12x > ${SWITCHES}/debug_xid'`)).toBe(
    'sh: write error: Invalid argument',
  );
  expect(await guest.says(READ_SWITCHES)).toBe('0\n'.repeat(5));
  await guest.says('echo "<6>nothing above" > /dev/kmsg');
  await expect(panels.logLines.last()).toContainText('nothing above');
  expect(await panels.logTexts('vxD:')).toEqual([]);
  // The host's root may, and all the panels ask is in the log until it is off.
  await playground.command(`echo 1 > ${SWITCHES}/debug_xid`);
  await expect(panels.logLines.filter({ hasText: /__lookup_vx_info.*#42/ }).first()).toBeVisible();
  await guest.says(`echo 0 > ${SWITCHES}/debug_xid`);
});

test('1d: SysRq x names a context that has ended and is held, and says when none is', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1d');
  await panels.toggle('Kernel log');
  await guest.hold(47);
  await playground.command('echo x > /proc/sysrq-trigger');
  const held = panels.logLines.filter({ hasText: 'vxD: inactive context' });
  await expect(held).toHaveCount(1);
  await expect(held).toContainText('#47,');
  expect(await panels.logTexts('inactive context')).toEqual(await guest.logTexts('inactive context'));
  await expect(playground.proc).toBeVisible();
  await playground.treeItem('status').click();
  await expect(playground.procContents).toContainText('#CTotal:\t1\n#CActive:\t0\n');
  expect(await guest.refusal('vcontext --migrate --xid 47 -- true')).toContain('there is no such context');
  await guest.letGo();
  await expect(playground.procContents).toContainText('#CTotal:\t0\n#CActive:\t0\n');
  await playground.command('echo x > /proc/sysrq-trigger');
  await expect(panels.logLines.filter({ hasText: 'vxD: no inactive contexts' })).toHaveCount(1);
});
