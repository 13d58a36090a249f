// SPDX-License-Identifier: MIT
/** What lies over and under the terminal in front: questions of the guest, targets of links, the bar of keys. */
import type { Locator, Page } from '@playwright/test';
import type { PlaygroundPage } from './playground-page.js';

export class TerminalPage {
  /** What the guest asks of the reader. */
  readonly question: Locator;
  /** Where the link under the pointer leads. */
  readonly target: Locator;
  readonly links: Locator;
  readonly keyBar: Locator;
  /** Where the next letter comes, as a program wants it seen. */
  readonly cursor: Locator;
  /** It, while it is a bar. */
  readonly barCursor: Locator;
  readonly input: Locator;

  constructor(
    private readonly playground: PlaygroundPage,
    private readonly page: Page,
  ) {
    const { terminal, screen } = playground;
    this.cursor = screen.locator('.xterm-cursor');
    this.barCursor = screen.locator('.xterm-cursor-bar');
    this.question = terminal.getByRole('group', { name: 'A question from the guest' });
    this.target = terminal.locator('.hovered');
    this.links = terminal.getByRole('menu', { name: 'Links on the screen' });
    this.keyBar = terminal.getByRole('group', { name: 'Keys' });
    this.input = terminal.getByRole('textbox', { name: 'Terminal input' });
  }

  /** The button that brings a terminal to the front. */
  tab(label: string): Locator {
    return this.page.getByRole('group', { name: 'Terminals' }).getByRole('button', {
      name: new RegExp(`^${label}`),
    });
  }

  /** What the lines of the screen say, from the first one on. */
  async lines(): Promise<string[]> {
    const lines = await this.playground.screen.locator('> div').allInnerTexts();
    return lines.map((line) => line.trim());
  }

  key(name: string): Locator {
    return this.keyBar.getByRole('button', { name, exact: true });
  }

  answer(name: string): Promise<void> {
    return this.question.getByRole('button', { name }).click();
  }

  /** Prints links, each alone in its line. */
  async printLinks(...links: readonly { target: string; text: string }[]): Promise<void> {
    const words = links.map(({ target, text }) => `'${target}' '${text}'`).join(' ');
    await this.playground.command(`clear; printf '\\033]8;;%s\\033\\\\%s\\033]8;;\\033\\\\\\n' ${words}`);
  }

  /** Prints a link to `target` that shows `text`, alone in its line, and puts the pointer on it. */
  async pointAtLink(target: string, text: string): Promise<void> {
    await this.printLinks({ target, text });
    await this.pointAt(text);
  }

  /** By way of the next cell, as a hand does: xterm.js looks for a link where the pointer comes to another cell than its last. */
  async pointAt(text: string): Promise<void> {
    const [x, y] = await this.middle(text);
    await this.page.mouse.move(x + 15, y);
    await this.page.mouse.move(x, y);
  }

  async clickText(text: string): Promise<void> {
    await this.page.mouse.click(...(await this.middle(text)));
  }

  private async middle(text: string): Promise<[number, number]> {
    const found = this.playground.screen.getByText(text, { exact: true });
    const box = await found.boundingBox();
    if (!box) throw new Error(`the terminal does not show "${text}"`);
    return [box.x + 5, box.y + box.height / 2];
  }
}
