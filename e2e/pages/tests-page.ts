// SPDX-License-Identifier: MIT
/** Where things are on the page of a test and in the feature matrix, and what a reader does with them. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import type { MatrixExport } from '../../web/src/engine/feature-matrix.js';

export class TestsPage {
  readonly run: Locator;
  readonly stop: Locator;
  readonly back: Locator;
  readonly text: Locator;
  /** Of what has to come before a test runs. */
  readonly progress: Locator;
  readonly result: Locator;
  /** What is said at the end of a run. */
  readonly verdict: Locator;
  readonly checks: Locator;
  readonly failedOnly: Locator;
  readonly alert: Locator;
  readonly matrix: Locator;
  readonly matrixSummary: Locator;

  constructor(private readonly page: Page) {
    const guide = page.getByRole('region', { name: 'Guide' });
    this.run = guide.getByRole('button', { name: 'Run', exact: true });
    this.stop = guide.getByRole('button', { name: 'Stop' });
    this.back = guide.getByRole('button', { name: 'Back to the original' });
    this.text = guide.getByRole('textbox', { name: /^Text of/ });
    this.progress = guide.getByRole('progressbar', { name: /^Downloading/ });
    this.result = guide.getByRole('region', { name: 'Result' });
    this.verdict = this.result.getByRole('status');
    this.checks = this.result.getByRole('listitem');
    this.failedOnly = this.result.getByRole('checkbox', { name: 'Failed checks only' });
    this.alert = guide.getByRole('alert');
    this.matrix = guide.getByRole('table');
    this.matrixSummary = guide.getByRole('status');
  }

  /** Chooses the machine of the terminals for what runs next. */
  async chooseReadersMachine(): Promise<void> {
    await this.page.getByRole('radio', { name: /^The machine of your terminals/ }).check();
  }

  /** Puts `to` in place of `from` in the text of the test. */
  async edit(from: string, to: string): Promise<void> {
    const text = await this.text.inputValue();
    if (!text.includes(from)) throw new Error(`the test does not have ${from}`);
    await this.text.fill(text.replace(from, to));
  }

  /** What is selected in the text. */
  selected(): Promise<string> {
    return this.text.evaluate((field: HTMLTextAreaElement) =>
      field.value.slice(field.selectionStart, field.selectionEnd),
    );
  }

  /** How much of the text does not fit over the lines that show it. */
  misfit(): Promise<number> {
    return this.text.evaluate((field) => field.scrollHeight - field.clientHeight);
  }

  row(id: string): Locator {
    return this.matrix.getByRole('row', { name: new RegExp(`^${id} `) });
  }

  async runId(id: string): Promise<void> {
    await this.matrix.getByRole('button', { name: `Run the tests of ${id}` }).click();
  }

  async exported(): Promise<MatrixExport> {
    const coming = this.page.waitForEvent('download');
    await this.page.getByRole('button', { name: 'Export as JSON' }).click();
    return JSON.parse(await readFile(await (await coming).path(), 'utf8')) as MatrixExport;
  }
}
