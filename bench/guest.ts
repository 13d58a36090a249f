// SPDX-License-Identifier: MIT
/** The guest without a page: v86 under Node, put back to the same state for each measurement. */
import { slowly } from './guest-clock.ts';
import type { AgentClient } from '../web/src/engine/agent-client.ts';
import { connectAgent } from '../scripts/machines/guest-machine.ts';
import { startV86 } from '../scripts/machines/v86.ts';
import { guestProgram } from './guest-programs.ts';

export const PROGRAM = '/run/contexts';

/** What bench/guest/contexts.c makes. */
export type Kind = 'task' | 'context' | 'dynamic' | 'kept' | 'further' | 'legacy' | 'spaces' | 'namespaces';

export interface Guest {
  readonly client: AgentClient;
  /** Runs a command that has to succeed; returns what it says. */
  readonly run: (command: string) => Promise<string>;
  /** Guest instructions that `action` takes. */
  readonly count: (action: () => Promise<unknown>) => Promise<number>;
  /**
   * Guest instructions of one of what the program does `count` times; what starting and ending it takes is left out. `many` is how
   * often at most: the more, the less does what the guest does by itself count.
   */
  readonly each: (parameters: (count: number) => string, many?: number) => Promise<number>;
  /** Makes so many of a kind, which last until `restore`. */
  readonly hold: (kind: Kind, count: number) => Promise<void>;
  /** Back to the state after boot, with the program in place. */
  readonly restore: () => Promise<void>;
}

const FEW = 50;
const MANY = 250;
/** Of which the least counts: what else the guest does now and then only adds to it. */
const REPEATS = 3;

/** Boots a machine for `use`, with bench/guest/contexts in it. */
export async function inGuest<T>(use: (guest: Guest) => Promise<T>): Promise<T> {
  const machine = await startV86();
  try {
    const client = await connectAgent(machine);
    await client.writeFile(PROGRAM, guestProgram('contexts'), { mode: 0o755 });
    const goBack = await machine.checkpoint();
    const count = async (action: () => Promise<unknown>): Promise<number> => {
      const before = machine.instructions();
      await slowly(action);
      return (machine.instructions() - before) >>> 0; // v86's counter is of 32 bits
    };
    return await use({
      client,
      run: (command) => run(client, command),
      count,
      each: async (parameters, many = MANY) => {
        const least = async (times: number): Promise<number> => {
          const counts: number[] = [];
          for (let i = 0; i < REPEATS; i++)
            counts.push(await count(() => run(client, `${PROGRAM} ${parameters(times)}`)));
          return Math.min(...counts);
        };
        await run(client, `${PROGRAM} ${parameters(FEW)}`); // what is done for the first time costs more
        return ((await least(many)) - (await least(FEW))) / (many - FEW);
      },
      hold: (kind, count) => hold(client, kind, count),
      restore: async () => {
        await goBack();
        await client.openSession();
      },
    });
  } finally {
    await machine.stop();
  }
}

async function run(client: AgentClient, command: string): Promise<string> {
  const { exitCode, signal, stdout, stderr } = await client.exec(command);
  if (exitCode !== 0)
    throw new Error(`${command}: ${Buffer.from(stderr).toString()}(exit ${exitCode}, signal ${signal})`);
  return Buffer.from(stdout).toString();
}

async function hold(client: AgentClient, kind: Kind, count: number): Promise<void> {
  const said = await run(
    client,
    `${PROGRAM} hold ${kind} ${count} > /run/held 2>&1 & until [ -s /run/held ]; do usleep 10000; done; cat /run/held`,
  );
  if (said !== 'held\n') throw new Error(`hold ${kind} ${count}: ${said}`);
}

/** The sum of these lines of /proc/meminfo, in KiB, once nothing is left that the kernel could drop. */
export async function settledMemory(guest: Guest, ...names: string[]): Promise<number> {
  const text = await guest.run('echo 3 > /proc/sys/vm/drop_caches; cat /proc/meminfo');
  return names.reduce((sum, name) => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`/proc/meminfo has no ${name}:\n${text}`);
    return sum + Number(found);
  }, 0);
}
