// SPDX-License-Identifier: MIT
/**
 * Runs the guest's tests (images/tests/*.t and commands/*.t, for the QEMU machines escape/*.t and for the debug machine debug/*.t too)
 * in a machine, as `prove` would, and ends with "N passed, N failed".
 * Usage: npm run prove -- [--machine=v86|qemu|debug] [--kernel=FILE|NAME] [--append=TEXT] [id or file ...]
 *
 * v86 is booted once and put back for each file; the QEMU machines run them one after the other. The debug machine runs all with
 * amd64 Perl, then 1b-*.t and 1e-*.t with that of i386, and is then searched for leaked memory. --kernel boots another
 * bzImage: a path, or the name of one that scripts/build-kernel has built. --append adds to the kernel's command line. VS_* of
 * the environment reaches the tests.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CACHE, ROOT, runMachineScript, ScriptError } from './lib/project.ts';
import { ABIS, Prover, runsOf } from './lib/prover.ts';
import { testArchives } from './lib/test-bundle.ts';
import type { MachineName, MachineOptions } from './machines/guest-machine.ts';

function isMachine(name: string): name is MachineName {
  return name in ABIS;
}

function parseArguments(): { machine: MachineName; options: MachineOptions; wanted: string[] } {
  let machine: MachineName = 'v86';
  const options: MachineOptions = {};
  const wanted: string[] = [];
  for (const argument of process.argv.slice(2)) {
    const [, option, value] = /^--(machine|kernel|append)=(.*)$/.exec(argument) ?? [];
    if (option === 'machine' && isMachine(value!)) machine = value;
    else if (option === 'kernel')
      options.otherKernel = value!.includes('/') ? value : join(CACHE, 'out', value!, 'bzImage');
    else if (option === 'append') options.append = value;
    else if (argument.startsWith('-'))
      throw new ScriptError(
        `${argument}: say --machine=v86, qemu or debug, --kernel=FILE or NAME, --append=TEXT, ids or files`,
      );
    else wanted.push(argument);
  }
  return { machine, options, wanted };
}

/** All test files of a machine, as paths in images/tests: debug/ needs what the debug kernel has alone, escape/ takes minutes in v86. */
function filesFor(machine: MachineName): string[] {
  const list = (folder: string): string[] =>
    readdirSync(join(ROOT, 'images/tests', folder))
      .filter((name) => name.endsWith('.t'))
      .map((name) => join(folder, name));
  const everywhere = [...list(''), ...list('commands')];
  if (machine === 'v86') return everywhere;
  const all = [...everywhere, ...list('escape')];
  return machine === 'debug' ? [...all, ...list('debug')] : all;
}

/** The test files that ids (1b) or names (images/tests/1b-syscall.t) stand for; all without any. */
function chooseFiles(machine: MachineName, wanted: string[]): string[] {
  const all = filesFor(machine);
  if (wanted.length === 0) return all.sort();
  const chosen = wanted.flatMap((one) => {
    const found = all.filter(
      (path) => basename(path) === basename(one) || basename(path).startsWith(`${one}-`),
    );
    if (found.length === 0)
      throw new ScriptError(`no test ${one} for ${machine}; there are ${all.sort().join(', ')}`);
    return found;
  });
  return [...new Set(chosen)].sort();
}

runMachineScript('prove', async () => {
  const { machine, options, wanted } = parseArguments();
  const files = chooseFiles(machine, wanted);
  const prover = new Prover(machine, testArchives(ABIS[machine]), options);
  try {
    for (const { file, abi } of runsOf(machine, files)) await prover.prove(file, abi);
    if (machine === 'debug') await prover.searchLeaks();
  } finally {
    await prover.stop();
  }
  console.log(`${prover.passed} passed, ${prover.failed} failed`);
  process.exitCode = prover.failed === 0 && prover.passed > 0 ? 0 : 1;
});
