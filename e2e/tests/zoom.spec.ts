// SPDX-License-Identifier: MIT
/**
 * The browser's zoom in a window of 1280 by 800. At 200 % (WCAG 1.4.4, Resize Text) there are half as many pixels each way, each of
 * them two by two; at 400 % a width of 320 pixels, in which nothing has to be scrolled sideways (1.4.10, Reflow).
 */
import type { Page } from '@playwright/test';
import { seriousFindings } from '../axe.js';
import { expect, test } from '../fixtures.js';
import type { PlaygroundPage } from '../pages/playground-page.js';
import { TerminalPage } from '../pages/terminal-page.js';
import { TerminalsPage } from '../pages/terminals.js';
import { outOfReach } from '../reach.js';

const PATCH = '1b-11-keep-namespaces-in-a-context-for-those.patch';

test.use({ deviceScaleFactor: 2 });

/** A page of the guide, and its heading. */
const PAGES = [
  ['plan', '#/', 'The plan'],
  ['feature', '#/1b', /^1b/],
  ['planned', '#/6b', /^6b/],
  ['lesson', '#/lesson/tour-first-vserver', 'Your first vserver'],
  ['patches', '#/1b/patches', 'Patches of 1b'],
  ['patch', `#/1b/patches/${PATCH}/kernel/nsproxy.c:mix_nsproxy()`, /^keep namespaces/],
  ['tests', '#/1c/test', 'Tests of 1c'],
  ['test', '#/1c/test/1c-proc-hide.t', /hide\.t$/],
  ['matrix', '#/matrix', 'Feature matrix'],
] as const;

async function isWhole(name: string, playground: PlaygroundPage, page: Page): Promise<void> {
  await page.screenshot({ path: test.info().outputPath(`${name}.png`) });
  expect.soft(await playground.overflow(), name).toBe(0);
  expect.soft(await page.evaluate(outOfReach), name).toEqual([]);
  expect.soft(await seriousFindings(page), name).toEqual([]);
}

/** Colours do not depend on the size: both are looked at in one of them. */
for (const [size, colorScheme, viewport] of [
  ['200 %', 'dark', { width: 640, height: 400 }],
  ['200 %', 'light', { width: 640, height: 400 }],
  ['a width of 320 px', 'dark', { width: 320, height: 640 }],
] as const) {
  test(`at ${size} every page of the guide is whole, ${colorScheme}`, async ({ playground, page }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await playground.goto('#/');
    await playground.ready();
    await playground.show('Guide');
    for (const [name, hash, heading] of PAGES) {
      await playground.follow(hash);
      await expect(playground.guideHeading(heading)).toBeVisible();
      await expect(playground.guide.getByText('It is on its way…')).toBeHidden();
      // Also from the middle of the page before; a link to a hunk leads there.
      if (name !== 'patch') await expect(playground.guideHeading(heading)).toBeInViewport();
      await isWhole(name, playground, page);
    }
  });

  test(`at ${size} the terminal and the panels are whole, ${colorScheme}`, async ({
    playground,
    panels,
    page,
  }) => {
    const front = new TerminalPage(playground, page);
    const terminals = new TerminalsPage(playground);
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await playground.open();
    await playground.exec('vserver web build -m busybox --context 100 && vserver web start');
    await playground.show('Terminal');
    await isWhole('terminal', playground, page);
    await front.printLinks({ target: 'https://evil.example/x', text: 'https://good.example/' });
    await playground.screen.getByText('https://good.example/', { exact: true }).waitFor();
    await page.keyboard.press('Control+Shift+L');
    await expect(front.links).toBeVisible();
    await isWhole('links', playground, page);
    await page.keyboard.press('Enter');
    await expect(front.question).toBeVisible();
    await isWhole('question', playground, page);
    await front.answer('Cancel');
    await page.keyboard.press('Control+Shift+F');
    await expect(playground.search).toBeVisible();
    await isWhole('search', playground, page);
    await page.keyboard.press('Escape');
    await terminals.placesButton.click();
    await expect(terminals.button('In web (100)')).toBeVisible();
    await isWhole('places', playground, page);
    await page.keyboard.press('Escape');

    await playground.show('Panels');
    await expect(playground.context(100)).toBeVisible();
    await isWhole('panels', playground, page);
    await panels.openPage(100);
    await panels.section('/proc/virtual/100/status').waitFor();
    await isWhole('context', playground, page);
  });
}
