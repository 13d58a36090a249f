// SPDX-License-Identifier: MIT
/** Contexts with their processes, and the page of one: each against what the kernel says to `cat` and `ps`. */
import { seriousFindings } from '../axe.js';
import { expect, test } from '../fixtures.js';

/** Starts a context that sleeps, and waits until it has its flags. */
const start = (xid: number, more = '') =>
  `chcontext --silent --xid ${xid} ${more} -- sleep 1000 > /dev/null 2>&1 & until grep -qs sleep /proc/$!/comm; do usleep 10000; done; echo $!`;

test.use({ viewport: { width: 1440, height: 900 } });

test('a context is opened to its processes, as ps has them, and the host to its own', async ({
  playground,
  page,
  panels,
}) => {
  await playground.open();
  const pid = (await playground.exec(start(42))).stdout.trim();
  await panels.processesOf('context 42').click();
  const row = panels.processRows('context 42');
  await expect(row).toHaveCount(1);
  await expect(row).toHaveAttribute('data-pid', pid);
  const { stdout } = await playground.exec(`cat /proc/${pid}/status`);
  for (const label of ['Name', 'State'])
    await expect(row).toContainText(new RegExp(`^${label}:\\t(.*)$`, 'm').exec(stdout)![1]!);
  await panels.processesOf('the host').click();
  await expect(panels.processRows('the host').filter({ hasText: '[kthreadd]' })).toHaveCount(1);
  await expect(panels.processRows('the host').and(page.locator(`[data-pid="${pid}"]`))).toHaveCount(0);
  await playground.exec(`kill ${pid}`);
  await expect(playground.context(42)).toBeHidden();
});

test('no row is torn while contexts come and go', async ({ playground, panels }) => {
  await playground.open();
  await playground.exec(`${start(42)}; ${start(43)}`);
  await panels.processesOf('context 42').click();
  await panels.processesOf('context 43').click();
  await expect(panels.processRows('context 43')).toHaveCount(1);
  await playground.exec(
    'while :; do chcontext --silent --xid 42 -- sleep 0.2 & chcontext --silent --xid 43 -- true; usleep 50000; done > /dev/null 2>&1 &',
  );
  expect(await panels.tornRows(40)).toEqual([]);
});

test('a context that has ended with a zombie left says so', async ({ playground, panels }) => {
  await playground.open();
  await playground.exec(
    "sh -c 'chcontext --silent --xid 142 -- true & exec tail -f /dev/null' > /dev/null 2>&1 & until vhistory --xid 142 | grep -q unhash; do usleep 50000; done",
  );
  await panels.processesOf('the host').click();
  await expect(playground.context(142)).toContainText('ended');
  await panels.processesOf('context 142').click();
  await expect(panels.processRows('context 142')).toContainText('Z (zombie)');
});

test('the page of a context shows each file as the kernel has it, with bits by name', async ({
  playground,
  panels,
}) => {
  await playground.open();
  await playground.exec(start(42, '--flag fakeinit,virt_uptime'));
  await panels.openPage(42);
  await expect(panels.heading).toHaveText('Context 42');
  await expect(panels.heading).toBeFocused();
  for (const name of ['info', 'status', 'cvirt']) {
    const path = `/proc/virtual/42/${name}`;
    await expect(panels.section(path)).toBeVisible();
    const { stdout } = await playground.exec(`cat ${path}`);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/:\s*/) as [string, string]);
    const wanted = Object.fromEntries(lines.filter(([label]) => label !== 'UseCnt'));
    const { UseCnt, ...shown } = await panels.linesOf(path);
    expect(shown).toEqual(wanted);
    if (name === 'status') expect(Number(UseCnt)).toBeGreaterThan(0);
  }
  const flags = panels.section('/proc/virtual/42/status').getByRole('row').filter({ hasText: 'Flags' });
  await expect(flags).toContainText('fakeinit');
  await expect(flags).toContainText('It sees its init as process 1.');
  await expect(flags.getByRole('link', { name: 'acts with 3b' })).toHaveAttribute('href', '#/3b');
  await expect(panels.section('/proc/virtual/42/limit')).toContainText('This kernel has no such file.');
  await expect(panels.section('/proc/virtual/42/limit')).toContainText(/Comes with 6b, planned:\s*PROC/);
  await expect(panels.section('/proc/virtual/42/cvirt')).toContainText(
    /Comes with 4a, planned:\s*nr_threads/,
  );
  await expect(panels.section('Processes of context 42')).toContainText('sleep');
});

test('numbers that move have a line, with its range in words', async ({ playground, panels }) => {
  await playground.open();
  await playground.exec(start(42));
  await panels.openPage(42);
  await expect(panels.section('/proc/virtual/42/status').getByRole('img').first()).toBeVisible();
  await playground.exec(
    `vcontext --migrate --xid 42 -- sleep 1000 > /dev/null 2>&1 & until grep -q 'Tasks:.2' /proc/virtual/42/status; do usleep 10000; done`,
  );
  await expect(
    panels.section('/proc/virtual/42/status').getByRole('img', { name: '1 to 2 in the last 2 minutes' }),
  ).toBeVisible();
});

test('a context that ends while its page is open stays as it was, and the next of its number is another one', async ({
  playground,
  panels,
}) => {
  await playground.open();
  const pid = (await playground.exec(start(42))).stdout.trim();
  await panels.openPage(42);
  const status = panels.section('/proc/virtual/42/status');
  await expect(status).toBeVisible();
  await playground.exec(`kill ${pid}`);
  const said = panels.contexts.getByRole('status');
  await expect(said).toContainText(/Ended at \d+:\d\d of the machine's uptime/);
  expect((await panels.linesOf('/proc/virtual/42/status'))['Tasks']).toBe('1');
  await playground.exec(start(42, '--flag hide_mount'));
  await expect(said).toContainText('another context, made later, has its number now');
  await expect(status).not.toContainText('hide_mount');
  await panels.contexts.getByRole('button', { name: 'Show the context that has it now' }).click();
  await expect(status).toContainText('hide_mount');
  await expect(panels.heading).toBeFocused();
  await panels.contexts.getByRole('button', { name: 'All contexts' }).click();
  await expect(panels.contexts.getByRole('button', { name: '42', exact: true })).toBeFocused();
});

test('after Reset nothing of the guest of before is shown', async ({ playground, panels }) => {
  await playground.open();
  await playground.exec(start(42));
  await panels.openPage(42);
  await expect(panels.heading).toHaveText('Context 42');
  await playground.reset();
  await expect(panels.contexts).toContainText('No context exists.');
});

for (const colorScheme of ['dark', 'light'] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 360, height: 740 },
  ]) {
    test(`no serious finding in any panel, ${colorScheme}, ${viewport.width}`, async ({
      playground,
      panels,
      page,
    }, info) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      await playground.open();
      await playground.exec(start(42, '--flag fakeinit'));
      if (viewport.width < 800) await playground.show('Panels');
      await panels.toggle('Kernel log');
      await panels.toggle('History');
      await expect(panels.logLines.first()).toBeVisible();
      await panels.processesOf('context 42').click();
      await expect(panels.processRows('context 42')).toHaveCount(1);
      await page.screenshot({ path: info.outputPath('list.png') });
      expect(await seriousFindings(page)).toEqual([]);
      await panels.openPage(42);
      await expect(panels.section('/proc/virtual/42/status')).toBeVisible();
      await page.screenshot({ path: info.outputPath('page.png') });
      expect(await seriousFindings(page)).toEqual([]);
      expect(await playground.overflow()).toBe(0);
    });
  }
}
