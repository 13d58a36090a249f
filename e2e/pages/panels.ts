// SPDX-License-Identifier: MIT
/** Where things are in the panels beside the terminals. */
import type { Locator, Page } from '@playwright/test';

export class Panels {
  readonly area: Locator;
  readonly contexts: Locator;
  readonly log: Locator;
  readonly logLines: Locator;
  readonly history: Locator;
  readonly events: Locator;
  readonly proc: Locator;
  /** The words of the chosen file that are marked as changed. */
  readonly changedWords: Locator;
  /** The heading of a context's page. */
  readonly heading: Locator;

  constructor(readonly page: Page) {
    this.area = page.getByRole('complementary', { name: 'What the kernel shows' });
    const region = (name: string) => page.getByRole('region', { name, exact: true });
    this.contexts = region('Contexts');
    this.log = region('Kernel log');
    this.logLines = this.log.locator('.record');
    this.history = region('History');
    this.events = this.history.locator('tr[data-event]');
    this.proc = region('/proc');
    this.changedWords = this.proc.locator('mark');
    this.heading = this.contexts.getByRole('heading', { level: 3 });
  }

  /** Opens a panel, or closes it. */
  async toggle(name: 'Contexts' | 'Kernel log' | 'History' | '/proc'): Promise<void> {
    await this.area.getByRole('button', { name, exact: true }).click();
  }

  /** Opens the history: what happens from then on is in it. */
  async openHistory(): Promise<void> {
    await this.toggle('History');
    await this.history.getByRole('table').waitFor();
  }

  /** Opens those that are closed at first, and the processes of a context. */
  async openAll(context: string): Promise<void> {
    await this.toggle('Kernel log');
    await this.toggle('History');
    await this.processesOf(context).click();
  }

  /** The button that shows the processes of a context. */
  processesOf(name: string): Locator {
    return this.contexts.getByRole('button', { name: `Processes of ${name}`, exact: true });
  }

  /** The rows of the processes that are shown. */
  processRows(name: string): Locator {
    return this.contexts
      .getByRole('table', { name: `Processes of ${name}`, exact: true })
      .locator('tr[data-pid]');
  }

  /** The pids of the processes that are shown, in their order. */
  pidsOf(name: string): Promise<string[]> {
    return this.processRows(name).evaluateAll((rows: HTMLElement[]) =>
      rows.map((row) => row.dataset['pid']!),
    );
  }

  /** How many tasks the list says that a context has. */
  tasksOf(xid: number): Locator {
    return this.contexts.locator(`tr[data-xid="${xid}"]`).getByRole('cell').first();
  }

  /** A line of a file on the page of a context. */
  line(path: string, label: string): Locator {
    return this.section(path)
      .getByRole('row')
      .filter({ has: this.page.getByRole('rowheader', { name: label, exact: true }) });
  }

  async openPage(xid: number): Promise<void> {
    await this.contexts.getByRole('button', { name: String(xid), exact: true }).click();
  }

  /** What the page of a context shows of a file, by label. */
  async linesOf(path: string): Promise<Record<string, string>> {
    const rows = this.section(path).locator('tbody > tr');
    return Object.fromEntries(
      await rows.evaluateAll((all) =>
        all.map((row) => [row.querySelector('th')?.textContent, row.querySelector('td code')?.textContent]),
      ),
    ) as Record<string, string>;
  }

  /** The events among which one of that name is, with the commands that ran then. */
  eventGroup(what: string): Locator {
    return this.history.locator('tbody').filter({ has: this.page.locator(`tr[data-event="${what}"]`) });
  }

  /** Lines of the kernel log that are shown and have `text`, as the kernel wrote them. */
  async logTexts(text: string): Promise<string[]> {
    const texts = await this.logLines.evaluateAll((records) =>
      records.map((record) => record.lastChild?.textContent?.trim() ?? ''),
    );
    return texts.filter((line) => line.includes(text));
  }

  /** Shows the events of one context alone. */
  async historyOf(xid: number): Promise<void> {
    await this.history.getByRole('textbox', { name: 'xid' }).fill(String(xid));
  }

  /** The events of that name that are shown. */
  event(what: string): Locator {
    return this.history.locator(`tr[data-event="${what}"]`);
  }

  /** What the events that are shown say: their name, the counts before them, and what they are of. */
  eventTexts(): Promise<string[]> {
    return this.events.evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('td')]
          .slice(2)
          .map((cell) => cell.textContent.trim())
          .join(' '),
      ),
    );
  }

  /** A file in the tree, by its path below /proc. */
  treeFile(path: string): Locator {
    return this.proc.locator(`[role="treeitem"][data-path="${path}"]`);
  }

  section(path: string): Locator {
    return this.contexts.getByRole('region', { name: path, exact: true });
  }

  /**
   * Looks at every state of the table for some changes of it, and returns what breaks a rule: a running context without a process
   * has more tasks than it shows, and a process is shown once.
   */
  tornRows(changes: number): Promise<string[]> {
    return this.page.evaluate((count) => {
      const look = (): string[] => {
        const seen = new Set<string>();
        return [...document.querySelectorAll<HTMLElement>('tr.group')].flatMap((row) => {
          const body = row.parentElement!;
          const processes = [...body.querySelectorAll<HTMLElement>('tr[data-pid]')];
          const twice = processes.filter(
            ({ dataset }) => seen.has(dataset['pid']!) || !seen.add(dataset['pid']!),
          );
          const living = processes.filter(({ textContent }) => !textContent.includes('(zombie)')).length;
          const tasks = row.querySelector('td.number')?.textContent;
          const open = row.querySelector('[aria-expanded="true"]') !== null;
          const wrong = open && tasks !== undefined && Number(tasks) !== living;
          return [
            ...twice.map(({ dataset }) => `${dataset['pid']} is shown twice`),
            ...(wrong ? [`${row.dataset['xid']}: ${tasks} tasks, ${living} processes`] : []),
          ];
        });
      };
      return new Promise<string[]>((resolve) => {
        const found: string[] = [];
        let left = count;
        const observer = new MutationObserver(() => {
          found.push(...look());
          if (--left > 0) return;
          observer.disconnect();
          resolve(found);
        });
        observer.observe(document.querySelector('.panels')!, {
          subtree: true,
          childList: true,
          characterData: true,
        });
      });
    }, changes);
  }
}
