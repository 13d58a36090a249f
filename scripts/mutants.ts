// SPDX-License-Identifier: MIT
/**
 * Takes one check or count after another away from the kernel and shows a red test for each; fails for a mutant that no test
 * notices, and for one that is stale. The mutants are data: kernel-build/mutants/*.mutants (its form: lib/mutants.ts).
 * Usage: npm run mutants [-- --check] [--machine=qemu|debug] [id ...]
 *
 * The kernel without a mutant comes first: on it every test that is used must pass. A mutant that was killed is not run again
 * while series, configuration, its tests and the mutant are the same, so a run that was stopped goes on where it was. All of
 * them together write kernel-build/mutants/RESULTS.md. --check builds nothing: every mutant must fit the series. Ends with
 * "N passed, N failed".
 */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import {
  doubles,
  judgeTest,
  KMEMLEAK,
  type Mutant,
  type MutantMachine,
  mutate,
  outcomeOf,
  parseMutants,
  report,
  survived,
  type Verdict,
} from './lib/mutants.ts';
import { CACHE, readJson, ROOT, runScript, ScriptError, sha256, sha256File } from './lib/project.ts';
import { type FileResult, Prover } from './lib/prover.ts';
import { testArchives } from './lib/test-bundle.ts';
import type { Abi, GuestArchive } from '../web/src/engine/guest-tests.ts';

const DATA = join(ROOT, 'kernel-build/mutants');
const CONFIG = join(ROOT, 'kernel-build/config');
const APART = join(CACHE, 'mutants');
const TREE = join(APART, 'work/linux');
/** Verdicts of kills by what they are of. */
const KEPT = join(APART, 'killed.json');

/** A check that a mutant fails it fails in the first contexts, too: the many that show a leak of one in a thousand are not needed. */
const FEWER = { VS_CYCLES: '200', VS_CROWD: '400' };
/** A test file ends in this time on a busy host, in seconds; a mutant that stops it may take that long. */
const LIMIT_S = { qemu: 120, debug: 900 };
const ABI: Record<MutantMachine, Abi> = { qemu: 'i386', debug: 'amd64' };
const RECIPE = { qemu: 'v86', debug: 'debug' };

interface Request {
  check: boolean;
  machine: MutantMachine | undefined;
  ids: string[];
}

function parseArguments(): Request {
  const request: Request = { check: false, machine: undefined, ids: [] };
  for (const argument of process.argv.slice(2)) {
    const machine = /^--machine=(qemu|debug)$/.exec(argument)?.[1];
    if (argument === '--check') request.check = true;
    else if (machine) request.machine = machine as MutantMachine;
    else if (argument.startsWith('-'))
      throw new ScriptError(`${argument}: say --check, --machine=qemu or debug, or ids of mutants`);
    else request.ids.push(argument);
  }
  return request;
}

function readMutants(): Mutant[] {
  const files = readdirSync(DATA).filter((name) => name.endsWith('.mutants'));
  const mutants = files.sort().flatMap((name) => {
    const path = join(DATA, name);
    return parseMutants(readFileSync(path, 'utf8'), `kernel-build/mutants/${name}`);
  });
  const twice = doubles(mutants);
  if (twice.length > 0) throw new ScriptError(`these ids are there twice: ${twice.join(', ')}`);
  for (const { id, tests } of mutants) {
    const missing = tests.find((test) => test !== KMEMLEAK && !existsSync(testPath(test)));
    if (missing) throw new ScriptError(`${id}: there is no images/tests/${missing}.t`);
  }
  return mutants;
}

function testPath(test: string): string {
  return join(ROOT, 'images/tests', `${test}.t`);
}

function choose(mutants: Mutant[], { machine, ids }: Request): Mutant[] {
  const unknown = ids.find((id) => !mutants.some((one) => one.id === id));
  if (unknown)
    throw new ScriptError(`no mutant is called ${unknown}; the ids are in kernel-build/mutants/*.mutants`);
  return mutants.filter(
    (one) => (ids.length === 0 || ids.includes(one.id)) && (machine === undefined || one.machine === machine),
  );
}

/** Runs a piece of the kernel scripts' own language (lib/kernel-*.sh, lib/series-steps.sh); returns what it prints. */
async function kernelShell(script: string, ...args: string[]): Promise<string> {
  const libraries = ['kernel-env', 'kernel-make', 'series-steps'].map(
    (name) => `. "$0/scripts/lib/${name}.sh";`,
  );
  try {
    const { stdout } = await promisify(execFile)(
      'bash',
      ['-euo', 'pipefail', '-c', `${libraries.join(' ')} ${script}`, ROOT, ...args],
      { maxBuffer: 1 << 28 },
    );
    return stdout;
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
    if (stdout === undefined || stderr === undefined) throw error;
    throw new ScriptError(`${stdout}${stderr}`.trimEnd().split('\n').slice(-20).join('\n') || message);
  }
}

/** A tree of our own at the end of the series, without what a run that was stopped may have left in it. Returns the hash of it. */
async function prepareTree(): Promise<string> {
  const hash = await kernelShell(`apart mutants v86
    kgit -C "$tree" checkout -q --force --detach "$(kgit rev-parse HEAD)"
    kgit -C "$tree" rev-parse 'HEAD^{tree}'`);
  return hash.trim();
}

/** What is wrong with mutants before anything is built, a sentence each. */
async function misfits(mutants: readonly Mutant[]): Promise<string[]> {
  const sources = new Map<string, string>();
  const bad: string[] = [];
  for (const mutant of mutants) {
    const { file } = mutant;
    try {
      if (!sources.has(file)) sources.set(file, await kernelShell('kgit show "HEAD:$1"', file));
      mutate(sources.get(file)!, mutant);
    } catch (error) {
      bad.push(`${mutant.id}: ${(error as Error).message}`);
    }
  }
  return bad;
}

async function checkFit(mutants: readonly Mutant[]): Promise<void> {
  const bad = await misfits(mutants);
  for (const one of bad) console.log(`not ok - ${one}`);
  console.log(`${mutants.length - bad.length} passed, ${bad.length} failed`);
  process.exitCode = bad.length > 0 || mutants.length === 0 ? 1 : 0;
}

/** Makes the kernel of our tree as it stands and returns its path. Throws with the end of what make said. */
async function makeKernel(machine: MutantMachine, step = ''): Promise<string> {
  const kernel = await kernelShell(
    `recipe "$1"; apart mutants "$1"; ${step} kmake bzImage >&2; echo "$build/arch/x86/boot/bzImage"`,
    RECIPE[machine],
  );
  return kernel.trim();
}

/** kmemleak's findings as the result of a test. */
async function searchLeaks(prover: Prover): Promise<FileResult> {
  const { failed } = prover;
  await prover.searchLeaks();
  const ok = prover.failed === failed;
  return {
    tests: [{ number: 1, ok, title: 'kmemleak: nothing is leaked', diagnostics: [] }],
    faults: [],
    stderr: '',
    loss: undefined,
  };
}

function runTest(prover: Prover, test: string, machine: MutantMachine): Promise<FileResult> {
  return test === KMEMLEAK ? searchLeaks(prover) : prover.run(`${test}.t`, ABI[machine]);
}

function makeProver(machine: MutantMachine, archives: readonly GuestArchive[], otherKernel: string): Prover {
  return new Prover(machine, archives, {
    otherKernel,
    limitS: LIMIT_S[machine],
    firstFailure: true,
    environment: FEWER,
  });
}

/** The kernel without a mutant: builds it and runs every test that the mutants name. Returns its sha256; throws if one is red. */
async function proveOriginal(
  machine: MutantMachine,
  mutants: readonly Mutant[],
  archives: readonly GuestArchive[],
): Promise<string> {
  // The configuration may have changed since the last run.
  const kernel = await makeKernel(machine, 'configure;');
  const hash = sha256File(kernel);
  const prover = makeProver(machine, archives, kernel);
  const tests = [...new Set(mutants.flatMap((one) => one.tests))];
  try {
    for (const test of [
      ...tests.filter((one) => one !== KMEMLEAK),
      ...tests.filter((one) => one === KMEMLEAK),
    ]) {
      const { end, said } = outcomeOf(await runTest(prover, test, machine));
      if (end !== 'green')
        throw new ScriptError(
          `${test} is ${end} on the kernel without a mutant, so it shows nothing: ${said}`,
        );
    }
  } finally {
    await prover.stop();
  }
  console.log(`ok - ${machine}: ${tests.join(', ')} pass without a mutant (bzImage ${hash})`);
  return hash;
}

/** Builds the kernel with a mutant and puts it into `kernel`. Throws a ScriptError if it does not build. */
async function buildMutant(mutant: Mutant, kernel: string): Promise<void> {
  const path = join(TREE, mutant.file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, mutate(source, mutant));
  try {
    copyFileSync(await makeKernel(mutant.machine), kernel);
  } finally {
    writeFileSync(path, source);
  }
}

/** Runs the tests of a mutant on its kernel until one is red. */
async function testMutant(
  mutant: Mutant,
  kernel: string,
  archives: readonly GuestArchive[],
): Promise<Verdict> {
  const prover = makeProver(mutant.machine, archives, kernel);
  try {
    for (const test of mutant.tests) {
      const verdict = judgeTest(mutant, test, await runTest(prover, test, mutant.machine));
      if (verdict) return verdict;
    }
  } finally {
    await prover.stop();
  }
  return survived(mutant);
}

/** The verdict of each mutant, in turn; the kernel of the next is built while one is tested. */
async function* tryMutants(
  mutants: readonly Mutant[],
  archivesOf: (machine: MutantMachine) => readonly GuestArchive[],
): AsyncGenerator<Verdict> {
  const kernelOf = (index: number): string => join(APART, `${index % 2}.bzImage`);
  const build = async (index: number): Promise<Error | undefined> => {
    try {
      if (index < mutants.length) await buildMutant(mutants[index]!, kernelOf(index));
    } catch (error) {
      return error as Error;
    }
  };
  let building = build(0);
  for (const [index, mutant] of mutants.entries()) {
    const failure = await building;
    building = build(index + 1);
    try {
      if (failure) throw failure;
      yield await testMutant(mutant, kernelOf(index), archivesOf(mutant.machine));
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      // It did not build, or not boot: nothing was tested.
      yield { id: mutant.id, killed: false, test: '-', said: error.message };
    }
  }
}

/** A test and the modules that it is made of, ours alone, as paths; the catalogue, too, where it is read. */
function sourcesOf(test: string): string[] {
  if (test === KMEMLEAK) return [];
  const found = new Set([testPath(test)]);
  for (const path of found) {
    for (const [, name] of readFileSync(path, 'utf8').matchAll(/^\s*use (\w+)\b/gm)) {
      const module = ['images/tests/lib', 'images/perl']
        .map((folder) => join(ROOT, folder, `${name!}.pm`))
        .find(existsSync);
      if (module) found.add(module);
      if (name === 'Interface')
        for (const catalogue of ['plan.json', 'interface.json']) found.add(join(ROOT, catalogue));
    }
  }
  return [...found].sort();
}

/**
 * What decides the verdict of a mutant besides it: the series, its configuration, and its tests. The other guest programs do not:
 * on those that there are, every test has passed without a mutant.
 */
function surroundings(tree: string, { tests }: Mutant): string {
  const config = readdirSync(CONFIG).map((name) => join(CONFIG, name));
  const files = [...config.sort(), ...tests.flatMap(sourcesOf)];
  return [tree, ...files.map((path) => `${relative(ROOT, path)} ${sha256File(path)}`)].join('\n');
}

async function run(mutants: readonly Mutant[], tree: string): Promise<Map<string, Verdict>> {
  const keyOf = (mutant: Mutant): string =>
    sha256(`${surroundings(tree, mutant)}\n${JSON.stringify(mutant)}`);
  const kept = existsSync(KEPT) ? readJson<Record<string, Verdict>>(KEPT) : {};
  const verdicts = new Map<string, Verdict>();
  const packed = new Map<MutantMachine, readonly GuestArchive[]>();
  const archivesOf = (machine: MutantMachine): readonly GuestArchive[] => {
    if (!packed.has(machine)) packed.set(machine, testArchives([ABI[machine]]));
    return packed.get(machine)!;
  };
  const known = mutants.flatMap((mutant) => kept[keyOf(mutant)] ?? []);
  for (const verdict of known) verdicts.set(verdict.id, verdict);
  console.log(`${known.length} mutants were killed before`);

  const rest = mutants.filter(({ id }) => !verdicts.has(id));
  let start = Date.now();
  for await (const verdict of tryMutants(rest, archivesOf)) {
    const { id, killed, test, said } = verdict;
    verdicts.set(id, verdict);
    const seconds = Math.round((Date.now() - start) / 1000);
    start = Date.now();
    console.log(`${killed ? 'ok' : 'not ok'} - ${id} (${seconds} s): ${test}: ${said}`);
    if (!killed) continue;
    kept[keyOf(mutants.find((mutant) => mutant.id === id)!)] = verdict;
    writeFileSync(KEPT, JSON.stringify(kept, null, 1));
  }
  return verdicts;
}

async function main(): Promise<void> {
  const request = parseArguments();
  const all = readMutants();
  const mutants = choose(all, request);
  execFileSync(join(ROOT, 'scripts/unpack-kernel'), { stdio: ['ignore', 'inherit', 'inherit'] });
  if (request.check) {
    await checkFit(mutants);
    return;
  }
  const bad = await misfits(mutants);
  if (bad.length > 0) throw new ScriptError(bad.join('\n'));
  const tree = await prepareTree();
  const kernels: Partial<Record<MutantMachine, string>> = {};
  for (const machine of ['qemu', 'debug'] as const) {
    const own = mutants.filter((one) => one.machine === machine);
    if (own.length > 0) kernels[machine] = await proveOriginal(machine, own, testArchives([ABI[machine]]));
  }
  const verdicts = await run(mutants, tree);
  if (mutants.length === all.length) {
    const date = new Date().toISOString().slice(0, 10);
    writeFileSync(join(DATA, 'RESULTS.md'), report(mutants, verdicts, { date, kernels, tree }));
  }
  const alive = [...verdicts.values()].filter(({ killed }) => !killed);
  for (const { id, said } of alive) console.log(`not killed: ${id}: ${said}`);
  console.log(`${verdicts.size - alive.length} passed, ${alive.length} failed`);
  process.exit(alive.length === 0 && verdicts.size > 0 ? 0 : 1); // timers of the machines are left
}

runScript('mutants', main);
