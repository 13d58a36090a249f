// SPDX-License-Identifier: MIT
/** Runs test files in one machine and counts what comes of them. */
import {
  type Abi,
  type GuestArchive,
  installArchives,
  testCommand,
} from '../../web/src/engine/guest-tests.ts';
import { TapParser, type TapTest } from '../../web/src/engine/tap-parser.ts';
import { Utf8Stream } from '../../web/src/engine/utf8.ts';
import type { MachineName, MachineOptions } from '../machines/guest-machine.ts';
import { indent, type Loss, type Outcome, WatchedGuest } from './watched-guest.ts';

/** The Perls that a machine has. */
export const ABIS: Record<MachineName, readonly Abi[]> = {
  v86: ['i386'],
  qemu: ['i386'],
  debug: ['amd64', 'i386'],
};

/** Files that a second Perl runs too: they make calls whose structures have a layout for each ABI. */
const ASKS_THE_ABI = /^1[be]-/;

/** The runs of test files on a machine, in their order: all with its first Perl, then some with the next. */
export function runsOf(machine: MachineName, files: readonly string[]): { file: string; abi: Abi }[] {
  return ABIS[machine].flatMap((abi, index) =>
    files.filter((file) => index === 0 || ASKS_THE_ABI.test(file)).map((file) => ({ file, abi })),
  );
}

/** How long a test file may run. */
const LIMIT_S = { v86: 300, qemu: 180, debug: 900 };

/** What came of one test file. */
export interface FileResult {
  tests: readonly TapTest[];
  /** What is wrong besides tests that failed, as sentences. */
  faults: string[];
  stderr: string;
  /** How it ended that did not end by itself; `left`: we turned away at the first failure. */
  loss: Loss | 'left' | undefined;
}

export interface ProverOptions extends MachineOptions {
  /** How long a test file may run, in seconds. */
  limitS?: number;
  /** A file is left at its first failure. */
  firstFailure?: boolean;
  /** Added to the environment of the tests. */
  environment?: Record<string, string>;
}

interface Running {
  guest: WatchedGuest;
  /** Back to the state before any test; machines without it keep going. */
  restore: (() => Promise<void>) | undefined;
}

export class Prover {
  passed = 0;
  failed = 0;
  #running: Running | undefined;

  constructor(
    private readonly machineName: MachineName,
    private readonly archives: readonly GuestArchive[],
    private readonly options: ProverOptions = {},
  ) {}

  /** Runs one file, prints its line, and every failure in full; returns what it counted. */
  async prove(file: string, abi: Abi): Promise<{ passed: number; failed: number }> {
    const start = Date.now();
    const { tests, faults, stderr } = await this.run(file, abi);
    const failures = tests.filter((test) => !test.ok);
    const counts = { passed: tests.length - failures.length, failed: failures.length + faults.length };
    this.passed += counts.passed;
    this.failed += counts.failed;
    const good = counts.failed === 0;
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    const name = this.machineName === 'debug' ? `${file} (${abi})` : file;
    console.log(
      `${name} ${'.'.repeat(Math.max(2, 32 - name.length))} ${good ? 'ok' : 'FAILED'}  ${tests.length} tests, ${seconds} s`,
    );
    if (process.env['VS_VERBOSE']) showDiagnostics(tests);
    for (const test of failures)
      console.log(indent(`not ok ${test.number} - ${test.title}`, ...test.diagnostics));
    for (const fault of faults) console.log(indent(fault));
    if (!good && stderr !== '') console.log(indent('Standard error:', stderr));
    return counts;
  }

  /** Runs one file in a guest that is ready for it. Throws when none comes up. */
  async run(file: string, abi: Abi): Promise<FileResult> {
    const guest = await this.#fresh();
    const parser = new TapParser();
    const printed = new Utf8Stream();
    let leave = (): void => {};
    const left = new Promise<'left'>((resolve) => (leave = () => resolve('left')));
    const run = this.#run(guest, file, abi, (bytes) => {
      const tests = parser.feed(printed.push(bytes));
      if (this.options.firstFailure && tests.some((test) => !test.ok)) leave();
    });
    const outcome = await Promise.race([run, left]);
    const { tests, problems } = parser.finish();
    const faults = outcome === 'left' ? [] : [...problems, ...outcome.problems];
    faults.push(...guest.splats());
    const loss = outcome === 'left' ? outcome : outcome.loss;
    if (loss) await this.stop();
    return { tests, faults, stderr: outcome === 'left' ? '' : outcome.stderr, loss };
  }

  /** Asks kmemleak for memory that nobody refers to; then whether all that looks for faults did so to the end. */
  async searchLeaks(): Promise<void> {
    const guest = await this.#fresh();
    this.#judge('kmemleak', await guest.leaks());
    this.#judge('debug machine', await guest.lost());
  }

  /** Counts a check that is no test file, and prints its line. */
  #judge(name: string, faults: string[]): void {
    const good = faults.length === 0;
    if (good) this.passed++;
    else this.failed++;
    console.log(`${name} ${'.'.repeat(32 - name.length)} ${good ? 'ok' : 'FAILED'}`);
    if (!good) console.log(indent(...faults));
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.guest.stop();
  }

  /** A guest that is ready for the next file. */
  async #fresh(): Promise<WatchedGuest> {
    this.#running ??= await this.#boot();
    await this.#running.restore?.();
    return this.#running.guest;
  }

  async #boot(): Promise<Running> {
    const guest = await WatchedGuest.boot(this.machineName, this.options);
    try {
      await installArchives(guest.client, this.archives);
      return { guest, restore: await guest.checkpoint() };
    } catch (error) {
      await guest.stop();
      throw error;
    }
  }

  #run(guest: WatchedGuest, file: string, abi: Abi, onOutput: (bytes: Uint8Array) => void): Promise<Outcome> {
    const own = Object.entries(process.env).filter(([name]) => name.startsWith('VS_'));
    const environment = [...own, ...Object.entries(this.options.environment ?? {})].map(
      ([name, value = '']) => [name, value] as const,
    );
    const command = testCommand({ file, machine: this.machineName, abi, environment });
    return guest.run(command, this.options.limitS ?? LIMIT_S[this.machineName], onOutput);
  }
}

function showDiagnostics(tests: readonly TapTest[]): void {
  for (const test of tests)
    console.log(indent(`${test.ok ? 'ok' : 'not ok'} ${test.number} - ${test.title}`, ...test.diagnostics));
}
