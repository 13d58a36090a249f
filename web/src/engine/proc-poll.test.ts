// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AgentError, SessionLostError } from './agent-client.js';
import { PATIENCE, POLL_MS, ProcPoll, QUIET_POLL_MS, type ProcReader } from './proc-poll.js';
import type { ProcSnapshot } from './proc-virtual.js';

const timers = {
  setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms),
  clearTimeout: (handle: unknown) => clearTimeout(handle as number),
  now: () => Date.now(),
};

const unheard = { snapshot: () => undefined, refused: () => undefined };

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
  new ProcPoll(timers, unheard).readFrom(reader);
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toEqual([]);
});

test('visible panels share one request, twice a second while nothing stirs', async () => {
  const { asked, reader } = recordingReader();
  const poll = new ProcPoll(timers, unheard);
  poll.readFrom(reader);
  poll.want('tree', ['virtual/info', 'virtual/*/status']);
  poll.want('contexts', ['virtual/*/status']);
  await vi.advanceTimersByTimeAsync(2000 - 1);
  expect(asked).toHaveLength(2000 / QUIET_POLL_MS);
  expect(asked[0]).toEqual(['virtual/*/status', 'virtual/info']);
});

test('what stirs is looked after within a quarter of a second, four times a second, until a second after it', async () => {
  vi.setSystemTime(0);
  const asked: number[] = [];
  const poll = new ProcPoll(timers, { ...unheard, snapshot: () => asked.push(Date.now()) });
  poll.want('tree', ['virtual/info']);
  poll.readFrom(recordingReader().reader);
  await vi.advanceTimersByTimeAsync(100);
  poll.stir();
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toEqual([0, POLL_MS, 2 * POLL_MS]);
  poll.stir();
  await vi.advanceTimersByTimeAsync(1400);
  expect(asked).toEqual([0, 250, 500, 750, 1000, 1250, 1500, 1750]);
  await vi.advanceTimersByTimeAsync(1750 + QUIET_POLL_MS - 2000);
  expect(asked.slice(8)).toEqual([2250]);
  await vi.advanceTimersByTimeAsync(400);
  poll.stir(); // the last reading is older than a quarter of a second
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.slice(9)).toEqual([2650]);
});

test('what stirs before the first reading, or beside one that is due at once, puts nothing off', async () => {
  const waits: number[] = [];
  const watched = {
    ...timers,
    setTimeout: (callback: () => void, ms: number) => {
      waits.push(ms);
      return timers.setTimeout(callback, ms);
    },
  };
  const poll = new ProcPoll(watched, unheard);
  poll.want('tree', ['virtual/info']);
  poll.readFrom(recordingReader().reader);
  poll.stir();
  await vi.advanceTimersByTimeAsync(2000);
  waits.length = 0;
  poll.want('contexts', ['virtual/*/status']);
  poll.stir();
  expect(waits).toEqual([0, 0]);
});

test('who stirs all the time makes no reading come sooner, nor while one goes on', async () => {
  let pending = 0;
  const poll = new ProcPoll(timers, unheard);
  poll.want('tree', ['virtual/info']);
  poll.readFrom({
    snapshot: () => {
      pending++;
      return new Promise(() => undefined);
    },
  });
  for (let i = 0; i < 300; i++) {
    poll.stir();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(pending).toBe(1);
  const { asked, reader } = recordingReader();
  const flooded = new ProcPoll(timers, unheard);
  flooded.want('tree', ['virtual/info']);
  flooded.readFrom(reader);
  for (let i = 0; i < 300; i++) {
    flooded.stir();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(asked.length).toBeLessThanOrEqual(3000 / POLL_MS + 1);
  expect(asked.length).toBeGreaterThanOrEqual(3000 / POLL_MS);
});

test('a panel that goes out of sight is not read for', async () => {
  const { asked, reader } = recordingReader();
  const poll = new ProcPoll(timers, unheard);
  poll.readFrom(reader);
  poll.want('tree', ['virtual/info']);
  await vi.advanceTimersByTimeAsync(0);
  poll.want('tree', []);
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toHaveLength(1);
});

test('a slow answer is waited for, never overtaken', async () => {
  let pending = 0;
  const poll = new ProcPoll(timers, unheard);
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
  const poll = new ProcPoll(timers, { ...unheard, snapshot: (snapshot) => seen.push(snapshot) });
  poll.want('tree', ['virtual/info']);
  poll.readFrom(recordingReader().reader);
  await vi.advanceTimersByTimeAsync(0);
  expect(seen[0]?.uptime).toBe(2.5);
  expect(seen[0]?.files.get('virtual/info')).toBe('VCIVersion:\t0002:0001\n');
  expect(seen[0]?.files.get('virtual/9/status')).toBe(2);
});

test('a long file is cut, and says so', async () => {
  const seen: ProcSnapshot[] = [];
  const poll = new ProcPoll(timers, { ...unheard, snapshot: (snapshot) => seen.push(snapshot) });
  poll.want('tree', ['virtual/info']);
  const file = { bytes: new Uint8Array(8192).fill(0x78), cut: true as const };
  const answer = { boottimeNs: 0n, monotonicNs: 0n, files: new Map([['virtual/info', file]]) };
  poll.readFrom({ snapshot: () => Promise.resolve(answer) });
  await vi.advanceTimersByTimeAsync(0);
  const text = `${'x'.repeat(8192)}\n[cut: the first 8192 bytes of it]\n`;
  expect(seen[0]?.files.get('virtual/info')).toBe(text);
});

test('after a slow reading the guest gets as long for itself, at most the time between two', async () => {
  for (const [takes, starts] of [
    [100, [0, 500, 1000]],
    [400, [0, 800, 1600]],
    [1000, [0, 1500, 3000]],
  ] as const) {
    vi.setSystemTime(0);
    const asked: number[] = [];
    const poll = new ProcPoll(timers, unheard);
    poll.want('tree', ['virtual/info']);
    const { reader } = recordingReader();
    poll.readFrom({
      snapshot: async (patterns) => {
        asked.push(Date.now());
        await new Promise((resolve) => setTimeout(resolve, takes));
        return reader.snapshot(patterns);
      },
    });
    await vi.advanceTimersByTimeAsync(4000);
    poll.readFrom(undefined);
    expect(asked.slice(0, 3)).toEqual(starts);
  }
});

test('the refusals of one guest are not held against the next', async () => {
  const told: string[] = [];
  const refuses = () => ({ snapshot: () => Promise.reject(new AgentError('snapshot: Out of memory', 12)) });
  const poll = new ProcPoll(timers, { ...unheard, refused: (why) => told.push(why) });
  poll.want('tree', ['virtual/info']);
  for (let guest = 0; guest < 3; guest++) {
    const reader = refuses();
    poll.readFrom(reader);
    await vi.advanceTimersByTimeAsync((PATIENCE - 2) * QUIET_POLL_MS);
    poll.readFrom(undefined); // nobody looks for a moment
  }
  expect(told).toEqual([]);
});

test('a guest that refuses again and again is told of, a lost session and a single refusal are not', async () => {
  const told: string[] = [];
  let error: Error | undefined;
  const { reader } = recordingReader();
  const poll = new ProcPoll(timers, {
    snapshot: () => told.push('snapshot'),
    refused: (why) => told.push(why),
  });
  poll.want('tree', ['virtual/info']);
  poll.readFrom({
    snapshot: (patterns) => (error ? Promise.reject(error) : reader.snapshot(patterns)),
  });
  await vi.advanceTimersByTimeAsync(0);
  error = new SessionLostError('a new session was opened');
  await vi.advanceTimersByTimeAsync(PATIENCE * QUIET_POLL_MS);
  error = new AgentError('snapshot: Cannot allocate memory', 12);
  await vi.advanceTimersByTimeAsync((PATIENCE - 1) * QUIET_POLL_MS);
  expect(told).toEqual(['snapshot']);
  await vi.advanceTimersByTimeAsync(QUIET_POLL_MS);
  expect(told).toEqual(['snapshot', 'snapshot: Cannot allocate memory']);
  error = undefined;
  await vi.advanceTimersByTimeAsync(QUIET_POLL_MS);
  expect(told.at(-1)).toBe('snapshot');
});
