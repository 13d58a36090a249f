// SPDX-License-Identifier: MIT
/** 200 KB and 1 MB of text from `cat` in the page's terminal, from Enter until the last line is on the screen. */
import { inChromium, type Visit } from './browser.ts';
import type { Benchmark, Figure } from './figures.ts';

interface Amount {
  readonly id: string;
  readonly path: string;
  readonly lines: number;
  /** Bytes that it has at least. */
  readonly least: number;
  readonly target: number;
}
const AMOUNTS: readonly Amount[] = [
  { id: 'output-200k', path: '/tmp/200k', lines: 2_600, least: 200_000, target: 0.5 },
  { id: 'output-1m', path: '/tmp/1m', lines: 13_200, least: 1_000_000, target: 1.2 },
];

async function show(
  { playground, probe }: Visit,
  { id, path, lines, least, target }: Amount,
  rounds: number,
): Promise<Figure> {
  const made = await playground.exec(
    `seq -w ${lines} | sed 's/$/ the quick brown fox jumps over the lazy dog, and the log goes on and on/' > ${path}; stat -c %s ${path}`,
  );
  const size = Number(made.stdout);
  if (!(size >= least)) throw new Error(`the file to show is too small: ${made.stdout}${made.stderr}`);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await probe('output', path, `end-of-${round}`));
  return {
    id,
    what: `terminal: ${Math.round(size / 1000)} KB from cat, Enter to last line`,
    unit: 's',
    values: times.map((ms) => ms / 1000),
    target,
  };
}

export const OUTPUT: Benchmark = {
  name: 'output',
  run: (rounds) =>
    inChromium(({ visit }) =>
      visit('', async (opened) => {
        await opened.probe('prompted');
        const figures: Figure[] = [];
        for (const amount of AMOUNTS) figures.push(await show(opened, amount, rounds));
        return figures;
      }),
    ),
};
