// SPDX-License-Identifier: MIT
/**
 * Makes, enters, kills and ends contexts from many tasks at once in a QEMU machine, and looks for what is left behind.
 * Usage: npm run stress -- [--machine=debug|qemu] [--cycles=N] [--seconds=N] [--seed=N] [--kernel=FILE] [--record]
 *
 * It ends when so many cycles are done or the time is over (default: a minute). --record adds the run to
 * docs/long-runs.json. Ends with "N passed, N failed".
 */
import { load, parseLoadOptions } from './lib/load.ts';
import { runScript } from './lib/project.ts';

/** Workers in the guest: twice as many as CPUs, so that tasks are always taken off one. */
const TASKS = { qemu: 4, debug: 8 };

runScript('stress', async () => {
  const options = parseLoadOptions('cycles', { count: 1_000_000, seconds: 60 });
  const parameters = [
    `--cycles=${options.count}`,
    `--seed=${options.seed}`,
    `--tasks=${TASKS[options.machine]}`,
  ];
  await load(options, async (machine) => [
    await machine.run('stress', options.machine === 'debug' ? 'amd64' : 'i386', options.seconds, parameters),
  ]);
});
