// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { missingSigns } from './debug-signs.ts';

/** A guest that answers the command which names `what` by the text; the others as a sound one does. */
function guest(answers: Record<string, string> = {}): (command: string) => Promise<string> {
  const sound = {
    'cpu/online': '0-3\n',
    KASAN: 'CONFIG_KASAN=y\n',
    lockdep_stats: ' debug_locks:                             1\n',
    kmemleak: 'on\n',
    rcu_cpu_stall_suppress: '1\n',
  };
  return async (command) =>
    Object.entries({ ...sound, ...answers }).find(([what]) => command.includes(what))![1];
}

describe('missingSigns', () => {
  it('finds nothing missing in a machine that has all', async () => {
    expect(await missingSigns(guest())).toEqual([]);
  });

  it.each([
    ['one CPU', 'cpu/online', '0\n', 'four CPUs: 0'],
    ['eight CPUs', 'cpu/online', '0-7\n', 'four CPUs: 0-7'],
    ['no KASAN', 'KASAN', '', 'KASAN: nothing'],
    ['lockdep turned off', 'lockdep_stats', ' debug_locks:       0\n', 'lockdep: debug_locks:       0'],
    ['kmemleak turned off', 'kmemleak', '', 'kmemleak: nothing'],
    ['a watch for stalls', 'rcu_cpu_stall_suppress', '0\n', 'silence about stalls, which the host makes: 0'],
  ])('sees %s', async (_, what, answer, missing) => {
    expect(await missingSigns(guest({ [what]: answer }))).toEqual([missing]);
  });
});
