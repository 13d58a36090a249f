// SPDX-License-Identifier: MIT
/** The guest's tests, run on the page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recorded } from '../../web/src/engine/feature-matrix.js';
import { seriousFindings } from '../axe.js';
import { expect, test as base } from '../fixtures.js';
import { type PlaygroundPage, PROMPT } from '../pages/playground-page.js';
import { TestsPage } from '../pages/tests-page.js';

const test = base.extend<{ tests: TestsPage }>({
  tests: async ({ page }, use) => use(new TestsPage(page)),
});

const ROOT = join(import.meta.dirname, '../..');
const FILE = '1c-proc-hide.t';
const HASH = `#/1c/test/${FILE}`;
const FOREVER = 'sleep 1 while 1;\n';
const PHONE = { width: 360, height: 740 };

test.use({ viewport: { width: 1440, height: 900 } });

/** A run unpacks Perl in its guest before its first check. */
const expectRun = expect.configure({ timeout: 120_000 });

/** Opens the page of the test, which lies over the terminals, and waits until the guest and the shell behind it are there. */
async function openTest(playground: PlaygroundPage): Promise<void> {
  await playground.goto(HASH);
  await playground.ready();
  await expect(playground.screen).toContainText(PROMPT);
}

test('a test runs in a machine of its own and passes; the terminals of the reader know nothing of it', async ({
  playground,
  tests,
}) => {
  await openTest(playground);
  const screen = await playground.screen.textContent();
  await tests.run.click();
  await expectRun(tests.verdict).toHaveText(/^1c-proc-hide\.t: Passed\. \d+ passed, 0 failed, [\d.]+ s$/);
  const [, passed] = /(\d+) passed/.exec(await tests.verdict.innerText()) ?? [];
  await expect(tests.checks).toHaveCount(Number(passed));
  expect(Number(passed)).toBeGreaterThan(0);
  expect(await playground.screen.textContent()).toBe(screen);
  expect((await playground.exec('ls -d /tests /usr/bin/perl')).stdout).toBe('');
  await playground.follow('#/matrix');
  await expect(tests.row('1c').getByRole('cell').first()).toContainText(`${passed} ok`);
});

test('a check that fails says why, leads to its line, and the original passes again', async ({
  playground,
  tests,
}) => {
  await playground.goto(HASH);
  await tests.edit('done_testing();', "is(1 + 1, 3, 'a sum');\ndone_testing();");
  await tests.run.click();
  await expectRun(tests.verdict).toContainText('Failed. ');
  await tests.failedOnly.check();
  await expect(tests.checks).toHaveCount(1);
  await expect(tests.checks).toContainText('a sum');
  await expect(tests.checks).toContainText(/got.*2/);
  await tests.checks.getByRole('button', { name: /^line \d+$/ }).click();
  await expect(tests.text).toBeFocused();
  expect(await tests.selected()).toBe("is(1 + 1, 3, 'a sum');");
  await tests.back.click();
  await tests.run.click();
  await expectRun(tests.verdict).toContainText('Passed. ');
});

test('a test that does not end is stopped, and the next one runs', async ({ playground, tests }) => {
  await playground.goto(HASH);
  await tests.edit('done_testing();', `ok(1, 'so far');\n${FOREVER}`);
  await tests.run.click();
  await expectRun(tests.checks.last()).toContainText('so far');
  await tests.stop.click();
  await expectRun(tests.verdict).toContainText('Stopped. ');
  await tests.back.click();
  await tests.run.click();
  await expectRun(tests.verdict).toContainText('Passed. ');
});

test('a machine that dies under its test says of what, and the page of the reader lives on', async ({
  playground,
  tests,
}) => {
  await openTest(playground);
  await tests.edit('use strict;', "use strict;\nsystem 'reboot -f';\nsleep 1 while 1;\n");
  await tests.run.click();
  await expectRun(tests.verdict).toContainText('Broken off. ');
  await expect(tests.result).toContainText('The machine went away under the test');
  expect((await playground.exec('echo here')).stdout).toBe('here\n');
  await tests.back.click();
  await tests.run.click();
  await expectRun(tests.verdict).toContainText('Passed. ');
});

test('in the machine of the reader, with what is there', async ({ playground, tests }) => {
  await openTest(playground);
  await tests.chooseReadersMachine();
  await tests.edit('done_testing();', "ok(-e '/root/mine', 'what the reader made');\ndone_testing();");
  await playground.exec('touch /root/mine');
  await tests.run.click();
  await expectRun(tests.verdict).toContainText('Passed. ');
  await expect(tests.checks.last()).toContainText('what the reader made');
  // The panels and the terminal go on beside it.
  expect((await playground.exec('ls /usr/bin/perl')).stdout).toBe('/usr/bin/perl\n');
});

test.describe('files that do not come', () => {
  test.use({ expectedErrors: [/Failed to load resource/] });

  test('a damaged Perl is named, and the run can be tried again', async ({ playground, site, tests }) => {
    site.alter('/tests/perl.tgz', (bytes) => {
      bytes[1000]! ^= 1;
      return bytes;
    });
    await openTest(playground);
    await tests.chooseReadersMachine();
    await tests.run.click();
    await expectRun(tests.alert).toContainText('perl.tgz: its sha256 is');
    site.mend('/tests/perl.tgz');
    await tests.run.click();
    await expectRun(tests.verdict).toContainText('Passed. ');
  });

  test('without its snapshot the machine boots cold, and the test runs', async ({
    playground,
    site,
    tests,
  }) => {
    site.remove('/tests/snapshot.json');
    await playground.goto(HASH);
    await tests.run.click();
    await expectRun(tests.verdict).toContainText('Passed. ');
  });
});

for (const [machine, path] of [
  ['a machine of its own', '/tests/snapshot.zst'],
  ['the machine of the reader', '/tests/perl.tgz'],
] as const)
  test(`a test for ${machine} that is stopped lets go of ${path}`, async ({ playground, site, tests }) => {
    const dropped = site.trickle(path);
    await openTest(playground);
    if (machine !== 'a machine of its own') await tests.chooseReadersMachine();
    await tests.run.click();
    await expect(tests.progress).toHaveAttribute('value', /[1-9]/);
    await tests.stop.click();
    await expect(tests.verdict).toContainText('Stopped. ');
    await dropped;
    site.mend(path);
    await tests.run.click();
    await expectRun(tests.verdict).toContainText('Passed. ');
  });

test('nothing of the tests comes before one runs', async ({ playground, page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await openTest(playground);
  expect(asked.filter((path) => path.startsWith('/tests/'))).toEqual([]);
});

test('the matrix runs an id, and exports what ran here and what is on record', async ({
  playground,
  tests,
}) => {
  // The files of an id are a minute on a quiet machine; this is for one that does much else.
  test.setTimeout(400_000);
  const recorded = JSON.parse(readFileSync(join(ROOT, 'docs/feature-matrix.json'), 'utf8')) as Recorded;
  await playground.goto('#/');
  await playground.guide.getByRole('link', { name: 'feature matrix' }).click();
  await expect(playground.guideHeading('The feature matrix')).toBeFocused();
  await expect(tests.row('2a')).toContainText('not built yet');
  await tests.runId('1c');
  await expect(tests.row('1c').getByRole('cell').first()).toContainText('runs or waits');
  await expect(tests.matrixSummary).toHaveText(
    /^(\d+) of \1 test files ran: \d+ checks passed, 0 failed\.$/,
    { timeout: 300_000 },
  );
  const value = await tests.exported();
  expect(value).toMatchObject({ format: 'vserver-feature-matrix-1', machines: { v86: { stale: false } } });
  expect(value.machines.v86?.commit).toBe(recorded.v86?.commit);
  const files = value.features.find(({ id }) => id === '1c')!.tests;
  expect(files.length).toBeGreaterThan(1);
  for (const { file, tab, recorded: on } of files) {
    expect(tab, file).toMatchObject({ failed: 0, passed: on.v86?.passed });
    expect(on.qemu, file).toEqual(recorded.qemu?.files[file]);
  }
});

test('a round of the matrix is stopped', async ({ playground, tests }) => {
  await playground.goto('#/matrix');
  await tests.runId('1b');
  await expect(tests.stop).toBeEnabled();
  await tests.stop.click();
  await expect(tests.matrixSummary).toHaveText(/^0 of \d+ test files ran/);
  await expect(tests.row('1b').getByRole('button')).toBeEnabled();
});

for (const colorScheme of ['dark', 'light'] as const) {
  for (const size of [{ width: 1440, height: 900 }, PHONE]) {
    test(`no serious finding, nothing too wide: ${size.width} px, ${colorScheme}`, async ({
      playground,
      tests,
      page,
    }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      await playground.goto(HASH);
      await playground.ready();
      if (size === PHONE) await playground.show('Guide');
      await tests.edit('done_testing();', "is(1, 2, 'a check');\ndone_testing();");
      await tests.run.click();
      await expectRun(tests.verdict).toContainText('Failed. ');
      expect(await tests.misfit()).toBe(0);
      expect(await seriousFindings(page), 'a test').toEqual([]);
      expect(await playground.overflow(), 'a test').toBe(0);
      await page.screenshot({ path: test.info().outputPath('test.png') });
      await playground.follow('#/matrix');
      await expect(tests.matrix).toBeVisible();
      expect(await seriousFindings(page), 'the matrix').toEqual([]);
      expect(await playground.overflow(), 'the matrix').toBe(0);
      await page.screenshot({ path: test.info().outputPath('matrix.png') });
    });
  }
}

test.describe('by Vite', () => {
  test.use({ servedBy: 'dev' });

  test('npm run dev serves the tests too', async ({ playground, tests }) => {
    await playground.goto(HASH);
    await tests.run.click();
    await expectRun(tests.verdict).toContainText('Passed. ');
  });
});
