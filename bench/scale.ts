// SPDX-License-Identifier: MIT
/** What it costs to make, find, end, list and keep contexts when there are many: guest instructions and guest memory. */
import { inGuest, type Guest, settledMemory } from './guest.ts';
import type { Benchmark, Figure } from './figures.ts';

const FEW = 10;
const SOME = 1_000;
const MANY = 10_000;
/** What is quick is done oftener, and what is slow less often, than a cycle. */
const LOOKUPS = 10;
const LISTS = 1 / 25;
/** Cycles of a whole life: a small difference of two large numbers, which the usual ones would not tell from chance. */
const LIVES = 1_000;

interface Costs {
  create: number;
  exit: number;
  /** Made by a task, and ended with it: what a guest's start and end cost that a task's do not. */
  life: number;
  lookup: number;
  list: number;
}

const WHAT = {
  create: 'create of a persistent context',
  exit: 'exit of a persistent context',
  life: 'create of a context, and exit with its last task',
  lookup: 'lookup of a context',
} as const;

/** Instructions of each with so many contexts kept. */
async function costs(guest: Guest, kept: number): Promise<Costs> {
  await guest.restore();
  await guest.hold('kept', kept);
  const task = await guest.each((count) => `cycle task ${count}`, LIVES);
  const life = (await guest.each((count) => `cycle context ${count}`, LIVES)) - task;
  const lookup = (await guest.each((count) => `lookup ${count * LOOKUPS} ${kept}`)) / LOOKUPS;
  const list = (await guest.each((count) => `list ${count * LISTS}`)) / LISTS;
  const create = (await guest.each((count) => `cycle further ${count}`)) - task;
  const exit = await guest.each((count) => `release ${count}`);
  return { create, exit, life, lookup, list };
}

const kernelMemory = (guest: Guest): Promise<number> => settledMemory(guest, 'Slab', 'Percpu');

async function memoryOfOne(guest: Guest): Promise<number> {
  await guest.restore();
  const before = await kernelMemory(guest);
  await guest.hold('kept', MANY);
  return ((await kernelMemory(guest)) - before) / MANY;
}

export const SCALE: Benchmark = {
  name: 'scale',
  run: (rounds) =>
    inGuest(async (guest) => {
      const few: Costs[] = [];
      const some: Costs[] = [];
      const many: Costs[] = [];
      const memory: number[] = [];
      for (let round = 0; round < rounds; round++) {
        few.push(await costs(guest, FEW));
        some.push(await costs(guest, SOME));
        many.push(await costs(guest, MANY));
        memory.push(await memoryOfOne(guest));
      }
      const ratio = (name: keyof Costs, of: Costs[]): number[] =>
        many.map((one, i) => one[name] / of[i]![name]);
      const steady = (['create', 'exit', 'life', 'lookup'] as const).flatMap((name): Figure[] => [
        {
          id: `scale-${name}-instructions`,
          what: `${WHAT[name]}, ${MANY} others: guest instructions`,
          unit: 'thousand',
          values: many.map((one) => one[name] / 1e3),
        },
        {
          id: `scale-${name}`,
          what: `${WHAT[name]}, ${MANY} others: instructions of those with ${FEW}`,
          unit: 'times',
          values: ratio(name, few),
          target: 1.1,
        },
      ]);
      return [
        ...steady,
        {
          id: 'scale-list',
          what: `list of ${MANY} contexts: instructions of that of ${SOME}`,
          unit: 'times',
          values: ratio('list', some),
          target: 11,
        },
        {
          id: 'scale-memory',
          what: `slab and percpu memory of a persistent context, of ${MANY}`,
          unit: 'KiB',
          values: memory,
          target: 4,
        },
      ];
    }),
};
