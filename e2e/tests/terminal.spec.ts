// SPDX-License-Identifier: MIT
import { createHash } from 'node:crypto';
import { expect, test } from '../fixtures.js';
import { PROMPT } from '../pages/playground-page.js';

test.beforeEach(async ({ playground }) => playground.open());

test('what is typed runs, and its output is shown', async ({ playground }) => {
  await playground.command('cat /proc/virtual/info');
  await expect(playground.screen).toContainText('VCIVersion:');
  await expect(playground.screen).toContainText('VCISyscall:     273');
});

test('the size of the terminal reaches the guest, also after a change', async ({ playground, page }) => {
  await playground.command('echo first $(stty size)');
  await expect(playground.screen).toContainText(/first \d+ \d+/);
  const [, rows, columns] = (await playground.screen.innerText()).match(/first (\d+) (\d+)/) ?? [];
  await page.setViewportSize({ width: 1000, height: 500 });
  await playground.command(
    `while [ "$(stty size)" = "${rows} ${columns}" ]; do :; done; clear; echo then $(stty size)`,
  );
  await expect(playground.screen).toContainText(/then \d+ \d+/);
  const [, lessRows, lessColumns] = (await playground.screen.innerText()).match(/then (\d+) (\d+)/) ?? [];
  expect(Number(lessRows)).toBeLessThan(Number(rows));
  expect(Number(lessColumns)).toBeLessThan(Number(columns));
});

test('100 KB pasted while nobody reads arrive whole', async ({ playground }) => {
  const line = 'Grüße, κόσμε, 世界 🐧 ' + 'x'.repeat(70) + '\n';
  const text = line.repeat(Math.ceil(100_000 / Buffer.byteLength(line)));
  await playground.command('stty -echo; sleep 1; cat > /tmp/pasted; stty echo');
  await playground.paste(text);
  await playground.focusTerminal();
  await playground.page.keyboard.press('Control+d');
  await playground.command('echo pasted $((40 + 2))');
  await expect(playground.screen).toContainText('pasted 42', { timeout: 20_000 });
  const sum = await playground.exec('sha256sum < /tmp/pasted');
  expect(sum.stdout.slice(0, 64)).toBe(createHash('sha256').update(text).digest('hex'));
});

test('a selection is copied by Ctrl+Shift+C, and Ctrl+C stays with the guest', async ({
  playground,
  page,
}) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await playground.command('clear; echo needle');
  await playground.selectWord('needle');
  await page.keyboard.press('Control+Shift+C');
  await expect.poll(() => playground.clipboard()).toBe('needle');
  // The line editor of the shell takes ^C as a key; a signal it is only once the command runs.
  await playground.command('echo runs $((40 + 2)); sleep 1000');
  await expect(playground.screen).toContainText('runs 42');
  await page.keyboard.press('Control+c');
  await playground.command('echo code $?');
  await expect(playground.screen).toContainText('code 130');
});

test('Ctrl+Shift+F finds text in what has scrolled away', async ({ playground, page }) => {
  await playground.command('echo haystack-needle; seq 1 200');
  await expect(playground.screen).toContainText('200');
  await expect(playground.screen).not.toContainText('haystack-needle');
  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.type('haystack-needle');
  await page.keyboard.press('Enter');
  await expect(playground.screen).toContainText('haystack-needle');
  await page.keyboard.press('Escape');
  await expect(playground.search).toBeHidden();
});

test('what is typed after Ctrl+Shift+F is searched for, also while the search is on its way', async ({
  playground,
  page,
  site,
}) => {
  const goOn = site.hold(site.asset('addon-search', '.js'));
  await playground.command('echo haystack-needle; seq 1 200');
  await expect(playground.screen).toContainText('200');
  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.type('haystack-needle');
  await page.keyboard.press('Enter');
  await expect(playground.search.getByRole('textbox')).toHaveValue('haystack-needle');
  goOn();
  await expect(playground.screen).toContainText('echo haystack-needle; seq 1 200');
  await page.keyboard.press('Escape');
  await expect(playground.search).toBeHidden();
});

test('a copy that the browser refuses is told', async ({ playground, page }) => {
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await playground.command('clear; echo needle');
  await playground.selectWord('needle');
  await page.keyboard.press('Control+Shift+C');
  await expect(playground.failure).toContainText('has not let the page copy');
  await playground.failure.getByRole('button', { name: 'Dismiss' }).click();
  await expect(playground.failure).toBeHidden();
});

test.describe('the search does not come', () => {
  test.use({ expectedErrors: [/Failed to load resource/] });
  test('and it is told', async ({ playground, page, site }) => {
    site.remove(site.asset('addon-search', '.js'));
    await playground.focusTerminal();
    await page.keyboard.press('Control+Shift+F');
    await expect(playground.failure).toContainText('The search has not come from the server.');
    await expect(playground.search).toBeHidden();
  });
});

test('a link is clicked, and opens beside the page', async ({ playground, page }) => {
  const url = 'https://linux-vserver.example/series';
  await page.context().route(url, (route) => route.fulfill({ contentType: 'text/html', body: 'the series' }));
  await playground.command(`clear; echo ${url}`);
  const opened = page.waitForEvent('popup');
  await playground.clickLink(url);
  const popup = await opened;
  await expect(popup.getByText('the series')).toBeVisible();
  expect(popup.url()).toBe(url);
});

for (const wide of ['世', '🐧']) {
  test(`${wide} takes two columns`, async ({ playground }) => {
    // The terminal itself says where its cursor is then: row 1, column 3.
    await playground.write(
      `clear; stty -icanon -echo; printf '${wide}\\033[6n'; head -c 6 | tr -d '\\033'; stty icanon echo\r`,
    );
    await expect(playground.screen).toContainText('[1;3R');
  });
}

test('a second terminal is a second shell', async ({ playground, page }) => {
  await playground.command('tty');
  await expect(playground.screen).toContainText('/dev/pts/');
  const first = (await playground.screen.innerText()).match(/\/dev\/pts\/\d+/)?.[0];
  await page.getByRole('button', { name: 'New terminal' }).click();
  await playground.prompt();
  await playground.command('tty');
  await expect(playground.screen).toContainText('/dev/pts/');
  expect((await playground.screen.innerText()).match(/\/dev\/pts\/\d+/)?.[0]).not.toBe(first);
  await page.getByRole('button', { name: 'Close Shell 2' }).click();
  await expect(playground.screen).toContainText(first ?? '');
});

test('a shell that ends is followed by another', async ({ playground, page }) => {
  await playground.command('exit 3');
  await expect(playground.screen).toContainText('The shell ended with code 3');
  await page.keyboard.press('Enter');
  await expect(playground.screen).toContainText(new RegExp(`ended.*${PROMPT}`, 's'));
});

test('what is written after the exit of a shell goes whole to the next', async ({ playground }) => {
  // A thousand lines, each read by itself: seconds on a free host, a minute beside a kernel build.
  test.setTimeout(150_000);
  const line = 'Grüße, κόσμε, 世界 🐧 ' + 'x'.repeat(70) + '\n';
  const text = line.repeat(Math.ceil(100_000 / Buffer.byteLength(line)));
  await playground.command('exit 3');
  await expect(playground.screen).toContainText('The shell ended with code 3');
  await playground.write(`stty -echo; cat > /tmp/written; stty echo\r${text}\x04echo written $((40 + 2))\r`);
  await expect(playground.screen).toContainText('written 42', { timeout: 90_000 });
  const sum = await playground.exec('sha256sum < /tmp/written');
  expect(sum.stdout.slice(0, 64)).toBe(createHash('sha256').update(text).digest('hex'));
});

test('a terminal lives on when the agent is another', async ({ playground }) => {
  await playground.execAndForget('kill -9 $(pidof agent)');
  await expect(playground.screen).toContainText(new RegExp(`${PROMPT}.*${PROMPT}`, 's'));
  await playground.command('echo alive $((40 + 2))');
  await expect(playground.screen).toContainText('alive 42');
});

test('everything is killed, and the page is usable', async ({ playground }) => {
  await playground.command('kill -9 -1');
  await expect(playground.screen).toContainText(new RegExp(`${PROMPT}.*${PROMPT}`, 's'));
  expect((await playground.exec('echo on')).stdout).toBe('on\n');
});
