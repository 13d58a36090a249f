// SPDX-License-Identifier: MIT
/** A terminal that draws by WebGL, on a card that is emulated and does not say so, and what is left when it goes. */
import { CHROMIUM } from '../chromium.js';
import { expect, test } from '../fixtures.js';

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
