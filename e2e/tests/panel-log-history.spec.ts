// SPDX-License-Identifier: MIT
/** The kernel's log, the history of contexts, and the raw files with what has changed in them. */
import { expect, test } from '../fixtures.js';

test.use({ viewport: { width: 1440, height: 900 } });

test('the log is what dmesg has, and a line comes as it is written', async ({ playground, panels }) => {
  await playground.open();
  await panels.toggle('Kernel log');
  await playground.exec('echo "<4>written $((40 + 2)) by hand" > /dev/kmsg');
  const line = panels.logLines.filter({ hasText: 'written 42 by hand' });
  await expect(line).toContainText('warn');
  const { stdout } = await playground.exec('dmesg');
  const texts = (await panels.logLines.allTextContents()).map((text) => text.replace(/\s+/g, ' '));
  const said = stdout
    .trimEnd()
    .split('\n')
    .map((text) =>
      text
        .replace(/^\[ *[\d.]+\] ?/, '')
        .replace(/\s+/g, ' ')
        .trim(),
    );
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter((text) => !texts.some((shown) => shown.includes(text)))).toEqual([]);
});

test('the log is filtered by text and level, stands still when it is told to, and is copied', async ({
  playground,
  page,
  panels,
}) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await playground.open();
  await panels.toggle('Kernel log');
  await playground.exec('echo "<3>needle one" > /dev/kmsg; echo "<6>needle two" > /dev/kmsg');
  await panels.log.getByRole('searchbox').fill('NEEDLE');
  await expect(panels.logLines).toHaveCount(2);
  await panels.log.getByLabel('Least level').selectOption('err');
  await expect(panels.logLines).toHaveText([/needle one/]);
  await panels.log.getByRole('button', { name: 'Copy' }).click();
  await expect(panels.log.getByRole('status')).toContainText('1 lines are on the clipboard.');
  expect(await playground.clipboard()).toMatch(/^\[ *\d+\.\d{6}\] needle one$/);
  await panels.log.getByLabel('Least level').selectOption('debug');
  await panels.log.getByRole('button', { name: 'Pause' }).click();
  await playground.exec('echo "<6>needle three" > /dev/kmsg');
  await expect(panels.log.getByRole('status')).toContainText('It stands still');
  await expect(panels.logLines).toHaveCount(2);
  await panels.log.getByRole('button', { name: 'Pause' }).click();
  await expect(panels.logLines).toHaveCount(3);
});

test('a flood of the log leaves the page alive, and its end in view', async ({ playground, panels }) => {
  await playground.open();
  await panels.toggle('Kernel log');
  await expect(panels.logLines.first()).toBeVisible();
  await playground.exec(
    'echo on > /proc/sys/kernel/printk_devkmsg; i=0; while [ $i -lt 5000 ]; do i=$((i + 1)); echo "flood $i" > /dev/kmsg; done',
  );
  await expect(panels.logLines.last()).toContainText('flood 5000');
  await expect(panels.logLines.last()).toBeInViewport();
  expect(await panels.logLines.count()).toBeLessThanOrEqual(300);
});

test('a panel that is closed has no process in the guest', async ({ playground, panels }) => {
  await playground.open();
  // Threads of the kernel's own come and go; they have no program.
  const programs = 'for p in /proc/[0-9]*; do readlink $p/exe; done | wc -l';
  const count = async () => (await playground.exec(programs)).stdout.trim();
  const before = await count();
  await panels.toggle('Kernel log');
  await panels.toggle('History');
  await expect.poll(count).toBe(String(Number(before) + 2));
  await panels.toggle('Kernel log');
  await panels.toggle('History');
  await expect.poll(count).toBe(before);
});

test('the history tells the life of a context, with the command that ran', async ({ playground, panels }) => {
  await playground.open();
  await panels.openHistory();
  // What the history prints first is of before; what comes after the first reading has a time.
  await playground.exec('until pidof vhistory; do usleep 10000; done; usleep 300000');
  await playground.command('chcontext --silent --xid 140 -- sleep 1');
  await panels.history.getByRole('textbox', { name: 'xid' }).fill('140');
  const ended = panels.events.filter({ hasText: 'dealloc' });
  await expect(ended).toHaveCount(1);
  await expect(panels.eventGroup('create')).toContainText(
    'while there ran chcontext --silent --xid 140 -- sleep 1',
  );
  const { stdout } = await playground.exec('vhistory --xid 140');
  const said = [...stdout.matchAll(/^#\w+\s+\d+\s+140\s+(\w+)/gm)].map(([, what]) => what);
  const shown = await panels.events.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-event')));
  for (const what of said.filter((one) => !['lookup', 'get', 'put'].includes(one!)))
    expect(shown).toContain(what);
});

test('the history is filtered by kind, event and command', async ({ playground, panels }) => {
  await playground.open();
  await panels.toggle('History');
  await playground.exec('chcontext --silent --xid 141 -- true; chcontext --silent --xid 142 -- true');
  await panels.history.getByRole('textbox', { name: 'xid' }).fill('141');
  await expect(panels.events.filter({ hasText: 'dealloc' })).toHaveCount(1);
  await expect(panels.events.filter({ hasText: /^.*142/ })).toHaveCount(0);
  await panels.history.getByLabel('Event', { exact: true }).selectOption('claim');
  await expect(panels.events.filter({ hasNotText: 'claim' })).toHaveCount(0);
  await panels.history.getByLabel('Event', { exact: true }).selectOption('');
  await panels.history.getByRole('checkbox', { name: 'members' }).uncheck();
  await expect(panels.events.filter({ hasText: 'claim' })).toHaveCount(0);
  await panels.history.getByRole('textbox', { name: 'Command' }).fill('no such command');
  await expect(panels.history).toContainText(/None of the \d+ events that are kept has this/);
});

test('the raw file marks what has changed, and unmarks it', async ({ playground, panels }) => {
  await playground.open();
  await playground.treeItem('status').click();
  await expect(playground.procContents).toContainText('#CActive:\t0');
  await expect(panels.changedWords).toHaveCount(0);
  await playground.exec('chcontext --silent --xid 42 -- sleep 1000 > /dev/null 2>&1 &');
  await expect(panels.changedWords.filter({ hasText: /^1$/ })).toHaveCount(2);
  await expect(playground.treeItem('status')).toHaveAccessibleDescription('changed');
  await expect(playground.procContents).toContainText('changed: #CActive:\t1');
  await expect(panels.changedWords).toHaveCount(0);
});

test('the tree has the network contexts, too', async ({ playground }) => {
  await playground.open();
  await playground.treeItem('virtnet/').click();
  await playground.proc.getByRole('treeitem', { name: 'info', exact: true }).last().click();
  await expect(playground.procContents).toContainText('VCISyscall:');
  await expect(playground.proc).toContainText('/proc/virtnet/info');
});

test('what is open is kept from visit to visit', async ({ playground, panels }) => {
  await playground.open();
  await panels.toggle('History');
  await panels.toggle('/proc');
  await playground.open();
  const open = (name: string) => panels.area.getByRole('button', { name, exact: true, expanded: true });
  await expect(open('History')).toBeVisible();
  await expect(open('/proc')).toBeHidden();
});
