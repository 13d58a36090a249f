// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { POLL_MS, ProcPoll, type ProcReader } from './proc-poll.js';
import type { ProcSnapshot } from './proc-virtual.js';

const timers = {
  setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms),
  clearTimeout: (handle: unknown) => clearTimeout(handle as number),
  now: () => Date.now(),
};

function recordingReader() {
  const asked: string[][] = [];
  const reader: ProcReader = {
    snapshot: async (patterns = []) => {
      asked.push([...patterns]);
      const bytes = new TextEncoder().encode('VCIVersion:\t0002:0001\n');
      const files = new Map<string, { bytes: Uint8Array } | { errno: number }>();
      files.set('virtual/info', { bytes }).set('virtual/9/status', { errno: 2 });
      return { boottimeNs: 2_500_000_000n, monotonicNs: 1_000_000_000n, files };
    },
  };
  return { asked, reader };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('nothing is asked while no panel is visible', async () => {
  const { asked, reader } = recordingReader();
  new ProcPoll(timers, () => undefined).readFrom(reader);
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toEqual([]);
});

test('visible panels share one request, 4 times a second', async () => {
  const { asked, reader } = recordingReader();
  const poll = new ProcPoll(timers, () => undefined);
  poll.readFrom(reader);
  poll.want('tree', ['virtual/info', 'virtual/*/status']);
  poll.want('contexts', ['virtual/*/status']);
  await vi.advanceTimersByTimeAsync(2000 - 1);
  expect(asked).toHaveLength(2000 / POLL_MS);
  expect(asked[0]).toEqual(['virtual/*/status', 'virtual/info']);
});

test('a panel that goes out of sight is not read for', async () => {
  const { asked, reader } = recordingReader();
  const poll = new ProcPoll(timers, () => undefined);
  poll.readFrom(reader);
  poll.want('tree', ['virtual/info']);
  await vi.advanceTimersByTimeAsync(0);
  poll.want('tree', []);
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toHaveLength(1);
});

test('a slow answer is waited for, never overtaken', async () => {
  let pending = 0;
  const poll = new ProcPoll(timers, () => undefined);
  poll.readFrom({
    snapshot: () => {
      pending++;
      return new Promise(() => undefined);
    },
  });
  poll.want('tree', ['virtual/info']);
  await vi.advanceTimersByTimeAsync(5000);
  expect(pending).toBe(1);
});

test('contents come as text, errors as errno, and the time of boot in seconds, sleep included', async () => {
  const seen: ProcSnapshot[] = [];
  const poll = new ProcPoll(timers, (snapshot) => seen.push(snapshot));
  poll.want('tree', ['virtual/info']);
  poll.readFrom(recordingReader().reader);
  await vi.advanceTimersByTimeAsync(0);
  expect(seen[0]?.uptime).toBe(2.5);
  expect(seen[0]?.files.get('virtual/info')).toBe('VCIVersion:\t0002:0001\n');
  expect(seen[0]?.files.get('virtual/9/status')).toBe(2);
});
