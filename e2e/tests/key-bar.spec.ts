// SPDX-License-Identifier: MIT
import { seriousFindings } from '../axe.js';
import { expect, test as base } from '../fixtures.js';
import { TerminalPage } from '../pages/terminal-page.js';

const test = base.extend<{ front: TerminalPage }>({
  front: async ({ playground, page }, use) => use(new TerminalPage(playground, page)),
});

test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

test.beforeEach(async ({ playground }) => {
  await playground.open();
  await playground.show('Terminal');
});

test('Ctrl is held for the next key, and the keyboard stays with the terminal', async ({
  playground,
  page,
  front,
}) => {
  await front.input.focus();
  await playground.command('echo runs $((40 + 2)); sleep 1000');
  await expect(playground.screen).toContainText('runs 42');
  await front.key('Ctrl').tap();
  await expect(front.key('Ctrl')).toHaveAttribute('aria-pressed', 'true');
  await expect(front.input).toBeFocused();
  await page.keyboard.type('c');
  await expect(front.key('Ctrl')).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.type('echo code $?\n');
  await expect(playground.screen).toContainText('code 130');
});

test('Tab completes, and the arrows lead through the history and the line', async ({
  playground,
  page,
  front,
}) => {
  await playground.type('echo /proc/virtual/inf');
  await front.key('Tab').tap();
  await page.keyboard.type('$((40 + 2))\n');
  await expect(playground.screen).toContainText('/proc/virtual/info 42');
  await front.key('Up').tap();
  await front.key('Left').tap();
  await front.key('Left').tap();
  await page.keyboard.type(' + 1');
  await expect(front.input).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(playground.screen).toContainText('/proc/virtual/info 43');
});

test('each key sends what a keyboard does, in both modes of the arrows', async ({ playground, front }) => {
  for (const [mode, arrows] of [
    ['\\033[?1l', '1b 5b 44 1b 5b 42 1b 5b 41 1b 5b 43'],
    ['\\033[?1h', '1b 4f 44 1b 4f 42 1b 4f 41 1b 4f 43'],
  ]) {
    await playground.command(
      `clear; stty raw -echo; printf '${mode}reads\\r\\n'; head -c 22 > /tmp/keys; stty sane; printf '\\033[?1l'; echo ended $((40 + 2))`,
    );
    await expect(playground.screen).toContainText(/^reads/m);
    for (const name of ['Left', 'Down', 'Up', 'Right', 'Esc', 'Tab', 'Pipe', 'Tilde', 'Slash', 'Hyphen'])
      await front.key(name).tap();
    await front.key('Alt').tap();
    await front.key('Slash').tap();
    await front.key('Ctrl').tap();
    await front.key('Hyphen').tap();
    await front.key('Pipe').tap();
    await expect(playground.screen).toContainText('ended 42');
    const keys = await playground.exec(`od -An -tx1 -v /tmp/keys | tr -s ' \\n' ' '`);
    expect(keys.stdout.trim()).toBe(`${arrows} 1b 09 7c 7e 2f 2d 1b 2f 1f 7c`);
  }
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`it fits 360 px, and axe finds nothing serious, ${colorScheme}`, async ({
    playground,
    page,
    front,
  }) => {
    await page.emulateMedia({ colorScheme });
    await expect(front.keyBar).toBeVisible();
    expect(await front.keyBar.getByRole('button').count()).toBe(12);
    for (const key of await front.keyBar.getByRole('button').all()) {
      await expect(key).toBeInViewport({ ratio: 1 });
      expect((await key.boundingBox())?.height).toBeGreaterThanOrEqual(36);
    }
    expect(await seriousFindings(page)).toEqual([]);
    expect(await playground.overflow()).toBe(0);
    await page.screenshot({ path: test.info().outputPath(`key-bar-${colorScheme}.png`) });
  });
}

test('at 200 % of 1440 by 900 the prompt, the keys and the way to all else are there', async ({
  playground,
  page,
  front,
}) => {
  await page.setViewportSize({ width: 720, height: 450 });
  await playground.command('echo zoomed $((40 + 2))');
  await expect(playground.screen).toContainText('zoomed 42');
  await expect(front.key('Esc')).toBeInViewport({ ratio: 1 });
  await expect(front.key('Hyphen')).toBeInViewport({ ratio: 1 });
  expect(await playground.overflow()).toBe(0);
});
