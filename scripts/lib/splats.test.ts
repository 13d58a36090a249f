// SPDX-License-Identifier: MIT
import { describe, expect, it } from 'vitest';
import { findSplats, hasEnded } from './splats.ts';

describe('findSplats', () => {
  it.each([
    '[    1.0] WARNING: CPU: 1 PID: 7 at kernel/vserver/context.c:99 put_vx_info+0x1/0x2',
    '[    1.0] BUG: KASAN: slab-use-after-free in lookup_vx_info+0x10/0x20',
    '[    1.0] WARNING: possible circular locking dependency detected',
    '[    1.0] WARNING: suspicious RCU usage',
    '[    1.0] BUG: sleeping function called from invalid context at mm/x.c:1',
    'unreferenced object 0xffff8881 (size 512):',
    '[    1.0] Kernel panic - not syncing: Attempted to kill init!',
    '[    1.0] Oops: 0000 [#1] PREEMPT SMP',
    '[    1.0] refcount_t: underflow; use-after-free.',
    '[    1.0] BUG: MAX_LOCKDEP_CHAINS too low!',
    '[   21.0] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:',
    '[   21.0] rcu: INFO: rcu_preempt self-detected stall on CPU',
  ])('sees %s', (line) => {
    expect(findSplats(`[    0.9] fine\n${line}\n[    1.1] Call Trace:\n`)).toEqual([
      `${line}\n[    1.1] Call Trace:\n`,
    ]);
  });

  it('is quiet about an ordinary boot', () => {
    expect(findSplats('[    0.3] debug: unmapping init memory\n[    0.5] rcu: Adjusting geometry\n')).toEqual(
      [],
    );
    expect(findSplats('[    0.0] \tRCU CPU stall warnings suppressed (rcu_cpu_stall_suppress).\n')).toEqual(
      [],
    );
  });
});

describe('hasEnded', () => {
  it('knows a panic and a halt', () => {
    expect(hasEnded('x\nKernel panic - not syncing: x\n')).toBe(true);
    expect(hasEnded('reboot: System halted\n')).toBe(true);
    expect(hasEnded('Freeing initrd memory\n')).toBe(false);
  });
});
