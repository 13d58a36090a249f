// SPDX-License-Identifier: MIT
/** 200 KB of text from `cat` in the page's terminal, from Enter until its last line is on the screen. */
import { inChromium } from './browser.ts';
import type { Benchmark } from './figures.ts';

const FILE = '/tmp/200k';

export const OUTPUT: Benchmark = {
  name: 'output',
  run: (rounds) =>
    inChromium(({ visit }) =>
      visit('', async ({ playground, probe }) => {
        await probe('prompted');
        const made = await playground.exec(
          `seq -w 2600 | sed 's/$/ the quick brown fox jumps over the lazy dog, and the log goes on and on/' > ${FILE}; stat -c %s ${FILE}`,
        );
        const size = Number(made.stdout);
        if (!(size >= 200_000))
          throw new Error(`the file to show is too small: ${made.stdout}${made.stderr}`);
        const times: number[] = [];
        for (let round = 0; round < rounds; round++)
          times.push(await probe('output', FILE, `end-of-${round}`));
        return [
          {
            id: 'output-200k',
            what: `terminal: ${Math.round(size / 1000)} KB from cat, Enter to last line`,
            unit: 's',
            values: times.map((ms) => ms / 1000),
            target: 0.5,
          },
        ];
      }),
    ),
};
