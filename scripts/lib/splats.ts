// SPDX-License-Identifier: MIT
/** Finds what a kernel says when something is wrong with it. */

const SPLAT =
  /WARNING:|BUG:|BUG at|Oops|INFO: possible|INFO: task|KASAN|unreferenced object|suspicious RCU|Kernel panic|general protection|rcu.*detected.*stall|turning off the locking correctness|refcount_t:|UBSAN|ODEBUG|scheduling while atomic|sleeping function called|leaked lock|DEBUG_LOCKS/;

/** The lines that tell of a fault, each with up to `context` lines behind it; empty when all is well. */
export function findSplats(console: string, context = 30): string[] {
  const lines = console.split(/\r?\n/);
  const found: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (!SPLAT.test(lines[at]!)) continue;
    found.push(lines.slice(at, at + context).join('\n'));
    at += context;
  }
  return found;
}

/** The guest has ended for good: nothing will answer any more. */
export function hasEnded(console: string): boolean {
  return /Kernel panic - not syncing|reboot: (Restarting system|System halted|Power down)/.test(console);
}
