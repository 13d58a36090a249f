// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ShownRun, type TestRunView } from './shown-run.js';

const timers = {
  setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms),
  clearTimeout: (handle: unknown) => clearTimeout(handle as number),
  now: () => Date.now(),
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('checks that come one by one are shown ten times a second', () => {
  const shown: TestRunView[] = [];
  const run = new ShownRun(timers, { file: '1a-core.t', host: 'own', edited: false }, (view) =>
    shown.push(view),
  );
  const before = shown.length;
  for (let passed = 1; passed <= 1000; passed++) {
    run.onTests({ tests: [], passed, failed: 0 });
    vi.advanceTimersByTime(1);
  }
  expect(shown.slice(before).map(({ passed }) => passed)).toEqual([
    100, 200, 300, 400, 500, 600, 700, 800, 900, 1000,
  ]);
});

test('the end is shown at once, with all that came, and nothing after it', () => {
  const shown: TestRunView[] = [];
  const run = new ShownRun(timers, { file: '1a-core.t', host: 'own', edited: false }, (view) =>
    shown.push(view),
  );
  run.onTests({ tests: [], passed: 7, failed: 1 });
  run.fail('the machine died');
  const { length } = shown;
  expect(shown.at(-1)).toMatchObject({ passed: 7, failed: 1, failure: 'the machine died', step: undefined });
  vi.advanceTimersByTime(1000);
  expect(shown).toHaveLength(length);
});
