// SPDX-License-Identifier: MIT
import { expect, test } from 'vitest';
import { ConsoleWatch } from './console-watch.js';

test('a panic is seen when its line is complete, however it is cut', () => {
  const watch = new ConsoleWatch();
  expect(watch.feed('[    4.2] Kernel panic - not sync')).toBeUndefined();
  expect(watch.feed('ing: sysrq triggered crash')).toBeUndefined();
  expect(watch.feed('\r\n')).toMatchObject({ kind: 'panic', detail: 'Kernel panic: sysrq triggered crash' });
});

test('the exit of pid 1 is told apart from other panics', () => {
  const watch = new ConsoleWatch();
  const line = 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000000\n';
  expect(watch.feed(line)?.kind).toBe('init-exited');
});

test.each([
  ['reboot: Restarting system\n', 'rebooted'],
  ['reboot: machine restart\n', 'rebooted'],
  ['reboot: System halted\n', 'halted'],
  ['reboot: Power down\n', 'halted'],
])('%j means %s', (line, kind) => {
  expect(new ConsoleWatch().feed(`[   12.3] ${line}`)?.kind).toBe(kind);
});

test('ordinary talk is no failure, and an end is told once', () => {
  const watch = new ConsoleWatch();
  expect(watch.feed('reboot: nothing known\nKernel panic is a fine name\n')).toBeUndefined();
  expect(watch.feed('reboot: Power down\n')).toBeDefined();
  expect(watch.feed('reboot: Power down\n')).toBeUndefined();
  watch.reset();
  expect(watch.feed('reboot: Power down\n')).toBeDefined();
});

test('tail gives the last lines', () => {
  const watch = new ConsoleWatch();
  watch.feed('one\r\ntwo\r\nthree\r\n');
  expect(watch.tail(2)).toBe('two\nthree');
});
