// SPDX-License-Identifier: MIT
/** Terminals inside a context. */
import { seriousFindings } from '../axe.js';
import { expect, test } from '../fixtures.js';
import type { PlaygroundPage } from '../pages/playground-page.js';

const MEMBERS = 'grep -c "^XID:.*\\b77$" /proc/[0-9]*/vinfo | grep -c ":1$"';

/** Opens the list of places, and leaves the focus where a reader has it: on its button. */
async function openPlaces({ page }: PlaygroundPage): Promise<void> {
  await page.getByRole('button', { name: 'Open a terminal in …' }).click();
}

async function openIn(playground: PlaygroundPage, name: string): Promise<void> {
  await openPlaces(playground);
  await playground.page.getByRole('button', { name: `In ${name}` }).click();
}

/** What `tasks` says of the context in the kernel's own words. */
async function members(playground: PlaygroundPage): Promise<number> {
  return Number((await playground.exec(MEMBERS)).stdout);
}

async function makeContext(playground: PlaygroundPage): Promise<void> {
  const { exitCode, stderr } = await playground.exec('chcontext --xid 77 --disconnect -- sleep 100000');
  expect(exitCode, stderr).toBe(0);
  await playground.waitFor('ctx(77).tasks == 1');
}

test('a terminal in a context is a member of it, and leaves none when it closes', async ({
  playground,
  page,
}) => {
  await playground.open();
  await makeContext(playground);
  await openIn(playground, 'context 77');
  await playground.command('cat /proc/self/vinfo');
  await expect(playground.screen).toContainText(/XID:\s*77/);
  await expect.poll(() => members(playground)).toBe(2);
  await playground.command('sleep 5000');
  await expect.poll(() => members(playground)).toBe(3);
  await page.getByRole('button', { name: 'Close context 77' }).click();
  await expect.poll(() => members(playground)).toBe(1);
});

test('a shell that ends leaves none either', async ({ playground }) => {
  await playground.open();
  await makeContext(playground);
  await openIn(playground, 'context 77');
  await expect.poll(() => members(playground)).toBe(2);
  await playground.command('exit 3');
  await expect(playground.screen).toContainText('The shell ended with code 3.');
  expect(await members(playground)).toBe(1);
});

test('what is in the background, or stopped, goes with its terminal, and with its shell', async ({
  playground,
  page,
}) => {
  await playground.open();
  await makeContext(playground);
  for (const way of ['close', 'exit']) {
    await openIn(playground, 'context 77');
    await playground.prompt();
    await playground.command('sleep 8888 & sleep 7777');
    await expect.poll(() => members(playground)).toBe(4);
    await page.keyboard.press('Control+z');
    await expect(playground.screen).toContainText('Stopped');
    if (way === 'close') await page.getByRole('button', { name: 'Close context 77' }).click();
    else await playground.command('exit; exit');
    await expect.poll(() => members(playground)).toBe(1);
  }
});

for (const stays of ['setsid sleep 8888', "(trap '' HUP; exec sleep 8888)"])
  test(`what asks to stay in the context stays: ${stays}`, async ({ playground }) => {
    await playground.open();
    await makeContext(playground);
    await openIn(playground, 'context 77');
    await playground.prompt();
    await playground.command(`${stays} &`);
    const running = async () => (await playground.exec('ps -o args | grep -cx "sleep 8888"')).stdout;
    // From then on the signal does not reach it.
    await expect.poll(running).toBe('1\n');
    await playground.command('exit');
    await expect(playground.screen).toContainText('The shell ended with code 0.');
    expect(await members(playground)).toBe(2);
  });

test('a guest is entered as vserver enters it, with its own root', async ({ playground, page }) => {
  await playground.open();
  const made = await playground.exec('vserver web build -m busybox --hostname www && vserver web start');
  expect(made.exitCode, made.stderr).toBe(0);
  const tasks = async () =>
    Number(
      /^Tasks:\s*(\d+)/m.exec(
        (await playground.exec('cat /proc/virtual/$(head -n1 /run/vservers/web)/status')).stdout,
      )?.[1],
    );
  const before = await tasks();
  await openPlaces(playground);
  await page.getByRole('button', { name: /^In web \(\d+\)$/ }).click();
  await playground.command('echo "I am on $(hostname)"');
  await expect(playground.screen).toContainText('I am on www');
  expect(await tasks()).toBeGreaterThan(before);
  await page.getByRole('button', { name: 'Close web', exact: true }).click();
  await expect.poll(tasks).toBe(before);
});

test('a guest is named also beside a fifo, which nobody writes into', async ({ playground, page }) => {
  await playground.open();
  await makeContext(playground);
  await playground.exec('mkdir -p /run/vservers; mkfifo /run/vservers/a; echo 77 > /run/vservers/b');
  await openPlaces(playground);
  await expect(page.getByRole('button', { name: 'In b (77)' })).toBeVisible();
});

test('a context that ends between the choice and the terminal is named, and the host is near', async ({
  playground,
}) => {
  await playground.open();
  await makeContext(playground);
  await openPlaces(playground);
  const choice = playground.page.getByRole('button', { name: 'In context 77' });
  await expect(choice).toBeVisible();
  await playground.exec('vkill --xid 77 -s 9; true');
  await playground.waitFor('not ctx(77) exists');
  await choice.click();
  await expect(playground.screen).toContainText(/77.*\n?.*The shell ended with code/s);
});

test('by keys alone: the list opens, is left by Escape, and a choice leads into the terminal', async ({
  playground,
  page,
}) => {
  await playground.open();
  await makeContext(playground);
  const opener = page.getByRole('button', { name: 'Open a terminal in …' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'In context 77' })).toBeVisible();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Host', exact: true })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(opener).toBeFocused();
  await expect(opener).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'In context 77' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(playground.terminal.getByRole('textbox', { name: 'Terminal input' })).toBeFocused();
  await page.keyboard.type('grep XID /proc/self/vinfo\n');
  await expect(playground.screen).toContainText(/XID:\s*77/);
});

test('on a phone the list is whole', async ({ playground, page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await playground.open();
  await makeContext(playground);
  await openPlaces(playground);
  await expect(page.getByRole('button', { name: 'In context 77' })).toBeInViewport({ ratio: 1 });
  expect(await playground.overflow()).toBe(0);
  expect(await seriousFindings(page)).toEqual([]);
});
