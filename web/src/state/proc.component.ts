// SPDX-License-Identifier: MIT
/** How often the panels have what is read, without a machine. In the browser's project for its runes. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PROCESSES } from '../engine/processes.js';
import { ProcState } from './proc.svelte.js';

const timers = {
  setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms),
  clearTimeout: (handle: unknown) => clearTimeout(handle as number),
  now: () => Date.now(),
};

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** When it was read in so many milliseconds, and when with the processes, while somebody looks at those of a context. */
async function readings(
  ms: number,
  meanwhile: (proc: ProcState) => void,
): Promise<Record<'all' | 'processes', number[]>> {
  const seen = { all: [] as number[], processes: [] as number[] };
  const proc = new ProcState(timers);
  proc.show('contexts', true);
  proc.toggleGroup('42', true);
  proc.readFrom({
    snapshot: (patterns = []) => {
      seen.all.push(Date.now());
      if (patterns.includes(PROCESSES)) seen.processes.push(Date.now());
      const files = new Map([['virtual/42/status', { bytes: new TextEncoder().encode('Tasks:\t1\n') }]]);
      return Promise.resolve({ boottimeNs: BigInt(Date.now()) * 1_000_000n, monotonicNs: 0n, files });
    },
  });
  for (let at = 0; at < ms; at += 50) {
    meanwhile(proc);
    await vi.advanceTimersByTimeAsync(50);
    // The groups that the snapshot has are as the kernel says; the reader's choice stays.
    proc.openGroups.add('42');
  }
  proc.readFrom(undefined);
  return seen;
}

test('a quiet guest is read twice a second, and its processes once', async () => {
  const { all, processes } = await readings(4000, () => undefined);
  expect(all).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000]);
  expect(processes).toEqual([0, 1000, 2000, 3000, 4000]);
});

test('one that shows something is read four times a second, and its processes still once', async () => {
  const { all, processes } = await readings(4000, (proc) => proc.stir());
  expect(all.slice(0, 5)).toEqual([0, 250, 500, 750, 1000]);
  expect(processes).toEqual([0, 1000, 2000, 3000, 4000]);
});
