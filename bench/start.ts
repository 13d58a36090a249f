// SPDX-License-Identifier: MIT
/** From navigation to an answered shell command: from the snapshot and cold, in time, bytes and guest instructions. */
import { inChromium, type Surroundings, type Visit } from './browser.ts';
import type { Benchmark, Figure } from './figures.ts';

interface Start {
  answered: number;
  prompted: number;
  transferred: number;
  longestTask: number;
  instructions: number;
  perl: number;
}

async function start(visit: Visit, status: string): Promise<Start> {
  const { ms, instructions } = await visit.probe('started');
  const transferred = visit.transferred();
  const prompted = await visit.probe('prompted');
  const longestTask = await visit.probe('longestTask');
  const shown = await visit.playground.status.innerText();
  if (shown !== status) throw new Error(`the page says "${shown}", not "${status}"`);
  const found = await visit.playground.exec("find / -xdev -iname '*perl*'");
  const perl = found.stdout.split('\n').filter(Boolean).length;
  return { answered: ms, prompted, transferred, longestTask, instructions, perl };
}

async function starts(
  surroundings: Surroundings,
  rounds: number,
  query: string,
  status: string,
): Promise<Start[]> {
  const all: Start[] = [];
  for (let round = 0; round < rounds; round++)
    all.push(await surroundings.visit(query, (visit) => start(visit, status)));
  return all;
}

function figures(id: string, how: string, all: Start[], targetS: number): Figure[] {
  const of = (key: keyof Start, scale: number): number[] => all.map((one) => one[key] * scale);
  const seconds = { unit: 's', target: targetS };
  return [
    {
      id: `${id}-answered`,
      what: `${how}: navigation to an answered command`,
      values: of('answered', 1e-3),
      ...seconds,
    },
    {
      id: `${id}-prompt`,
      what: `${how}: navigation to a prompt on the screen`,
      unit: 's',
      values: of('prompted', 1e-3),
    },
    {
      id: `${id}-bytes`,
      what: `${how}: transferred until then`,
      unit: 'MB',
      values: of('transferred', 1e-6),
      target: 6,
    },
    {
      id: `${id}-instructions`,
      what: `${how}: guest instructions until then`,
      unit: 'million',
      values: of('instructions', 1e-6),
    },
    {
      id: `${id}-task`,
      what: `${how}: longest main-thread task of the start (0: none of 50 ms)`,
      unit: 'ms',
      values: of('longestTask', 1),
    },
  ];
}

export const START: Benchmark = {
  name: 'start',
  run: (rounds) =>
    inChromium(async (surroundings) => {
      const warm = await starts(surroundings, rounds, '', 'Running');
      const cold = await starts(surroundings, rounds, '?boot=cold', 'Running (cold boot)');
      return [
        ...figures('snapshot', 'snapshot', warm, 1),
        {
          id: 'snapshot-perl',
          what: 'snapshot: files of Perl in it',
          unit: 'files',
          values: warm.map((one) => one.perl),
          target: 0,
        },
        ...figures('cold', 'cold boot', cold, 3),
      ];
    }),
};
