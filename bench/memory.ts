// SPDX-License-Identifier: MIT
/** Guest memory of a context that does nothing: kept without a task, and around one that sleeps, against one in namespaces. */
import { inGuest, type Guest, type Kind, settledMemory } from './guest.ts';
import type { Benchmark } from './figures.ts';

type Measured = Extract<Kind, 'task' | 'dynamic' | 'kept' | 'namespaces'>;

/** Two counts of each, for the second less the first: the kernel takes memory in heaps, and lays some by. */
const COUNTS: Record<Measured, [few: number, many: number]> = {
  task: [100, 300],
  dynamic: [100, 300],
  kept: [500, 2500],
  namespaces: [100, 300],
};

/** Free memory while `count` of a kind are held. */
async function freeWhileHeld(guest: Guest, kind: Measured, count: number): Promise<number> {
  await guest.restore();
  await guest.hold(kind, count);
  return settledMemory(guest, 'MemFree');
}

/** KiB for each one of a kind. */
async function each(guest: Guest, kind: Measured): Promise<number> {
  const [few, many] = COUNTS[kind];
  return ((await freeWhileHeld(guest, kind, few)) - (await freeWhileHeld(guest, kind, many))) / (many - few);
}

export const MEMORY: Benchmark = {
  name: 'memory',
  run: (rounds) =>
    inGuest(async (guest) => {
      const found: Record<Measured, number[]> = { task: [], dynamic: [], kept: [], namespaces: [] };
      for (let round = 0; round < rounds; round++)
        for (const kind of Object.keys(found) as Measured[]) found[kind].push(await each(guest, kind));
      const aboveTask = (kind: Measured): number[] =>
        found[kind].map((kib, round) => kib - (found.task[round] ?? NaN));
      const unit = 'KiB';
      return [
        { id: 'memory-kept', what: 'memory: a context without a task', unit, values: found.kept },
        { id: 'memory-task', what: 'memory: a sleeping task', unit, values: found.task },
        {
          id: 'memory-context',
          what: 'memory: an idle context, above its sleeping task',
          unit,
          values: aboveTask('dynamic'),
        },
        {
          id: 'memory-namespaces',
          what: 'memory: all namespaces, above their sleeping task',
          unit,
          values: aboveTask('namespaces'),
        },
      ];
    }),
};
