// SPDX-License-Identifier: MIT
/**
 * Runs the tests of all ids on machines and writes down what came of them in docs/feature-matrix.json, which the page shows
 * (docs/feature-matrix.md). What other machines have there stays.
 * Usage: npm run record-matrix -- [--machine=v86|qemu|plain|debug]   (v86, qemu and plain without it)
 *
 * `plain` is QEMU with the kernel without the options that can be off, `debug` the x86_64 kernel that looks for faults; both are
 * taken from the cache (scripts/build-kernel). A test that runs with two ABIs counts twice.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Counts,
  type Recorded,
  RECORDED_MACHINES,
  type RecordedMachine,
  type Recording,
  runsOn,
} from '../web/src/engine/feature-matrix.ts';
import { DIST, sourceHashes } from './lib/image.ts';
import { planData, readPlanSources, RECORDED_FILE, seriesHash } from './lib/plan-data.ts';
import { CACHE, readJson, ROOT, runMachineScript, ScriptError, sha256File } from './lib/project.ts';
import { ABIS, Prover, runsOf } from './lib/prover.ts';
import { testArchives } from './lib/test-bundle.ts';
import type { MachineName } from './machines/guest-machine.ts';

const MACHINES: Record<RecordedMachine, { machine: MachineName; kernel?: string }> = {
  v86: { machine: 'v86' },
  qemu: { machine: 'qemu' },
  plain: { machine: 'qemu', kernel: 'plain' },
  debug: { machine: 'debug', kernel: 'debug' },
};
/** The debug machine takes half an hour: it is asked for by name. */
const USUAL: RecordedMachine[] = ['v86', 'qemu', 'plain'];

function isMachine(name: string): name is RecordedMachine {
  return (RECORDED_MACHINES as readonly string[]).includes(name);
}

function wanted(): RecordedMachine[] {
  const names = process.argv.slice(2).map((argument) => argument.replace(/^--machine=/, ''));
  const unknown = names.find((name) => !isMachine(name));
  if (unknown !== undefined)
    throw new ScriptError(`${unknown}: say --machine=${RECORDED_MACHINES.join(', ')}`);
  return names.length > 0 ? names.filter(isMachine) : USUAL;
}

function git(...words: string[]): string {
  return execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).trim();
}

/** What is recorded of a commit has to be of that commit. */
function commit(): string {
  const changed = git('status', '--porcelain', '--', 'images', 'kernel-build', 'plan.json', 'interface.json');
  if (changed !== '') throw new ScriptError(`commit first what the tests are about:\n${changed}`);
  return git('rev-parse', '--short=12', 'HEAD');
}

/** The bzImage that the machine boots, which has to be of this series. */
function kernelOf(name: RecordedMachine): string {
  const { kernel } = MACHINES[name];
  if (kernel === undefined) {
    const { sources } = readJson<{ sources: Record<string, string> }>(join(DIST, 'manifest.json'));
    if (sources['kernel'] !== sourceHashes()['kernel'])
      throw new ScriptError('the kernel of images/dist is of another series: npm run check-dist says more');
    return join(DIST, 'bzImage');
  }
  const path = join(CACHE, 'out', kernel, 'bzImage');
  const treeOf = (which: string): string | undefined => {
    const build = join(CACHE, 'out', which, 'build.json');
    return existsSync(build) ? readJson<{ tree: string }>(build).tree : undefined;
  };
  const tree = treeOf(kernel);
  if (!existsSync(path) || tree === undefined || tree !== treeOf('v86'))
    throw new ScriptError(
      `${path} is missing or of another tree: run scripts/build-kernel v86 and ${kernel}`,
    );
  return path;
}

async function record(name: RecordedMachine, files: readonly string[]): Promise<Recording> {
  const { machine, kernel } = MACHINES[name];
  const bzImage = kernelOf(name);
  const head = { commit: commit(), date: new Date().toISOString().slice(0, 10) };
  const hashes = { kernel: sha256File(bzImage), series: seriesHash(readPlanSources()) };
  // The debug machine boots its kernel by itself.
  const options = kernel !== undefined && machine !== 'debug' ? { otherKernel: bzImage } : {};
  const prover = new Prover(machine, testArchives(ABIS[machine]), options);
  const own = files.filter((file) => runsOn(file, name));
  const counts: Record<string, Counts> = {};
  try {
    for (const { file, abi } of runsOf(machine, own))
      counts[file] = add(counts[file], await prover.prove(file, abi));
  } finally {
    await prover.stop();
  }
  console.log(`${name}: ${prover.passed} passed, ${prover.failed} failed`);
  return { ...head, ...hashes, files: counts };
}

function add(one: Counts | undefined, other: Counts): Counts {
  return one ? { passed: one.passed + other.passed, failed: one.failed + other.failed } : other;
}

function write(name: RecordedMachine, recording: Recording): void {
  const known = JSON.parse(readFileSync(RECORDED_FILE, 'utf8')) as Recorded;
  const all = { ...known, [name]: recording };
  const inOrder = Object.fromEntries(
    RECORDED_MACHINES.flatMap((machine) => (all[machine] ? [[machine, all[machine]]] : [])),
  );
  writeFileSync(RECORDED_FILE, `${JSON.stringify(inOrder, null, 2)}\n`);
}

runMachineScript('record-matrix', async () => {
  const files = planData(readPlanSources()).entries.flatMap(({ tests }) => tests.map((test) => test.name));
  for (const name of wanted()) write(name, await record(name, files));
});
