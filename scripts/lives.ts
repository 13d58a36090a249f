// SPDX-License-Identifier: MIT
/**
 * Starts, enters and stops a guest of busybox again and again in a QEMU machine, and looks for what is left behind.
 * Usage: npm run lives -- [--machine=debug|qemu] [--lives=N] [--seconds=N] [--seed=N] [--kernel=FILE] [--record]
 *
 * It ends when so many lives are over or the time is (default: a thousand, twenty minutes). --record adds the run to
 * docs/long-runs.json. Ends with "N passed, N failed".
 */
import { load, parseLoadOptions } from './lib/load.ts';
import { runScript } from './lib/project.ts';

runScript('lives', async () => {
  const options = parseLoadOptions('lives', { count: 1000, seconds: 1200 });
  const parameters = [`--lives=${options.count}`, `--seed=${options.seed}`];
  await load(options, async (machine) => [
    // The commands are i386 programs on every machine.
    await machine.run('lives', 'i386', options.seconds, parameters),
  ]);
});
