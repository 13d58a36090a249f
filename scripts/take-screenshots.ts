// SPDX-License-Identifier: MIT
/**
 * Takes the README's pictures of the built page (npm run build), each of a page and a machine of its own.
 * Usage: tsx scripts/take-screenshots.ts [view ...]      writes docs/screenshots/<view>.png
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, expect, type Page } from '@playwright/test';
import { CHROMIUM } from '../e2e/chromium.js';
import { Panels } from '../e2e/pages/panels.js';
import { PlaygroundPage } from '../e2e/pages/playground-page.js';
import { TerminalsPage } from '../e2e/pages/terminals.js';
import { TestsPage } from '../e2e/pages/tests-page.js';
import { Site } from '../e2e/site.js';
import { ROOT, runScript, ScriptError } from './lib/project.js';

const FOLDER = join(ROOT, 'docs/screenshots');
const WIDE = { width: 1440, height: 810 };
const PHONE = { width: 360, height: 740 };
const DARK: BrowserContextOptions = { viewport: WIDE, colorScheme: 'dark' };
const LIGHT: BrowserContextOptions = { viewport: WIDE, colorScheme: 'light' };
/** A test unpacks Perl in its guest before its first check. */
const TEST_MS = 120_000;

interface View {
  readonly options: BrowserContextOptions;
  /** Leads the page to what the picture shows. Waits for facts alone. */
  readonly arrange: (playground: PlaygroundPage, page: Page) => Promise<void>;
}

const GUEST = 'vserver web build -m busybox --context 100 && vserver web start';

const VIEWS: Readonly<Record<string, View>> = {
  playground: {
    options: DARK,
    async arrange(playground) {
      await playground.open('#/lesson/tour-first-vserver');
      await runLines(playground, [
        GUEST,
        'chcontext --silent --xid 42 --disconnect sleep 1000',
        'vserver web exec cat /proc/self/vinfo',
        "vps -o pid,args | grep -v '[]]$'",
        'vserver-stat',
      ]);
      await expect(playground.lessonStep('start')).toHaveAttribute('data-state', 'done');
      await playground.treeItem('100/').click();
      await playground.proc.getByRole('treeitem', { level: 3, name: 'status' }).click();
      await playground.procContents.getByText('Tasks:').waitFor();
    },
  },

  patch: {
    options: LIGHT,
    async arrange(playground) {
      await playground.goto(
        '#/1b/patches/1b-7-bound-the-capabilities-of-a-context-s.patch/security/commoncap.c:vx_allows_cap()',
      );
      await playground.ready();
      await playground.exec(GUEST);
      await playground.context(100).waitFor();
      await playground.guide.getByText('The link leads here').waitFor();
    },
  },

  tests: {
    options: DARK,
    async arrange(playground, page) {
      const tests = new TestsPage(page);
      await playground.goto('#/1c/test/1c-proc-hide.t');
      await playground.ready();
      await tests.run.click();
      await expect(tests.verdict).toContainText('Passed. ', { timeout: TEST_MS });
    },
  },

  matrix: {
    options: LIGHT,
    async arrange(playground, page) {
      const tests = new TestsPage(page);
      await playground.open('#/matrix');
      await tests.matrix.waitFor();
    },
  },

  panels: {
    options: DARK,
    async arrange(playground, page) {
      const panels = new Panels(page);
      await withoutGuide(playground, page);
      await panels.toggle('History');
      await panels.toggle('/proc');
      await playground.exec(GUEST);
      await runLines(playground, ['chcontext --xid 42 --flag fakeinit -- sh -c "sleep 1000 & sleep 2000 &"']);
      await panels.processesOf('context 42').click();
      await panels.processesOf('context 100').click();
      await expect(panels.processRows('context 42')).toHaveCount(2);
      await expect(panels.events.first()).toBeVisible();
    },
  },

  context: {
    options: LIGHT,
    async arrange(playground, page) {
      const panels = new Panels(page);
      await withoutGuide(playground, page);
      await panels.toggle('/proc');
      await playground.exec(GUEST);
      await panels.openPage(100);
      await panels.section('/proc/virtual/100/status').waitFor();
    },
  },

  terminals: {
    options: DARK,
    async arrange(playground, page) {
      const terminals = new TerminalsPage(playground);
      await withoutGuide(playground, page);
      await playground.exec(GUEST);
      await playground.waitFor('ctx(100).tasks >= 1');
      await runLines(playground, ['vserver-stat']);
      await page.keyboard.press('Control+Shift+E');
      await playground.prompt();
      await playground.command('vtop');
      await page.keyboard.press('Control+Shift+O');
      await playground.prompt();
      await terminals.placesButton.last().click();
      await terminals.button('In web (100)').click();
      await expect(playground.screen).toContainText('root@web:/#');
      await playground.command('grep -E "XID|Flags" /proc/self/vinfo; ls /proc/virtual');
      await expect(playground.screen).toContainText(/XID:\s*100/);
      await expect(terminals.screen('Shell 2')).toContainText('PID');
    },
  },

  phone: {
    options: { viewport: PHONE, colorScheme: 'dark', hasTouch: true, isMobile: true },
    async arrange(playground) {
      await playground.open();
      await runLines(playground, [GUEST, 'vserver-stat']);
    },
  },
};

/** Runs commands in the terminal in front, each when the one before it has ended. */
async function runLines(playground: PlaygroundPage, commands: readonly string[]): Promise<void> {
  for (const [index, command] of commands.entries()) {
    await playground.command(command);
    await playground.promptNumber(index + 2);
  }
}

async function withoutGuide(playground: PlaygroundPage, page: Page): Promise<void> {
  await page.addInitScript(() => {
    localStorage.setItem('playground.guide', 'closed');
  });
  await playground.open();
}

async function take(browser: Browser, url: string, name: string, view: View): Promise<void> {
  const context = await browser.newContext(view.options);
  const page = await context.newPage();
  await view.arrange(new PlaygroundPage(page, url), page);
  const file = join(FOLDER, `${name}.png`);
  await page.screenshot({ path: file });
  await context.close();
  console.log(`${name}: ${(statSync(file).size / 1024).toFixed(0)} KiB`);
}

runScript('take-screenshots', async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !(name in VIEWS));
  if (unknown) throw new ScriptError(`there is no view ${unknown}: ${Object.keys(VIEWS).join(', ')}`);
  mkdirSync(FOLDER, { recursive: true });
  const site = new Site();
  await site.start();
  const browser = await chromium.launch(CHROMIUM);
  try {
    for (const [name, view] of Object.entries(VIEWS))
      if (wanted.length === 0 || wanted.includes(name)) await take(browser, site.url, name, view);
  } finally {
    await browser.close();
    site.stop();
  }
});
