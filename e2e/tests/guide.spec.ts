// SPDX-License-Identifier: MIT
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seriousFindings } from '../axe.js';
import { expect, test } from '../fixtures.js';

const PATCHES = join(import.meta.dirname, '../../kernel-build/patches');
const PATCH = '1a-1-add-contexts-as-counted-objects.patch';
const HEADER = 'include/linux/vserver.h';
const NAMESPACES = '1b-11-keep-namespaces-in-a-context-for-those.patch';
const PHONE = { width: 360, height: 740 };

test.use({ viewport: { width: 1440, height: 900 } });

test('guide, terminal and panels are beside one another, and the plan has every id', async ({
  playground,
  page,
}) => {
  await playground.open();
  await expect(playground.guideHeading('The plan')).toBeVisible();
  await expect(playground.contexts).toBeVisible();
  await expect(playground.guideCount).toHaveText(/^39 features: \d+ done, \d+ planned$/);
  await expect(playground.guide.getByRole('listitem').filter({ hasText: /Done|Planned/ })).toHaveCount(39);
  // The terminal has the keys, and 80 columns.
  await page.keyboard.type('echo columns $(stty size)\n');
  await expect(playground.screen).toContainText(/columns \d+ \d+/);
  const [, columns] = /columns \d+ (\d+)/.exec(await playground.screen.innerText()) ?? [];
  expect(Number(columns)).toBeGreaterThanOrEqual(80);
});

test('the search filters as it is typed, says how many, and why; without any it has a way back', async ({
  playground,
}) => {
  await playground.goto();
  await playground.guideSearch.pressSequentially('dlimit');
  await expect(playground.guideCount).toHaveText('1 of 39 features');
  await expect(playground.feature('6c')).toBeVisible();
  await expect(playground.feature('6b')).toBeHidden();
  await expect(playground.guide).toContainText('add_dlimit');
  await playground.guideSearch.pressSequentially(' zebra');
  await expect(playground.guideCount).toHaveText('No feature has all of these words');
  await playground.guide.getByRole('button', { name: 'Show all features' }).click();
  await expect(playground.guideCount).toHaveText(/^39 features/);
});

test('a link opens its page in a fresh tab, on a phone too, and the machine comes up', async ({
  playground,
  page,
}) => {
  await page.setViewportSize(PHONE);
  await playground.goto('#/1c');
  await expect(playground.guideHeading(/^1c \/proc visibility Done$/)).toBeVisible();
  await expect(page).toHaveTitle('1c · Linux-VServer playground');
  await expect(playground.guide.getByRole('link', { name: /^show contexts in/ })).toBeVisible();
  await playground.show('Terminal');
  await playground.prompt();
});

test('an id that is not built says so, and what it will do', async ({ playground }) => {
  await playground.goto('#/2c');
  await expect(playground.guideHeading(/Planned$/)).toBeVisible();
  await expect(playground.guide).toContainText(
    'Not built yet: the series has no patch of it. What it will do:',
  );
  await expect(playground.guide).toContainText('net_add_ipv4');
  await playground.follow('#/2c/patches');
  await expect(playground.guide).toContainText('There is none yet: 2c is planned.');
});

test('back and forward move through the guide, and the machine knows nothing of it', async ({
  playground,
  page,
}) => {
  await playground.open();
  await playground.exec('echo alive > /tmp/before');
  await playground.feature('1a').click();
  await expect(playground.guideHeading(/^1a/)).toBeFocused();
  await playground.guide.getByRole('link', { name: 'add contexts as counted objects' }).click();
  await expect(playground.diff(HEADER)).toBeVisible();
  await page.goBack();
  await expect(playground.guideHeading(/^1a/)).toBeVisible();
  await page.goBack();
  await expect(playground.guideHeading('The plan')).toBeVisible();
  // At the link that was followed.
  await expect(playground.feature('1a')).toBeFocused();
  await page.goForward();
  await page.goForward();
  await expect(playground.diff(HEADER)).toBeVisible();
  expect((await playground.exec('cat /tmp/before')).stdout).toBe('alive\n');
});

test('a patch is read, line by line, and nothing of it was loaded before', async ({ playground, page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await playground.open();
  const late = /\.patch$|\.t$|\/(highlight|patch|_virtual_plan-files)-/;
  expect(fetched.filter((path) => late.test(path))).toEqual([]);
  await playground.follow(`#/1a/patches/${PATCH}`);
  await expect(playground.guideHeading('add contexts as counted objects')).toBeVisible();
  const file = playground.diff(HEADER);
  await expect(file.getByRole('link', { name: '@@ -0,0 +1,230 @@' })).toBeVisible();
  const line = file.getByRole('row', { name: '1 added /* SPDX-License-Identifier: GPL-2.0-only */' });
  await expect(line.locator('.code-comment')).toHaveText('/* SPDX-License-Identifier: GPL-2.0-only */');
  expect(fetched.filter((path) => late.test(path)).length).toBeGreaterThanOrEqual(4);
});

test('what a feature says leads to the lines that do it, and back to the words', async ({
  playground,
  page,
}) => {
  await playground.open('#/1c');
  const link = playground.guide.getByRole('link', { name: 'ninfo', exact: true });
  await link.focus();
  await page.keyboard.press('Enter');
  const file = playground.diff('fs/proc/vserver.c');
  await expect(file.getByRole('row', { name: /int proc_pid_ninfo\(/ })).toBeInViewport();
  await page.goBack();
  await expect(link).toBeFocused();
  await expect(link).toBeInViewport();
});

test('prose leads to the lines that it is about', async ({ playground, page }) => {
  await playground.goto(`#/1b/patches/${NAMESPACES}`);
  await playground.guide.getByRole('link', { name: 'mix_nsproxy()' }).first().click();
  const file = playground.diff('kernel/nsproxy.c');
  await expect(file.getByRole('row', { name: /struct nsproxy \*mix_nsproxy\(/ })).toBeInViewport();
  // The next stop of Tab is near it.
  await expect(file.getByRole('link', { name: '@@ -217,6 +217,41 @@' })).toBeFocused();
  expect(page.url()).toContain('/kernel/nsproxy.c:mix_nsproxy()');
});

test('a link to a line opens there', async ({ playground }) => {
  await playground.goto(`#/1b/patches/${NAMESPACES}/kernel/nsproxy.c:253`);
  const row = playground.diff('kernel/nsproxy.c').getByRole('row', { name: '253 added return new;' });
  await expect(row).toBeInViewport();
  await expect(row).toHaveClass(/target/);
});

test('each hunk has a link of its own, which leads back to it', async ({ playground, page }) => {
  await playground.goto(`#/1b/patches/${NAMESPACES}`);
  const file = playground.diff('kernel/vserver/object.c');
  const hunk = file.getByRole('link', { name: /^@@ -44,28/ });
  await hunk.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/object\.c:vs_object_ended\(\)$/);
  const address = page.url();
  await page.goto('about:blank');
  await page.goto(address);
  await expect(hunk).toBeInViewport();
  await expect(hunk).toHaveAttribute('aria-current', 'location');
  await expect(playground.guide.getByText('The link leads here')).toHaveCount(1);
});

test('a link to what a patch does not do says so, and the patch is there', async ({ playground }) => {
  await playground.goto(`#/1b/patches/${NAMESPACES}`);
  // Whoever follows a link is in the guide.
  await playground.guide.getByRole('link', { name: 'Patches' }).focus();
  await playground.follow(`#/1b/patches/${NAMESPACES}/kernel/nsproxy.c:no_such_thing()`);
  const said = playground.guide.getByText('The patch does nothing with no_such_thing() in kernel/nsproxy.c');
  await expect(said).toBeFocused();
  await expect(playground.diff('kernel/nsproxy.c')).toBeVisible();
});

test('a patch is had raw and as a file, byte for byte', async ({ playground, page }) => {
  await playground.goto(`#/1a/patches/${PATCH}`);
  const text = await readFile(join(PATCHES, PATCH), 'utf8');
  const downloading = page.waitForEvent('download');
  await playground.guide.getByRole('link', { name: 'Download' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(PATCH);
  expect(await readFile(await download.path(), 'utf8')).toBe(text);
  const opening = page.waitForEvent('popup');
  await playground.guide.getByRole('link', { name: 'Raw, in a new tab' }).click();
  await expect((await opening).locator('pre')).toHaveText(text);
});

test('a test is read', async ({ playground }) => {
  await playground.goto('#/1c/test');
  await expect(playground.guide).toContainText(
    'what /proc tells of contexts, byte for byte, and who sees it.',
  );
  await playground.guide.getByRole('link', { name: '1c-proc.t' }).click();
  await expect(playground.guideHeading('images/tests/1c-proc.t')).toBeFocused();
  await expect(playground.guide.locator('.code-keyword').first()).toHaveText('use');
});

for (const { hash, says } of [
  { hash: '#/3h', says: 'The plan has no 3h.' },
  { hash: '#/nowhere/at-all', says: 'The guide has no page #/nowhere/at-all.' },
  { hash: '#/1a/patches/none.patch', says: '1a has no patch none.patch.' },
  { hash: '#/1a/test/none.t', says: '1a has no test none.t.' },
  { hash: '#/lesson/none', says: 'There is no lesson none.' },
]) {
  test(`${hash} is nowhere: that is said, and there is a way on`, async ({ playground }) => {
    await playground.goto(hash);
    await expect(playground.guideHeading('Nothing is here')).toBeVisible();
    await expect(playground.guide).toContainText(says);
    await playground.guide.getByRole('link', { name: 'the plan' }).click();
    await expect(playground.guideHeading('The plan')).toBeVisible();
  });
}

test.describe('a patch that does not come', () => {
  test.use({ expectedErrors: [/Failed to load resource/] });
  test('is told, and asked for again', async ({ playground, site }) => {
    const file = site.asset(PATCH.replace('.patch', ''), '.patch');
    site.remove(file);
    await playground.goto(`#/1a/patches/${PATCH}`);
    await expect(playground.failure).toContainText(`${PATCH}: the server answered 404`);
    site.mend(file);
    await playground.startAgain();
    await expect(playground.diff(HEADER)).toBeVisible();
  });
});

test('by keys alone: out of the terminal, into the guide, to a hunk, and back to the terminal', async ({
  playground,
  page,
}) => {
  await playground.open();
  await page.keyboard.press('Control+Shift+Enter');
  await expect(playground.terminal).toBeFocused();
  const guideBar = page.getByRole('separator', { name: 'Width of the guide' });
  while (!(await guideBar.evaluate((bar) => bar === document.activeElement)))
    await page.keyboard.press('Shift+Tab');
  const width = Number(await guideBar.getAttribute('aria-valuenow'));
  await page.keyboard.press('ArrowRight');
  await expect(guideBar).toHaveAttribute('aria-valuenow', String(width + 24));
  await page.keyboard.press('Shift+Tab');
  await expect(playground.feature('6c')).toBeFocused();
  await playground.guideSearch.focus();
  await page.keyboard.type('1a');
  await page.keyboard.press('Tab');
  await expect(playground.feature('1a')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(playground.guideHeading(/^1a/)).toBeFocused();
  const patch = playground.guide.getByRole('link', { name: 'add contexts as counted objects' });
  while (!(await patch.evaluate((link) => link === document.activeElement))) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(playground.guideHeading('add contexts as counted objects')).toBeFocused();
  const hunk = playground.diff('kernel/vserver/object.c').getByRole('link', { name: /^@@/ });
  await expect(hunk).toBeAttached();
  while (!(await hunk.evaluate((link) => link === document.activeElement))) await page.keyboard.press('Tab');
  await expect(hunk).toBeInViewport();
  // The patch lies over the terminal; by the button at the top of the page it does not.
  await page.getByRole('button', { name: 'To the terminal' }).focus();
  await page.keyboard.press('Enter');
  await expect(playground.terminal).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.type('echo back $((40 + 2))\n');
  await expect(playground.screen).toContainText('back 42');
});

test('a page of the manual is typed at the prompt, and Enter is the reader to press', async ({
  playground,
  page,
}) => {
  await playground.open('#/1e');
  await playground.guide.getByRole('button', { name: 'Type man vhistory at the prompt' }).click();
  await expect(playground.screen).toContainText('# man vhistory');
  await page.keyboard.press('Enter');
  await expect(playground.screen).toContainText('VHISTORY(8)');
});

test('the guide is closed, stays closed, and a link opens it', async ({ playground, page }) => {
  await playground.goto();
  await playground.guide.getByRole('button', { name: 'Close the guide' }).click();
  await expect(playground.guide).toBeHidden();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Guide', exact: true })).toHaveAttribute(
    'aria-pressed',
    'false',
  );
  await expect(playground.guide).toBeHidden();
  await playground.follow('#/5a');
  await expect(playground.guideHeading(/^5a/)).toBeVisible();
});

const PAGES = [
  ['the plan', '#/', 'The plan'],
  ['a feature', '#/1b', /^1b/],
  ['a planned feature', '#/6b', /^6b/],
  ['patches', '#/1b/patches', 'Patches of 1b'],
  ['a hunk', `#/1b/patches/${NAMESPACES}/kernel/nsproxy.c:mix_nsproxy()`, /^keep namespaces/],
  ['a patch', `#/1b/patches/1b-13-let-a-context-in-setup-change-its-root.patch`, /change its root/],
  ['tests', '#/1b/test', 'Tests of 1b'],
  ['a test', '#/1b/test/1b-syscall-cleanup.t', /cleanup\.t$/],
  ['nothing', '#/3h', 'Nothing is here'],
] as const;

for (const colorScheme of ['dark', 'light'] as const) {
  for (const size of [{ width: 1440, height: 900 }, PHONE]) {
    test(`no serious finding, nothing too wide: ${size.width} px, ${colorScheme}`, async ({
      playground,
      page,
    }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      await playground.goto('#/');
      await playground.ready();
      if (size === PHONE) await playground.show('Guide');
      for (const [what, hash, heading] of PAGES) {
        await playground.follow(hash);
        await expect(playground.guideHeading(heading)).toBeVisible();
        await expect(playground.guide.getByText('It is on its way…')).toBeHidden();
        expect(await seriousFindings(page), what).toEqual([]);
        expect(await playground.overflow(), what).toBe(0);
      }
    });
  }
}

test('at 200 % of a small window nothing is cut off', async ({ playground, page }) => {
  // What is left of 1280 by 720 when each pixel of the page takes two by two.
  await page.setViewportSize({ width: 640, height: 360 });
  await playground.goto(`#/1a/patches/${PATCH}`);
  await expect(playground.diff(HEADER)).toBeVisible();
  expect(await playground.overflow()).toBe(0);
  const cut = await playground.guide.evaluate((guide) =>
    [...guide.querySelectorAll('*')].some(
      (element) => element.getBoundingClientRect().right > innerWidth + 1,
    ),
  );
  expect(cut).toBe(false);
});

test('nothing moves by itself', async ({ playground, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await playground.open();
  await playground.follow('#/1c');
  await expect(playground.guideHeading(/^1c/)).toBeVisible();
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});
