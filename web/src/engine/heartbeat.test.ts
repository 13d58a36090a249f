// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BEAT_MS, GONE_MS, Heartbeat, PATIENCE, type Body, type Pulse } from './heartbeat.js';

const never = () => new Promise<never>(() => undefined);
const environment = {
  random: (count: number) => new Uint8Array(count),
  setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms),
  clearTimeout: (handle: unknown) => clearTimeout(handle as number),
};

function beatFor(body: Partial<Body>): Pulse[] {
  let count = 0;
  const pulses: Pulse[] = [];
  const whole = { instructions: async () => ++count, askAgent: async () => undefined, ...body };
  new Heartbeat(whole, environment, (pulse) => pulses.push(pulse)).start();
  return pulses;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a machine that answers is alive', async () => {
  const pulses = beatFor({});
  await vi.advanceTimersByTimeAsync(BEAT_MS * 10);
  expect(new Set(pulses)).toEqual(new Set(['alive']));
});

test('an emulator that does not answer is silent within 2 s, and gone after 10', async () => {
  const pulses = beatFor({ instructions: never, askAgent: never });
  await vi.advanceTimersByTimeAsync(2000);
  expect(new Set(pulses)).toEqual(new Set(['emulator-silent']));
  await vi.advanceTimersByTimeAsync(GONE_MS);
  expect(pulses).toContain('emulator-gone');
});

test('a guest that executes nothing has stopped, and this is known within 2 s', async () => {
  const pulses = beatFor({ instructions: async () => 7 });
  await vi.advanceTimersByTimeAsync(2000);
  expect(pulses).toContain('cpu-stopped');
});

test('an agent that says nothing is silent, and alive when it speaks again', async () => {
  let answer: (value: unknown) => void = () => undefined;
  const pulses = beatFor({ askAgent: () => new Promise((resolve) => (answer = resolve)) });
  await vi.advanceTimersByTimeAsync(BEAT_MS * PATIENCE);
  expect(pulses).toEqual([]);
  await vi.advanceTimersByTimeAsync(BEAT_MS);
  expect(pulses).toEqual(['agent-silent']);
  answer(undefined);
  await vi.advanceTimersByTimeAsync(0);
  expect(pulses.at(-1)).toBe('alive');
});

test('a refusal of the agent is an answer', async () => {
  const pulses = beatFor({ askAgent: () => Promise.reject(new Error('ENOENT')) });
  await vi.advanceTimersByTimeAsync(BEAT_MS * 10);
  expect(new Set(pulses)).toEqual(new Set(['alive']));
});

test('nothing is told after stop', async () => {
  const pulses: Pulse[] = [];
  const heartbeat = new Heartbeat({ instructions: never, askAgent: never }, environment, (p) =>
    pulses.push(p),
  );
  heartbeat.start();
  heartbeat.stop();
  await vi.advanceTimersByTimeAsync(BEAT_MS * 10);
  expect(pulses).toEqual([]);
});
