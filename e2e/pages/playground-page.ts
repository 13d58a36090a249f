// SPDX-License-Identifier: MIT
/** Where things are on the page, and what a reader does with them. */
import type { Locator, Page } from '@playwright/test';
import type { ExecOutcome, PlaygroundApi } from '../../web/src/engine/playground-api.js';

declare const window: { playground: PlaygroundApi };

export const PROMPT = 'root@vserver:~#';

export class PlaygroundPage {
  /** It bears the theme. */
  readonly root: Locator;
  readonly status: Locator;
  readonly notice: Locator;
  readonly failure: Locator;
  /** What is seen where not even the page's program has come. */
  readonly waiting: Locator;
  /** The button of the message, or that of the toolbar while there is no message. */
  readonly wayBack: Locator;
  readonly terminal: Locator;
  /** What the terminal in front shows, as text. */
  readonly screen: Locator;
  /** What WebGL draws on, where it does. */
  readonly canvas: Locator;
  readonly search: Locator;
  readonly contexts: Locator;
  readonly proc: Locator;
  readonly procContents: Locator;
  readonly guide: Locator;
  /** How many features the search has found. */
  readonly guideCount: Locator;
  readonly guideSearch: Locator;
  readonly lessonSteps: Locator;

  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {
    this.root = page.locator('html');
    this.status = page.getByRole('banner').getByRole('status');
    this.notice = page.getByText('the snapshot was not used');
    this.failure = page.getByRole('alert');
    this.waiting = page.getByText('The program of this page has not come yet.');
    this.wayBack = this.failure
      .getByRole('button')
      .or(page.getByRole('button', { name: 'Reset' }))
      .first();
    this.terminal = page.locator('section.terminal.active');
    this.screen = this.terminal.locator('.xterm-rows');
    this.canvas = this.terminal.locator('.xterm-screen > canvas').last();
    this.search = page.getByRole('search', { name: 'Search the terminal' });
    this.contexts = page.getByRole('region', { name: 'Contexts' });
    this.proc = page.getByRole('region', { name: '/proc' });
    this.procContents = page.getByTestId('proc-contents');
    this.guide = page.getByRole('region', { name: 'Guide' });
    this.guideSearch = this.guide.getByRole('searchbox', { name: 'Search' });
    this.lessonSteps = this.guide.locator('[data-step]');
    this.guideCount = this.guide.getByRole('search').getByRole('status');
  }

  /** Opens the page; does not wait for the machine. */
  async goto(query = ''): Promise<void> {
    await this.page.goto(this.url + query);
  }

  /** Opens the page and waits until the guest answers and a shell has its prompt. */
  async open(query = ''): Promise<void> {
    await this.goto(query);
    await this.ready();
    await this.prompt();
  }

  async ready(): Promise<void> {
    await this.page.evaluate(() => window.playground.ready);
  }

  /** Waits until the terminal in front shows a prompt. */
  async prompt(): Promise<void> {
    await this.screen.getByText(PROMPT).first().waitFor();
  }

  /** Waits until the screen shows that many prompts: all commands but those have ended. */
  async promptNumber(count: number): Promise<void> {
    await this.screen
      .locator('> div')
      .filter({ hasText: PROMPT })
      .nth(count - 1)
      .waitFor();
  }

  /** Types into the terminal in front as a keyboard does. */
  async type(text: string): Promise<void> {
    await this.focusTerminal();
    await this.page.keyboard.type(text);
  }

  /** Types a line and Enter. */
  async command(line: string): Promise<void> {
    await this.type(line);
    await this.page.keyboard.press('Enter');
  }

  async focusTerminal(): Promise<void> {
    await this.terminal.getByRole('textbox', { name: 'Terminal input' }).focus();
  }

  /** Selects a word that stands alone in its line, by double click. */
  async selectWord(word: string): Promise<void> {
    const box = await this.screen.getByText(word, { exact: true }).boundingBox();
    if (!box) throw new Error(`the terminal does not show "${word}"`);
    // The text lies below the layer that takes the mouse.
    await this.page.mouse.dblclick(box.x + 5, box.y + box.height / 2);
  }

  /** Clicks a link that stands alone in its line. */
  async clickLink(url: string): Promise<void> {
    const box = await this.screen.getByText(url, { exact: true }).boundingBox();
    if (!box) throw new Error(`the terminal does not show "${url}"`);
    const [x, y] = [box.x + 5, box.y + box.height / 2];
    await this.page.mouse.move(x, y);
    // It is a link as soon as it looks like one.
    await this.terminal.locator('.xterm-cursor-pointer').waitFor();
    await this.page.mouse.click(x, y);
  }

  /** Takes the graphics card away from the terminal in front. */
  async loseGraphics(): Promise<void> {
    await this.canvas.evaluate((canvas: HTMLCanvasElement) => {
      canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
    });
  }

  /** Puts `text` on the clipboard and pastes it as Linux users do. */
  async paste(text: string): Promise<void> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.page.evaluate((content) => navigator.clipboard.writeText(content), text);
    await this.focusTerminal();
    await this.page.keyboard.press('Control+Shift+V');
  }

  /** Waits until a predicate (docs/predicates.md) is true of the guest. */
  waitFor(predicate: string, options: { timeout?: number } = {}): Promise<void> {
    return this.page.evaluate(([text, limits]) => window.playground.waitFor(text, limits), [
      predicate,
      options,
    ] as const);
  }

  /** A step of the lesson that is open. */
  lessonStep(slug: string): Locator {
    return this.guide.locator(`[data-step="${slug}"]`);
  }

  clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** The row of a context in the table. */
  context(xid: number): Locator {
    return this.contexts.locator(`tr[data-xid="${xid}"]`);
  }

  /** Waits for a context to appear in the table, and tells the first uptime that its row shows. */
  uptimeWhenFirstSeen(xid: number): Promise<string> {
    return this.page.evaluate((id) => {
      const find = () => document.querySelector(`tr[data-xid="${id}"]`);
      return new Promise<string>((resolve) => {
        const observer = new MutationObserver(() => {
          const uptime = find()?.querySelectorAll('td')[1]?.textContent ?? '';
          if (!/\d/.test(uptime)) return;
          observer.disconnect();
          resolve(uptime);
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      });
    }, String(xid));
  }

  /** The heading of the guide's page. */
  guideHeading(name: string | RegExp): Locator {
    return this.guide.getByRole('heading', { level: 2, name });
  }

  /** A link of the guide that begins with an id. */
  feature(id: string): Locator {
    return this.guide.getByRole('link', { name: new RegExp(`^${id} `) });
  }

  /** What a patch does to a file. */
  diff(path: string): Locator {
    return this.guide.getByRole('region', { name: path });
  }

  /** Shows one of the views that a narrow screen has. */
  async show(view: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: view }).click();
  }

  /** Leads the page that is open to another address of the guide. */
  async follow(hash: string): Promise<void> {
    await this.page.evaluate((next) => void (location.hash = next), hash);
  }

  /** How much wider the document is than the window. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  }

  /** A file or directory of the tree. */
  treeItem(name: string): Locator {
    return this.proc.getByRole('treeitem', { name, exact: true });
  }

  /** The way back that the message offers. */
  async startAgain(): Promise<void> {
    await this.failure.getByRole('button').click();
  }

  exec(command: string): Promise<ExecOutcome> {
    return this.page.evaluate((line) => window.playground.exec(line), command);
  }

  /** Starts a command that will not answer: it ends the guest. */
  async execAndForget(command: string): Promise<void> {
    await this.page.evaluate((line) => void window.playground.exec(line).catch(() => undefined), command);
  }

  readFile(path: string): Promise<number[]> {
    return this.page.evaluate(async (name) => [...(await window.playground.readFile(name))], path);
  }

  /** How many tasks the guest has, as the agent reads it without forking. */
  async tasks(): Promise<number> {
    const loadavg = String.fromCharCode(...(await this.readFile('/proc/loadavg')));
    return Number(/\/(\d+)/.exec(loadavg)?.[1]);
  }

  async write(text: string): Promise<void> {
    await this.page.evaluate((keys) => window.playground.write(keys), text);
  }

  async reset(): Promise<void> {
    await this.page.evaluate(() => window.playground.reset());
  }

  instructions(): Promise<number> {
    return this.page.evaluate(() => window.playground.instructions());
  }

  /** Makes the page believe that nobody sees it, or that somebody does. */
  async setHidden(hidden: boolean): Promise<void> {
    await this.page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  }

  /** Goes to another window and comes back; else Playwright lets every page believe that it has the focus. */
  async visitAnotherWindow(): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    const other = await this.page.context().newPage();
    await other.bringToFront();
    await this.page.waitForFunction(() => !document.hasFocus());
    await this.page.bringToFront();
    await this.page.waitForFunction(() => document.hasFocus());
    await other.close();
    await session.detach();
  }

  /** Runs `script` in the Worker of the emulator. */
  async inWorker(script: () => void): Promise<void> {
    const worker = this.page.workers().find((candidate) => candidate.url().includes('v86-worker'));
    if (!worker) throw new Error('the page has no emulator Worker');
    await worker.evaluate(script);
  }
}
