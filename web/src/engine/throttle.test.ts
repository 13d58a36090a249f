// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Throttle } from './throttle.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('asked a hundred times it acts once, and again when it is asked again', () => {
  const act = vi.fn();
  const throttle = new Throttle({ setTimeout: (callback, ms) => setTimeout(callback, ms) }, 250, act);
  for (let i = 0; i < 100; i++) throttle.ask();
  vi.advanceTimersByTime(249);
  expect(act).toHaveBeenCalledTimes(0);
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledTimes(1);
  throttle.ask();
  vi.advanceTimersByTime(1000);
  expect(act).toHaveBeenCalledTimes(2);
});
