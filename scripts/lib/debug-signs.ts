// SPDX-License-Identifier: MIT
/** What shows that the debug machine looks for what it is there for: without these its silence would mean nothing. */

interface Sign {
  what: string;
  command: string;
  /** What the command then says. */
  says: RegExp;
}

const SIGNS: Sign[] = [
  {
    what: 'four CPUs',
    command: 'cat /sys/devices/system/cpu/online; dmesg | grep -iE "smp|cpu[0-9]"', // why not, if not
    says: /^0-3$/m,
  },
  // Its line of the boot is gone from the log after some thousands of others.
  { what: 'KASAN', command: 'zcat /proc/config.gz | grep -w CONFIG_KASAN', says: /^CONFIG_KASAN=y$/m },
  // The first fault that lockdep reports, or the end of its tables, is its own end, too.
  { what: 'lockdep', command: 'grep debug_locks /proc/lockdep_stats', says: /^ debug_locks:\s+1$/m },
  {
    what: 'kmemleak',
    // It refuses every command once it has given itself up. It scans only when told to, so this changes nothing.
    command: `grep -q ' /sys/kernel/debug ' /proc/mounts || mount -t debugfs none /sys/kernel/debug
      echo scan=off >/sys/kernel/debug/kmemleak && echo on`,
    says: /^on$/m,
  },
  {
    what: 'silence about stalls, which the host makes',
    command: 'cat /sys/module/rcupdate/parameters/rcu_cpu_stall_suppress',
    says: /^1$/m,
  },
];

/** What is missing, a line each with what the guest says in its place. `run` returns the output of a command in it. */
export async function missingSigns(run: (command: string) => Promise<string>): Promise<string[]> {
  const missing: string[] = [];
  for (const { what, command, says } of SIGNS) {
    const said = await run(command);
    if (!says.test(said)) missing.push(`${what}: ${said.trim() || 'nothing'}`);
  }
  return missing;
}
