// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeAgent } from '../../web/src/machine/fake-agent.js';
import { WatchedGuest } from './watched-guest.js';

let agent: FakeAgent;

vi.mock('../machines/v86.js', () => ({
  startV86: () => {
    queueMicrotask(() => agent.boot());
    const ended = new Promise<never>(() => {});
    return Promise.resolve({ name: 'v86', agent, ended, console: () => '', stop: () => Promise.resolve() });
  },
}));

beforeEach(() => {
  vi.useFakeTimers();
  agent = new FakeAgent();
  agent.commands.set('dmesg; dmesg -n 8', {});
});
afterEach(() => vi.useRealTimers());

test('a command that has ended leaves nobody behind who reads the console', async () => {
  const guest = await WatchedGuest.boot('v86');
  agent.commands.set('true', {});
  const before = vi.getTimerCount();
  expect(await guest.run('true', 900, () => {})).toMatchObject({ problems: [], loss: undefined });
  expect(vi.getTimerCount()).toBe(before);
  await guest.stop();
});

test('a guest that answers nothing any more is silent half a minute after the limit', async () => {
  const guest = await WatchedGuest.boot('v86');
  agent.commands.set('hang', undefined);
  const outcome = guest.run('hang', 900, () => {});
  await vi.advanceTimersByTimeAsync(931_000);
  expect(await outcome).toMatchObject({ loss: 'silent' });
  await guest.stop();
});
