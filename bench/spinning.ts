// SPDX-License-Identifier: MIT
/** How the page's main thread fares while the guest spins: nothing that a reader does may have to wait for the emulator. */
import { inChromium } from './browser.ts';
import type { Benchmark } from './figures.ts';

const WATCH_MS = 5_000;

export const SPINNING: Benchmark = {
  name: 'spinning',
  run: (rounds) =>
    inChromium(({ visit }) =>
      visit('', async ({ playground, probe }) => {
        await probe('prompted');
        await playground.exec('while :; do :; done > /dev/null 2>&1 &');
        const seen: { longest: number; late: number }[] = [];
        for (let round = 0; round < rounds; round++) seen.push(await probe('watch', WATCH_MS));
        return [
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
