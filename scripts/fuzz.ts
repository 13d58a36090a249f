// SPDX-License-Identifier: MIT
/**
 * Makes vserver system calls at random in a QEMU machine, as every kind of caller, and judges what comes of each.
 * Usage: npm run fuzz -- [--machine=debug|qemu] [--calls=N] [--seconds=N] [--seed=N] [--kernel=FILE] [--record]
 *
 * On the debug machine one half of the calls and of the time is the amd64 program's, the other the i386 one's. It ends when
 * so many calls are made or the time is over (default: a minute). --record adds the run to docs/long-runs.json. Ends with
 * "N passed, N failed".
 */
import { load, parseLoadOptions, type Run } from './lib/load.ts';
import { runScript } from './lib/project.ts';
import type { Abi } from '../web/src/engine/guest-tests.ts';

const ABIS: Record<'qemu' | 'debug', Abi[]> = { qemu: ['i386'], debug: ['amd64', 'i386'] };

runScript('fuzz', async () => {
  const options = parseLoadOptions('calls', { count: 1_000_000, seconds: 60 });
  const abis = ABIS[options.machine];
  const share = (all: number): number => Math.ceil(all / abis.length);
  const parameters = [`--calls=${share(options.count)}`, `--seed=${options.seed}`];
  await load(options, async (machine) => {
    const runs: Run[] = [];
    for (const abi of abis) runs.push(await machine.run('fuzz', abi, share(options.seconds), parameters));
    return runs;
  });
});
