// SPDX-License-Identifier: MIT
/**
 * What it costs to make a task, let it enter a new context and end, against the task alone and against a task that unshares
 * all namespaces; and what it costs the guest to answer one reading of the panels.
 */
import { CreationTimes } from '../web/src/engine/creation-times.ts';
import { QUIET_POLL_MS, readable } from '../web/src/engine/proc-poll.ts';
import { contextPatterns, FIRST_SELECTED, treePatterns } from '../web/src/state/panel-patterns.ts';
import { inGuest, type Guest, PROGRAM } from './guest.ts';
import type { Benchmark, Figure } from './figures.ts';

const KINDS = {
  task: 'fork and exit',
  context: 'fork, context create beside another and exit',
  dynamic: 'fork, context create with an id of the kernel and exit',
  legacy: 'fork, context create with uts and ipc namespaces and exit',
  spaces: 'fork, unshare of uts and ipc namespaces and exit',
  namespaces: 'fork, unshare of all namespaces and exit',
} as const;
type Measured = keyof typeof KINDS;

const TIMED = 250;
const READINGS = 20;
const SHOWN = 20;

interface Cycle {
  instructions: number;
  ms: number;
}

/** One cycle of a kind. */
async function cycle(guest: Guest, kind: Measured): Promise<Cycle> {
  const instructions = await guest.each((count) => `cycle ${kind} ${count}`);
  const ns = Number(await guest.run(`${PROGRAM} cycle ${kind} ${TIMED}`));
  return { instructions, ms: ns / 1e6 };
}

/** Instructions of the guest for one reading of the panels with so many contexts, none open: the mean of what a poll asks for. */
async function reading(guest: Guest): Promise<number> {
  await guest.restore();
  await guest.hold('dynamic', SHOWN);
  const creation = new CreationTimes();
  const readings = async (): Promise<void> => {
    for (let i = 0; i < READINGS; i++) {
      const patterns = [...new Set([...contextPatterns(creation), ...treePatterns([], FIRST_SELECTED)])];
      const { files } = readable(await guest.client.snapshot(patterns));
      // As if they came when a quiet page asks.
      creation.learn({ files, uptime: (i * QUIET_POLL_MS) / 1000 }, patterns);
    }
  };
  await readings();
  return (await guest.count(readings)) / READINGS;
}

function figures(kind: Measured, cycles: readonly Cycle[]): Figure[] {
  return [
    {
      id: `cycle-${kind}-instructions`,
      what: `${KINDS[kind]}: guest instructions`,
      unit: 'thousand',
      values: cycles.map(({ instructions }) => instructions / 1e3),
    },
    {
      id: `cycle-${kind}-time`,
      what: `${KINDS[kind]}: time in v86`,
      unit: 'ms',
      values: cycles.map(({ ms }) => ms),
    },
  ];
}

export const CONTEXTS: Benchmark = {
  name: 'contexts',
  run: (rounds) =>
    inGuest(async (guest) => {
      const cycles: Record<Measured, Cycle[]> = {
        task: [],
        context: [],
        dynamic: [],
        legacy: [],
        spaces: [],
        namespaces: [],
      };
      const readings: number[] = [];
      for (let round = 0; round < rounds; round++) {
        await guest.restore();
        await guest.hold('kept', 1);
        for (const kind of Object.keys(KINDS) as Measured[]) cycles[kind].push(await cycle(guest, kind));
        readings.push(await reading(guest));
      }
      return [
        ...(Object.keys(KINDS) as Measured[]).flatMap((kind) => figures(kind, cycles[kind])),
        ...(['context', 'dynamic'] as const).map((kind) => ({
          id: `cycle-${kind}-above-task`,
          what: `${KINDS[kind]}: instructions above fork and exit`,
          unit: '%',
          values: cycles[kind].map((one, i) => (one.instructions / cycles.task[i]!.instructions - 1) * 100),
          target: 10,
        })),
        {
          id: 'reading-instructions',
          what: `one reading of the panels, ${SHOWN} contexts: guest instructions`,
          unit: 'thousand',
          values: readings.map((count) => count / 1e3),
        },
      ];
    }),
};
