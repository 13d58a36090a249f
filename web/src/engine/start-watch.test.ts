// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Failure, StallKind } from './failures.js';
import { StartWatch, TOO_LONG_MS, TOO_MANY_INSTRUCTIONS } from './start-watch.js';

const SOON = 2000;
const environment = {
  random: (count: number) => new Uint8Array(count),
  setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms),
  clearTimeout: (handle: unknown) => clearTimeout(handle as number),
};

let missing: StallKind | undefined;
let given: Failure | undefined;
/** Guest instructions a second, and whether the emulator answers at all. */
let speed: number;
let answers: boolean;
let watch: StartWatch;

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  missing = given = undefined;
  speed = 0;
  answers = true;
  const instructions = () =>
    answers ? Promise.resolve((Date.now() / 1000) * speed) : new Promise<never>(() => undefined);
  watch = new StartWatch(instructions, environment, {
    stall: (kind) => (missing = kind),
    late: (reason) => {
      given = reason;
      watch.stop();
    },
  });
});
afterEach(() => void vi.useRealTimers());

test('a download that stands still is told within 2 s, and moves again', async () => {
  watch.enter('loading');
  await pass(SOON);
  expect(missing).toBe('download-stalled');
  watch.moved();
  await pass(1000);
  expect(missing).toBeUndefined();
  await pass(1000);
  expect(missing).toBe('download-stalled');
});

test('a slow download that moves is never told, nor given up', async () => {
  watch.enter('loading');
  for (let s = 0; s < 600; s++) {
    await pass(1000);
    watch.moved();
    expect(missing).toBeUndefined();
  }
  expect(given).toBeUndefined();
});

test('an emulator that never says a word has not started; one that did does not answer', async () => {
  answers = false;
  watch.enter('loading');
  await pass(SOON);
  expect(missing).toBe('emulator-starting');
  answers = true;
  watch.enter('loading');
  await pass(SOON);
  answers = false;
  await pass(SOON);
  expect(missing).toBe('emulator-silent');
});

test('an emulator that is made of its files takes its time, and this is told', async () => {
  watch.enter('starting');
  await pass(SOON);
  expect(missing).toBe('emulator-starting');
  watch.moved(); // the snapshot was refused: the files of a cold boot come
  await pass(SOON);
  expect(missing).toBe('download-stalled');
});

test('nothing is given up while it loads and starts', async () => {
  for (const stage of ['loading', 'starting'] as const) {
    answers = false;
    watch.enter(stage);
    await pass(2 * TOO_LONG_MS);
  }
  expect(given).toBeUndefined();
});

test.each([
  ['restored', 'restore-silent'],
  ['answering', 'agent-silent'],
  ['booting', 'boot-silent'],
] as const)(
  'a guest that idles when %s is told as %s, and given up after two minutes',
  async (stage, kind) => {
    speed = 300_000; // as measured of an idle guest
    watch.enter(stage);
    await pass(SOON);
    expect(missing).toBe(kind);
    await pass(TOO_LONG_MS - SOON - 400);
    expect(given).toBeUndefined();
    await pass(400);
    expect(given?.kind).toBe('no-agent');
  },
);

test('a boot that works is no stall, until it has done more than a boot takes; and is given up by its work', async () => {
  speed = 30e6;
  watch.enter('booting');
  for (let s = 0; s < 4; s++) {
    await pass(1000);
    expect(missing).toBeUndefined();
  }
  await pass(SOON);
  expect(missing).toBe('boot-silent');
  await pass((TOO_MANY_INSTRUCTIONS / speed) * 1000);
  expect(given?.kind).toBe('no-agent');
});

test('a restored guest that spins is given up by its work', async () => {
  speed = 1.5e9; // as measured of a loop
  watch.enter('restored');
  await pass(SOON);
  expect(given?.kind).toBe('no-agent');
});

test('a guest that spins while an agent starts is told, and given up after two minutes', async () => {
  speed = 1.5e9;
  watch.enter('answering');
  await pass(SOON);
  expect(missing).toBe('agent-silent');
  await pass(TOO_LONG_MS - SOON - 400);
  expect(given).toBeUndefined();
  await pass(400);
  expect(given?.kind).toBe('no-agent');
});

test('a slow computer boots for longer than two minutes', async () => {
  speed = 800_000;
  watch.enter('booting');
  for (let s = 0; s < 140; s++) {
    await pass(1000);
    expect(missing).toBeUndefined();
  }
  expect(given).toBeUndefined();
});

test('an emulator that is gone is told within 2 s, and given up after 10', async () => {
  answers = false;
  watch.enter('restored');
  await pass(SOON);
  expect(missing).toBe('emulator-silent');
  await pass(7500);
  expect(given).toBeUndefined();
  await pass(500);
  expect(given?.kind).toBe('worker-gone');
});

test('nothing is told after stop', async () => {
  watch.enter('loading');
  watch.stop();
  await pass(TOO_LONG_MS);
  expect(missing).toBeUndefined();
});
