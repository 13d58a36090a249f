// SPDX-License-Identifier: MIT
/** Where things are in the area of the terminals: panes, the bars between them, and what opens and divides. */
import type { Locator, Page } from '@playwright/test';
import type { PlaygroundPage } from './playground-page.js';

export interface TerminalSize {
  readonly rows: number;
  readonly cols: number;
}

export class TerminalsPage {
  /** Every terminal that is seen, one a pane. */
  readonly seen: Locator;
  readonly bars: Locator;
  readonly placesButton: Locator;
  private readonly area: Locator;
  private readonly page: Page;

  constructor(private readonly playground: PlaygroundPage) {
    this.page = playground.page;
    this.area = this.page.getByRole('main', { name: 'Terminals' });
    this.seen = this.area.locator('section.terminal:visible');
    this.bars = this.area.getByRole('separator');
    this.placesButton = this.area.getByRole('button', { name: 'Open a terminal in …' });
  }

  /** A terminal by its label, seen or not. */
  terminal(label: string): Locator {
    return this.area.getByRole('region', { name: label, exact: true, includeHidden: true });
  }

  /** What takes the keys of a terminal. */
  input(label: string): Locator {
    return this.terminal(label).getByRole('textbox', { name: 'Terminal input' });
  }

  /** The text of a terminal. */
  screen(label: string): Locator {
    return this.terminal(label).locator('.xterm-rows');
  }

  /** The buttons that bring a terminal to the front, one in each pane that names it. */
  tab(label: string): Locator {
    return this.area
      .getByRole('group')
      .getByRole('button', { name: label, exact: true })
      .filter({ visible: true });
  }

  button(name: string): Locator {
    return this.area.getByRole('button', { name, exact: true });
  }

  /** Opens the list of places in the first pane, with the context in it. */
  async openPlaces(xid: number): Promise<void> {
    await this.placesButton.first().click();
    await this.button(`In context ${xid}`).waitFor();
  }

  /** What the guest says of the terminal that is typed into; `mark` is of this asking alone. */
  async size(mark: string): Promise<TerminalSize> {
    await this.playground.command(`clear; echo ${mark} $(stty size)`);
    const line = await this.playground.screen.getByText(new RegExp(`^${mark} \\d+ \\d+`)).innerText();
    const [, rows, cols] = /(\d+) (\d+)/.exec(line) ?? [];
    return { rows: Number(rows), cols: Number(cols) };
  }

  /** How many rows a terminal draws. */
  rowsDrawn(label: string): Promise<number> {
    return this.screen(label).locator('> div').count();
  }

  /**
   * The size that top fills: to the last row in which a process is, and as wide as the widest of these. Rows of before that are
   * broken in two, or end too early, are of another size.
   */
  async sizeOfTop(label: string): Promise<TerminalSize> {
    const rows = (await this.screen(label).locator('> div').allInnerTexts()).map((row) => row.trimEnd());
    const head = rows.findIndex((row) => /^ *PID +PPID +USER /.test(row));
    const processes = rows.slice(head + 1).map((row) => /^ *\d+ +\d+ root /.test(row));
    const end = processes.indexOf(false);
    const last = end === -1 ? rows.length : head + 1 + end;
    if (head === -1) return { rows: 0, cols: 0 };
    return { rows: last, cols: Math.max(...rows.slice(0, last).map((row) => row.length)) };
  }

  /** Moves a bar by the pointer. */
  async drag(bar: Locator, x: number, y: number): Promise<void> {
    const box = await bar.boundingBox();
    if (!box) throw new Error('the bar is not seen');
    const [fromX, fromY] = [box.x + box.width / 2, box.y + box.height / 2];
    await this.page.mouse.move(fromX, fromY);
    await this.page.mouse.down();
    await this.page.mouse.move(fromX + x, fromY + y, { steps: 4 });
    await this.page.mouse.up();
  }
}
