// SPDX-License-Identifier: MIT
import { seriousFindings } from '../axe.js';
import { expect, test as base } from '../fixtures.js';
import { TerminalPage } from '../pages/terminal-page.js';
import { TerminalsPage } from '../pages/terminals.js';

const test = base.extend<{ front: TerminalPage }>({
  front: async ({ playground, page }, use) => use(new TerminalPage(playground, page)),
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const offer = (text: string) => `printf '\\033]52;c;${base64(text)}\\007'`;

test.beforeEach(async ({ playground, page }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await playground.open();
  await page.evaluate(() => navigator.clipboard.writeText('of before'));
});

test('a title stands beside the label, cleaned, and goes with its shell', async ({ playground, front }) => {
  await playground.command(`printf '\\033]2;vi \\342\\200\\256 passwd\\007'`);
  await expect(front.tab('Shell 1')).toHaveText('Shell 1: vi passwd');
  await expect(front.tab('Shell 1')).toHaveAccessibleName('Shell 1: vi passwd');
  await playground.command('exit');
  await expect(front.tab('Shell 1')).toHaveText('Shell 1');
});

test('a title goes with Reset and with the agent, and one of 100 KB breaks nothing', async ({
  playground,
  page,
  front,
}) => {
  await playground.command(`printf '\\033]0;'; head -c 100000 /dev/zero | tr '\\0' x; printf '\\007'`);
  await expect(front.tab('Shell 1')).toHaveText(`Shell 1: ${'x'.repeat(47)}…`);
  expect(await playground.overflow()).toBe(0);
  await playground.execAndForget('kill -9 $(pidof agent)');
  await expect(front.tab('Shell 1')).toHaveText('Shell 1');
  await playground.command(`printf '\\033]0;again\\007'`);
  await expect(front.tab('Shell 1')).toHaveText('Shell 1: again');
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(front.tab('Shell 1')).toHaveText('Shell 1');
});

test('what a program has asked of the terminal goes with its shell', async ({ playground, page, front }) => {
  const asks = ['[?1049h', '[?1003h', '[?1006h', '[?25l', '(0', '[2;3r', '[4h', '[?1h', '[31m'];
  await playground.command(`printf '${asks.map((ask) => `\\033${ask}`).join('')}'; exit`);
  await expect(playground.screen).toContainText('The shell ended with code 0.');
  await page.keyboard.press('Enter');
  // The screen of before is there, too, with the prompt of its own.
  await playground.promptNumber(2);
  await expect(front.cursor).toBeVisible();
  await playground.command('cat -v');
  for (const x of [300, 400, 500]) await page.mouse.move(x, 300);
  await playground.command('typed');
  await expect(playground.screen.getByText('typed', { exact: true })).toHaveCount(2);
});

test('a program puts on the clipboard what the reader allows, and the keys stay in the terminal', async ({
  playground,
  page,
  front,
}) => {
  await playground.command(offer('Grüße\n世界'));
  await expect(front.question).toContainText('wants to put 8 characters on your clipboard');
  await expect(front.question).toContainText('Grüße⏎世界');
  await expect(front.input).toBeFocused();
  expect(await seriousFindings(page)).toEqual([]);
  expect(await playground.clipboard()).toBe('of before');
  // Another does not take the place of what has been read.
  await playground.command(`${offer('evil')}; echo sent $((40 + 2))`);
  await expect(playground.screen).toContainText('sent 42');
  // By keys alone.
  await page.keyboard.press('Control+Shift+Enter');
  await page.keyboard.press('Tab');
  await expect(front.question.getByRole('button', { name: 'Allow' })).toBeFocused();
  await page.keyboard.press('Space');
  await expect.poll(() => playground.clipboard()).toBe('Grüße\n世界');
  await expect(front.question).toBeHidden();
  await expect(front.input).toBeFocused();
});

test('what is refused is not asked again before the next Enter', async ({ playground, front }) => {
  await playground.command(`${offer('one')}; read -sn1 k; ${offer('two')}; echo sent $((40 + 2))`);
  await front.answer('Refuse');
  await playground.type('k');
  await expect(playground.screen).toContainText('sent 42');
  await expect(front.question).toBeHidden();
  await playground.command(offer('three'));
  await expect(front.question).toContainText('three');
  expect(await playground.clipboard()).toBe('of before');
});

test('the clipboard is never read, and nothing but text of a size is asked for', async ({
  playground,
  front,
}) => {
  await playground.command(
    `stty -icanon -echo min 0 time 5; printf '\\033]52;c;?\\007\\033]52;c;/w==\\007\\033]52;c;\\007'; echo "answer [$(cat)]"; stty sane`,
  );
  await expect(playground.screen).toContainText('answer []');
  await expect(front.question).toBeHidden();
  await playground.command(`printf '\\033]52;c;'; head -c 450000 /dev/zero | tr '\\0' A; printf '\\007'`);
  await expect(playground.failure).toContainText('more than 100000 characters on the clipboard');
  await expect(front.question).toBeHidden();
});

test('a link that says where it leads opens beside the page, without a way back to it', async ({
  page,
  front,
}) => {
  const url = 'https://linux-vserver.example/series';
  await page.context().route(url, (route) => route.fulfill({ contentType: 'text/html', body: 'the series' }));
  await front.pointAtLink(url, url);
  await expect(front.target).toHaveText(url);
  const opened = page.waitForEvent('popup');
  await front.clickText(url);
  const popup = await opened;
  await expect(popup.getByText('the series')).toBeVisible();
  expect(await popup.evaluate(() => [window.opener as unknown, document.referrer])).toEqual([null, '']);
});

test('a link that says something else is asked for, with its true target', async ({
  playground,
  page,
  front,
}) => {
  const before = page.url();
  await page.context().route('https://evil.example/**', (route) => route.fulfill({ body: 'evil' }));
  await front.pointAtLink('https://evil.example/x', 'https://good.example/');
  await expect(front.target).toHaveText('https://evil.example/x');
  await front.clickText('https://good.example/');
  await expect(front.question).toContainText('https://evil.example/x');
  await page.screenshot({ path: test.info().outputPath('question.png') });
  await front.answer('Cancel');
  await expect(front.question).toBeHidden();
  expect(page.context().pages()).toHaveLength(1);
  await front.pointAt('https://good.example/');
  await expect(front.target).toHaveText('https://evil.example/x');
  await front.clickText('https://good.example/');
  const opened = page.waitForEvent('popup');
  await front.answer('Open in a new tab');
  expect((await opened).url()).toBe('https://evil.example/x');
  expect(page.url()).toBe(before);
  expect((await playground.exec('echo alive')).stdout).toBe('alive\n');
});

test('an address that hides a part of itself is asked for, whole', async ({ playground, page, front }) => {
  await playground.command("clear; printf 'https://good.example\\033[8m.evil.example/x\\033[0m\\n'");
  await front.pointAt('https://good.example');
  await expect(front.target).toHaveText('https://good.example.evil.example/x');
  await front.clickText('https://good.example');
  await expect(front.question).toContainText('https://good.example.evil.example/x');
  await front.answer('Cancel');
  expect(page.context().pages()).toHaveLength(1);
});

test('a link with a user before its host is refused, and it is told', async ({ playground, page, front }) => {
  await front.pointAtLink('https://good.example@evil.example/', 'here');
  await expect(front.target).toContainText('a name of a user before the host');
  await front.clickText('here');
  await expect(playground.failure).toContainText('The link is not opened');
  expect(page.context().pages()).toHaveLength(1);
});

test('the links on the screen are chosen by keys, with their true targets, and asked for as by a click', async ({
  playground,
  page,
  front,
}, info) => {
  const told = 'https://told.example/series';
  await page.context().route('https://*.example/**', (route) => route.fulfill({ body: 'there' }));
  await front.printLinks(
    { target: told, text: told },
    { target: 'https://evil.example/x', text: 'https://good.example/' },
    { target: 'https://good.example@evil.example/', text: 'here' },
    { target: 'javascript:document.title=1', text: 'no link' },
  );
  await playground.screen.getByText('no link', { exact: true }).waitFor();
  await playground.command(`printf '(%s://plain.example/a?b=42), and the end\\n' https`);
  await expect(playground.screen).toContainText('(https://plain');
  await page.keyboard.press('Control+Shift+L');
  const items = front.links.getByRole('menuitem');
  await expect(items).toHaveText([
    told,
    /^https:\/\/good\.example\/\s*https:\/\/evil\.example\/x$/,
    /^here\s.*a name of a user before the host/,
    'https://plain.example/a?b=42',
  ]);
  await expect(items.nth(0)).toBeFocused();
  expect(await seriousFindings(page)).toEqual([]);
  await page.screenshot({ path: info.outputPath('links.png') });

  await page.keyboard.press('ArrowUp');
  await expect(items.nth(3)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(front.links).toBeHidden();
  await expect(front.input).toBeFocused();

  await page.keyboard.press('Control+Shift+L');
  const opened = page.waitForEvent('popup');
  await page.keyboard.press('Enter');
  expect((await opened).url()).toBe(told);
  await page.bringToFront();
  await expect(front.input).toBeFocused();

  await page.keyboard.press('Control+Shift+L');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(front.question).toContainText('https://evil.example/x');
  await expect(front.question).toBeFocused();
  // The key that chose, held: it answers nothing.
  await page.keyboard.press('Enter');
  await expect(front.question).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(front.question.getByRole('button', { name: 'Open in a new tab' })).toBeFocused();
  const asked = page.waitForEvent('popup');
  await page.keyboard.press('Enter');
  expect((await asked).url()).toBe('https://evil.example/x');
  await page.bringToFront();
  await expect(front.input).toBeFocused();

  await page.keyboard.press('Control+Shift+L');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(playground.failure).toContainText('a name of a user before the host');
  expect(page.context().pages()).toHaveLength(3);

  await playground.command('clear; echo empty $((40 + 2))');
  await expect(playground.screen).toContainText('empty 42');
  await page.keyboard.press('Control+Shift+L');
  await expect(playground.failure).toContainText('There is no link on the screen.');
  await playground.command('echo typed $((40 + 2))');
  await expect(playground.screen).toContainText('typed 42');
});

test('who comes back from another window finds the list of links, or of places, as it was', async ({
  playground,
  page,
  front,
}) => {
  await front.printLinks({ target: 'https://told.example/', text: 'https://told.example/' });
  await playground.screen.getByText('https://told.example/', { exact: true }).waitFor();
  await page.keyboard.press('Control+Shift+L');
  const item = front.links.getByRole('menuitem');
  await expect(item).toBeFocused();
  await playground.visitAnotherWindow();
  await expect(item).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(front.links).toBeHidden();

  const terminals = new TerminalsPage(playground);
  const host = terminals.button('Host');
  await terminals.placesButton.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(host).toBeFocused();
  await playground.visitAnotherWindow();
  await expect(host).toBeFocused();
  // Who goes elsewhere on the page leaves it.
  await playground.focusTerminal();
  await expect(host).toBeHidden();
});

for (const target of ['javascript:document.title=1', 'data:text/html,x', 'file:///etc/passwd', '#/1a']) {
  test(`${target} is no link`, async ({ playground, page, front }) => {
    const [url, title] = [page.url(), await page.title()];
    await front.pointAtLink(target, 'here');
    await front.clickText('here');
    await playground.command('echo done $((40 + 2))');
    await expect(playground.screen).toContainText('done 42');
    await expect(front.target).toBeHidden();
    await expect(front.question).toBeHidden();
    expect([page.url(), await page.title()]).toEqual([url, title]);
    expect(page.context().pages()).toHaveLength(1);
  });
}

test('vi takes the whole screen, also after a change of its size', async ({ playground, page, front }) => {
  await playground.command('seq 1 200 > /tmp/lines; vi /tmp/lines');
  await expect(playground.screen).toContainText('/tmp/lines');
  const lastNumber = async () => Number((await front.lines()).at(-2));
  await expect.poll(lastNumber).toBeGreaterThan(10);
  const before = await lastNumber();
  await page.setViewportSize({ width: 1000, height: 400 });
  await expect.poll(async () => (await front.lines()).length).toBeLessThan(before);
  await expect.poll(async () => (await lastNumber()) === (await front.lines()).length - 1).toBe(true);
});

for (const wants of ['\\033[5 q', '\\033[?12h'])
  test(`a cursor that a program wants to blink (${wants}) stands still`, async ({ playground, page }) => {
    await playground.command(`clear; printf '${wants}'; echo asked $((40 + 2))`);
    await expect(playground.screen).toContainText('asked 42');
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });

test('the cursor has the form that a program asks for', async ({ playground, front }) => {
  await playground.command(`clear; printf '\\033[5 q'; echo asked $((40 + 2))`);
  await expect(playground.screen).toContainText('asked 42');
  await expect(front.barCursor).toBeVisible();
});
