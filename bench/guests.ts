// SPDX-License-Identifier: MIT
/** What a guest of busybox costs: to build, from its start to a prompt in it, and in memory while it does nothing. */
import { inGuest, type Guest, settledMemory } from './guest.ts';
import type { Benchmark } from './figures.ts';

/** Guests at once, in the machine's 128 MB. */
const AT_ONCE = 10;
const FEW = 2;
/** A prompt that asks where the cursor is has nobody here who answers: what comes before it counts. */
const PROMPT = /root@web:/;

const ms = async (action: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await action();
  return performance.now() - start;
};

/** From the command that starts a guest to the prompt of a shell in it, typed in one line as an administrator would. */
async function toPrompt(guest: Guest): Promise<void> {
  const argv = ['sh', '-c', 'vserver web start && exec vserver web enter'];
  const pty = await guest.client.openPty({ rows: 24, cols: 80, argv });
  let shown = '';
  await new Promise<void>((resolve, reject) => {
    pty.onData((chunk) => {
      shown += Buffer.from(chunk).toString();
      pty.credit(chunk.length);
      if (PROMPT.test(shown)) resolve();
    });
    void pty.exited.then(() => reject(new Error(`no prompt comes: ${shown}`)));
  });
  await pty.close();
}

/**
 * What holds memory for as long as a guest runs, by /proc/meminfo. Free memory would have in it what the kernel keeps for itself between
 * two commands, which is more than a guest has.
 */
const HELD = ['Shmem', 'AnonPages', 'Slab', 'KernelStack', 'PageTables', 'Percpu'];

/** Memory that is held while so many of ten guests run. */
async function heldWhileRunning(guest: Guest, running: number): Promise<number> {
  await guest.restore();
  const each = (count: number, command: string): string =>
    `for n in $(seq ${count}); do vserver g$n ${command} || exit; done`;
  await guest.run(each(AT_ONCE, 'build -m busybox'));
  await guest.run(`${each(running, 'start')}; ${each(running, 'running')}`);
  return settledMemory(guest, ...HELD);
}

/** KiB of a guest that runs: those of ten less those of a few, for the first bring in what all of them share. */
async function memoryOfOne(guest: Guest): Promise<number> {
  const few = await heldWhileRunning(guest, FEW);
  return ((await heldWhileRunning(guest, AT_ONCE)) - few) / (AT_ONCE - FEW);
}

export const GUESTS: Benchmark = {
  name: 'guests',
  run: (rounds) =>
    inGuest(async (guest) => {
      const build: number[] = [];
      const prompt: number[] = [];
      const memory: number[] = [];
      for (let round = 0; round < rounds; round++) {
        await guest.restore();
        build.push(await ms(() => guest.run('vserver web build -m busybox')));
        prompt.push(await ms(() => toPrompt(guest)));
        memory.push(await memoryOfOne(guest));
      }
      return [
        { id: 'guest-build', what: 'a guest is built', unit: 'ms', values: build, target: 1000 },
        {
          id: 'guest-prompt',
          what: 'from its start to its prompt',
          unit: 'ms',
          values: prompt,
          target: 1500,
        },
        { id: 'guest-memory', what: `memory: an idle guest, of ${AT_ONCE}`, unit: 'KiB', values: memory },
      ];
    }),
};
