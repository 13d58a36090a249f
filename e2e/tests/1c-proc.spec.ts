// SPDX-License-Identifier: MIT
/** 1c: what /proc tells of contexts and to whom, from a terminal beside the panels, which have no other source. */
import { expect, test } from '../fixtures.js';

test.use({ viewport: { width: 1440, height: 900 } });

test('1c: its page leads to its lesson, its patches and its tests', async ({ feature }) => {
  await feature.leadsToAllOf('1c');
});

test('1c: a guest finds its own context and no other; a spectator finds what the panel shows', async ({
  playground,
  guest,
}) => {
  await playground.open('#/1c');
  await guest.start(42);
  await guest.start(43);
  await expect(playground.context(43)).toBeVisible();
  await playground.command('vcontext --migrate --xid 42 -- sh');
  await playground.command('clear; echo seen: $(ls /proc/virtual); cat /proc/virtual/43/status');
  await expect(playground.screen).toContainText('seen: 42 info status');
  await expect(playground.screen).toContainText(
    "cat: can't open '/proc/virtual/43/status': No such file or directory",
  );
  // In there the file of its own says what the host reads.
  const from = (xid: number) => guest.says(`vcontext --migrate --xid ${xid} -- cat /proc/virtual/42/info`);
  expect(await from(42)).toBe(await guest.says('cat /proc/virtual/42/info'));
  await expect(from(43)).rejects.toThrow('No such file or directory');
  expect(await guest.says('chcontext --xid 1 -- ls /proc/virtual')).toBe('42\n43\ninfo\nstatus\n');
});

test('1c: a process says in which context it is, unless the context hides that', async ({
  playground,
  panels,
  guest,
}) => {
  const inside = (path: string) => `vcontext --migrate --xid 42 -- cat /proc/self/${path}`;
  await playground.open('#/1c');
  await guest.start(42);
  await panels.openPage(42);
  await expect(panels.section('/proc/virtual/42/status')).toBeVisible();
  const { BCaps, CCaps, Flags } = await panels.linesOf('/proc/virtual/42/status');
  await playground.command(inside('vinfo'));
  await expect(playground.screen).toContainText(`BCaps: ${BCaps}`);
  const vinfo = (await guest.says(inside('vinfo'))).split('\n');
  expect(vinfo).toEqual(
    expect.arrayContaining(['XID:\t42', `BCaps:\t${BCaps}`, `CCaps:\t${CCaps}`, `CFlags:\t${Flags}`]),
  );
  expect(await guest.says(inside('status'))).toContain('VxID:\t42\n');
  await playground.command('vattribute --xid 42 --flag hide_vinfo');
  await expect(panels.line('/proc/virtual/42/status', 'Flags')).toContainText('hide_vinfo');
  for (const file of ['vinfo', 'ninfo'])
    expect(await guest.refusal(inside(file))).toContain(`/proc/self/${file}': No such file or directory`);
  expect(await guest.says(inside('status'))).not.toContain('VxID');
});

test('1c: the tree has a network context as the kernel has it, and a guest in no such context has not', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1c');
  await guest.start(42);
  await playground.command(
    'ncontext --create --silent --nid 52 --disconnect -- nattribute --ncap raw_icmp --flag private -- sleep 1000',
  );
  await playground.waitFor('net(52).ncaps has raw_icmp and net(52).flags has private');
  await playground.treeItem('virtnet/').click();
  await playground.treeItem('52/').click();
  await panels.treeFile('virtnet/52/status').click();
  const { Tasks, Flags, NCaps } = await guest.lines('/proc/virtnet/52/status');
  await expect(playground.procContents).toContainText(
    `Tasks:\t${Tasks}\nFlags:\t${Flags}\nNCaps:\t${NCaps}\n`,
  );
  expect(await guest.refusal('vcontext --migrate --xid 42 -- cat /proc/virtnet/52/status')).toContain(
    'No such file or directory',
  );
});

test('1c: the files cannot be written, and one that is open when its context ends tells nothing of the next', async ({
  playground,
  panels,
  guest,
}) => {
  await playground.open('#/1c');
  await guest.start(42);
  await panels.openPage(42);
  await expect(panels.section('/proc/virtual/42/info')).toBeVisible();
  const before = await panels.linesOf('/proc/virtual/42/info');
  expect(await guest.refusal('sh -c "echo 1 > /proc/virtual/42/status"')).toContain(
    'Operation not permitted',
  );
  expect(await guest.refusal('chmod 777 /proc/virtual/42')).toContain('Operation not permitted');
  await playground.command('exec 3</proc/virtual/42/info; vkill --xid 42 -s KILL; vwait 42');
  await expect(panels.contexts.getByRole('status')).toContainText('Ended at');
  await guest.start(42);
  await expect(panels.contexts.getByRole('status')).toContainText('another context');
  await playground.command('clear; echo "told: [$(cat <&3)]"');
  await expect(playground.screen).toContainText('told: []');
  expect(await panels.linesOf('/proc/virtual/42/info')).toEqual(before);
  expect((await guest.lines('/proc/virtual/42/info'))['ID']).toBe('42');
});
