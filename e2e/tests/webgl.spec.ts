// SPDX-License-Identifier: MIT
/** A terminal that draws by WebGL, on a card that is emulated and does not say so, and what is left when it goes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM } from '../chromium.js';
import { expect, test } from '../fixtures.js';
import { TerminalPage } from '../pages/terminal-page.js';

const XTERM_WEBGL = join(import.meta.dirname, '../../node_modules/@xterm/addon-webgl');

test.use({
  launchOptions: {
    ...CHROMIUM,
    args: [...CHROMIUM.args.filter((arg) => arg !== '--disable-gpu'), '--enable-unsafe-swiftshader'],
  },
});

/** Makes the emulated card look like one of metal; `broken`: it works for the page's question and for nothing after it. */
function pretendCard(broken: boolean): void {
  const getParameter = Reflect.get(WebGL2RenderingContext.prototype, 'getParameter') as (
    name: number,
  ) => unknown;
  Reflect.set(
    WebGL2RenderingContext.prototype,
    'getParameter',
    function (this: WebGL2RenderingContext, name: number): unknown {
      const value = getParameter.call(this, name);
      return typeof value === 'string' && /swiftshader/i.test(value) ? 'A card' : value;
    },
  );
  const getContext = Reflect.get(HTMLCanvasElement.prototype, 'getContext') as (
    ...args: unknown[]
  ) => unknown;
  let asked = 0;
  Reflect.set(
    HTMLCanvasElement.prototype,
    'getContext',
    function (this: HTMLCanvasElement, kind: string, options?: object) {
      if (kind === 'webgl2' && broken && asked++ > 0) return null;
      return getContext.call(this, kind, { ...options, failIfMajorPerformanceCaveat: false });
    },
  );
}

test('the terminal shows its text when the graphics card goes', async ({ playground, page }) => {
  await page.addInitScript(pretendCard, false);
  await playground.goto();
  await playground.ready();
  await expect(playground.canvas).toBeVisible();
  await playground.write('echo drawn $((40 + 2))\r');
  await playground.loseGraphics();
  await expect(playground.screen).toContainText('drawn 42');
  await playground.command('echo typed $((40 + 2))');
  await expect(playground.screen).toContainText('typed 42');
  await expect(playground.canvas).toBeHidden();
});

test('the terminal shows its text when the graphics card does not do what it promised', async ({
  playground,
  page,
}) => {
  await page.addInitScript(pretendCard, true);
  await playground.open();
  await playground.command('echo typed $((40 + 2))');
  await expect(playground.screen).toContainText('typed 42');
});

/** How long xterm.js waits between two states of a cursor that blinks: its timer for that is told from others by it. */
const BLINK_MS = Number(
  /BLINK_INTERVAL = (\d+);/.exec(
    readFileSync(join(XTERM_WEBGL, 'src/CursorBlinkStateManager.ts'), 'utf8'),
  )?.[1],
);

/** Keeps count of the timers that wait `ms`; nothing else on the page waits for as long as a cursor that blinks. */
function countTimers(ms: number): void {
  const running = new Set<unknown>();
  for (const [set, clear] of [
    ['setTimeout', 'clearTimeout'],
    ['setInterval', 'clearInterval'],
  ] as const) {
    const [start, stop] = [window[set].bind(window), window[clear].bind(window)];
    Reflect.set(window, set, (handler: TimerHandler, after?: number, ...rest: unknown[]) => {
      const timer = start(handler, after, ...rest);
      if (after === ms) running.add(timer);
      return timer;
    });
    Reflect.set(window, clear, (timer?: number) => {
      running.delete(timer);
      stop(timer);
    });
  }
  Reflect.set(window, 'timersThatBlink', () => running.size);
}

for (const wants of ['\\033[5 q', '\\033[?12h', '\\033[?25;12h', '\\033[!p\\033[1 q', '\\033c\\033[?12h'])
  test(`a cursor of WebGL stands still, also when a program wants it to blink (${wants})`, async ({
    playground,
    page,
  }) => {
    expect(BLINK_MS).toBeGreaterThan(0);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.addInitScript(pretendCard, false);
    await page.addInitScript(countTimers, BLINK_MS);
    await playground.goto();
    await playground.ready();
    await expect(playground.canvas).toBeVisible();
    await playground.focusTerminal();
    // The title comes when what is before it has been seen.
    await page.keyboard.type(`printf '${wants}\\033]2;asked\\007'; cat\n`);
    await expect(new TerminalPage(playground, page).tab('Shell 1')).toHaveText('Shell 1: asked');
    // With each change of an option xterm.js looks anew whether it is to blink.
    await page.emulateMedia({ colorScheme: 'light' });
    await expect(playground.root).toHaveAttribute('data-theme', 'light');
    expect(await page.evaluate(() => (Reflect.get(window, 'timersThatBlink') as () => number)())).toBe(0);
  });
