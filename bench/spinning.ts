// SPDX-License-Identifier: MIT
/** How the page's main thread fares while the guest spins: nothing that a reader does may have to wait for the emulator. */
import { Panels } from '../e2e/pages/panels.ts';
import { inChromium, type Visit } from './browser.ts';
import type { Benchmark } from './figures.ts';

const WATCH_MS = 5_000;
const TERMINALS = 10;

/** The most that a reader has open: so many terminals, and every panel with the host's processes. */
async function openAll({ page }: Visit): Promise<void> {
  for (let i = 1; i < TERMINALS; i++) await page.getByRole('button', { name: 'New terminal' }).click();
  const panels = new Panels(page);
  await panels.openAll('the host');
  await panels.logLines.first().waitFor();
  await panels.processRows('the host').first().waitFor();
}

export const SPINNING: Benchmark = {
  name: 'spinning',
  run: (rounds) =>
    inChromium(({ visit }) =>
      visit('', async (guest) => {
        const { playground, probe } = guest;
        await probe('prompted');
        await playground.exec('while :; do :; done > /dev/null 2>&1 &');
        const seen: { longest: number; late: number }[] = [];
        for (let round = 0; round < rounds; round++) seen.push(await probe('watch', WATCH_MS));
        await openAll(guest);
        const all: { longest: number; over: number }[] = [];
        for (let round = 0; round < rounds; round++) all.push(await probe('watch', WATCH_MS));
        return [
          {
            id: 'spinning-all-task',
            what: `${TERMINALS} terminals, all panels open, guest spins: longest main-thread task (0: none of 50 ms)`,
            unit: 'ms',
            values: all.map(({ longest }) => longest),
            target: 100,
          },
          {
            id: 'spinning-all-over',
            what: `${TERMINALS} terminals, all panels open, guest spins: tasks of 50 ms and more in ${WATCH_MS / 1000} s`,
            unit: 'times',
            values: all.map(({ over }) => over),
            target: 1,
          },
          {
            id: 'spinning-task',
            what: 'guest spins: longest main-thread task (0: none of 50 ms)',
            unit: 'ms',
            values: seen.map(({ longest }) => longest),
            target: 50,
          },
          {
            id: 'spinning-timer',
            what: 'guest spins: most that a timer of the page was late',
            unit: 'ms',
            values: seen.map(({ late }) => late),
          },
        ];
      }),
    ),
};
