// SPDX-License-Identifier: MIT
/** `yes` in one terminal: what a key takes in another beside it, what Ctrl+C takes, and what is left of it in the page's memory. */
import type { CDPSession } from '@playwright/test';
import { inChromium, type Visit } from './browser.ts';
import type { Benchmark, Figure } from './figures.ts';

/** They fit a line beside the prompt. */
const KEYS = 30;
/** So many lines are several times what the terminal keeps. */
const LINES = 100_000;

interface Round {
  readonly keys: number[];
  readonly interrupt: number;
  readonly grown: number;
}

async function heap(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}

async function flood({ page, playground, probe }: Visit): Promise<Round> {
  await probe('prompted');
  const session = await page.context().newCDPSession(page);
  const before = await heap(session);
  await playground.command(`yes | head -n ${LINES}; touch /tmp/flooded; yes`);
  await playground.waitFor('file("/tmp/flooded") exists', { timeout: 60_000 });
  const grown = (await heap(session)) - before;
  await page.keyboard.press('Control+Shift+O');
  await playground.prompt();
  const keys = await probe('echoes', KEYS);
  await page.keyboard.press('Control+Shift+X');
  const interrupt = await probe('interrupt');
  return { keys, interrupt, grown };
}

/** The value that 95 of 100 are not above. */
function mostOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? NaN;
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function figures(rounds: readonly Round[]): Figure[] {
  const key = 'flood in one terminal: a key in another, until it is on the screen';
  return [
    { id: 'flood-key', what: key, unit: 'ms', values: rounds.map(({ keys }) => middleOf(keys)) },
    {
      id: 'flood-key-95',
      what: `${key}, 95 of 100`,
      unit: 'ms',
      values: rounds.map(({ keys }) => mostOf(keys)),
      target: 100,
    },
    {
      id: 'flood-interrupt',
      what: 'flood: Ctrl+C to the prompt on the screen',
      unit: 's',
      values: rounds.map(({ interrupt }) => interrupt / 1000),
      target: 0.3,
    },
    {
      id: 'flood-heap',
      what: `flood: memory of the page after ${LINES} lines, more than before`,
      unit: 'MB',
      values: rounds.map(({ grown }) => grown / 1e6),
      target: 50,
    },
  ];
}

export const FLOOD: Benchmark = {
  name: 'flood',
  run: (rounds) =>
    inChromium(async ({ visit }) => {
      const all: Round[] = [];
      for (let round = 0; round < rounds; round++) all.push(await visit('', flood));
      return figures(all);
    }),
};
