// SPDX-License-Identifier: MIT
/** Runs test files in one machine and counts what comes of them. */
import type { AgentClient, ExecResult } from '../../web/src/engine/agent-client.ts';
import { TapParser, type TapTest } from '../../web/src/engine/tap-parser.ts';
import {
  connectAgent,
  type GuestMachine,
  type MachineName,
  type MachineOptions,
  nodeEnvironment,
} from '../machines/guest-machine.ts';
import { startQemu } from '../machines/qemu.ts';
import { startV86 } from '../machines/v86.ts';
import { missingSigns } from './debug-signs.ts';
import { ScriptError } from './project.ts';
import { findSplats, hasEnded } from './splats.ts';
import { type Abi, installTests, pathOf } from './test-bundle.ts';

/** How long a test file may run. */
const LIMIT_S = { v86: 300, qemu: 180, debug: 900 };
/** kmemleak reports only what has been unreferenced for so long. */
const LEAK_AGE_S = 5;

/**
 * How a test ended that did not end by itself: the guest killed it at the limit (`stuck`), the machine panicked or was reset
 * (`ended`), nothing in it answered any more (`silent`), or we turned away at the first failure (`left`).
 */
export type Loss = 'stuck' | 'ended' | 'silent' | 'left';

/** What came of one test file. */
export interface FileResult {
  tests: readonly TapTest[];
  /** What is wrong besides tests that failed, as sentences. */
  faults: string[];
  stderr: string;
  loss: Loss | undefined;
}

export interface ProverOptions extends MachineOptions {
  /** How long a test file may run, in seconds. */
  limitS?: number;
  /** A file is left at its first failure. */
  firstFailure?: boolean;
  /** Added to the environment of the tests. */
  environment?: Record<string, string>;
}

/** The part of a result that is not TAP. */
interface Outcome {
  problems: string[];
  stderr: string;
  loss: Loss | undefined;
}

interface Running {
  machine: GuestMachine;
  client: AgentClient;
  /** Back to the state before any test; machines without it keep going. */
  restore: (() => Promise<void>) | undefined;
  /** How much of the console has been searched. */
  searched: number;
}

export class Prover {
  passed = 0;
  failed = 0;
  #running: Running | undefined;

  constructor(
    private readonly machineName: MachineName,
    private readonly bundle: Buffer,
    private readonly options: ProverOptions = {},
  ) {}

  /** Runs one file and prints its line, and every failure in full. */
  async prove(file: string, abi: Abi): Promise<void> {
    const start = Date.now();
    const { tests, faults, stderr } = await this.run(file, abi);
    const failures = tests.filter((test) => !test.ok);
    this.passed += tests.length - failures.length;
    this.failed += failures.length + faults.length;
    const good = failures.length + faults.length === 0;
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
  }

  /** Runs one file in a machine that is ready for it. Throws when none comes up. */
  async run(file: string, abi: Abi): Promise<FileResult> {
    const running = await this.#fresh();
    const parser = new TapParser();
    const decoder = new TextDecoder();
    let leave = (): void => {};
    const left = new Promise<Outcome>((resolve) => {
      leave = () => resolve({ problems: [], stderr: '', loss: 'left' });
    });
    const run = this.#run(running, file, abi, (bytes) => {
      const tests = parser.feed(decoder.decode(bytes, { stream: true }));
      if (this.options.firstFailure && tests.some((test) => !test.ok)) leave();
    });
    const outcome = await Promise.race([run, left]);
    const { tests, problems } = parser.finish();
    if (outcome.loss !== 'left') outcome.problems.unshift(...problems);
    const faults = [...outcome.problems, ...this.#splats(running)];
    if (outcome.loss) await this.stop();
    return { tests, faults, stderr: outcome.stderr, loss: outcome.loss };
  }

  /** Asks kmemleak, twice, for memory that nobody refers to; then whether all that looks for faults did so to the end. */
  async searchLeaks(): Promise<void> {
    const running = await this.#fresh();
    const { client } = running;
    const uptime = 'cut -d. -f1 /proc/uptime';
    // The age is the kernel's own rule, so the wait is for its clock; the second scan tells what the first has marked.
    const { exitCode, stdout, stderr } = await client.exec(
      `mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug || exit 1
       k=/sys/kernel/debug/kmemleak; test -e $k || { echo "no $k" >&2; exit 1; }
       end=$(($(${uptime}) + ${LEAK_AGE_S + 1})); while [ $(${uptime}) -lt $end ]; do usleep 100000; done
       echo scan >$k && echo scan >$k && cat $k`,
      { timeoutMs: LIMIT_S.debug * 1000, capBytes: 1 << 26 },
    );
    const report = Buffer.from(stdout).toString();
    const quiet = exitCode === 0 && report.trim() === '';
    this.#judge('kmemleak', quiet ? [] : [report.slice(0, 20_000), Buffer.from(stderr).toString()]);
    const missing = (await missingOf(client)).map((sign) => `The machine has lost ${sign}`);
    this.#judge('debug machine', [...missing, ...this.#splats(running)]);
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
    running?.client.close();
    await running?.machine.stop();
  }

  /** A machine that is ready for the next file. */
  async #fresh(): Promise<Running> {
    this.#running ??= await this.#boot();
    const { client, restore } = this.#running;
    if (restore) {
      await restore();
      this.#running.searched = 0;
      await client.openSession();
      await client.setClock(Date.now(), nodeEnvironment.random(32));
    }
    return this.#running;
  }

  async #boot(): Promise<Running> {
    const { machineName, options } = this;
    const machine = machineName === 'v86' ? await startV86(options) : await startQemu(machineName, options);
    try {
      const client = await connectAgent(machine);
      // Warnings are below what `quiet` lets through: what the boot said is read, what comes later reaches the console.
      const { stdout } = await client.exec('dmesg; dmesg -n 8');
      const splats = findSplats(Buffer.from(stdout).toString());
      if (splats.length > 0) throw new ScriptError(`the boot itself went wrong:\n${splats.join('\n')}`);
      const missing = machineName === 'debug' ? await missingOf(client) : [];
      if (missing.length > 0) throw new ScriptError(`the debug machine lacks ${missing.join('; ')}`);
      await client.setClock(Date.now(), nodeEnvironment.random(32));
      await installTests(client, this.bundle);
      const restore = await machine.checkpoint?.();
      return { machine, client, restore, searched: machine.console().length };
    } catch (error) {
      await machine.stop();
      throw error;
    }
  }

  /** Runs the test; `problems` is empty when it exited with 0 in time, with a `loss` the machine is of no more use. */
  async #run(
    { machine, client }: Running,
    file: string,
    abi: Abi,
    onOutput: (bytes: Uint8Array) => void,
  ): Promise<Outcome> {
    const limit = this.options.limitS ?? LIMIT_S[this.machineName];
    const own = Object.entries(process.env).filter(([name]) => name.startsWith('VS_'));
    const environment = [
      ...own,
      ...Object.entries(this.options.environment ?? {}),
      ['VS_MACHINE', this.machineName],
      ['VS_ABI', abi],
      ['PATH', pathOf(abi)],
    ]
      .concat([
        ['PERL5LIB', '/tests/lib:/tests/perl'],
        ['LC_ALL', 'C'], // the guest has no locales
      ])
      .map(([name, value]) => `${name}='${value}'`);
    const command = `cd /tests && exec env ${environment.join(' ')} perl -Ilib ${file}`;
    const run = client.exec(command, {
      timeoutMs: limit * 1000,
      capBytes: 1 << 26,
      onOutput: (stream, bytes) => stream === 'stdout' && onOutput(bytes),
    });
    try {
      const result = await Promise.race([run, machine.ended, endOf(machine, (limit + 30) * 1000)]);
      return {
        problems: judge(result, limit),
        stderr: Buffer.from(result.stderr).toString(),
        loss: result.reason === 'exited' ? undefined : 'stuck',
      };
    } catch (error) {
      run.catch(() => {}); // it rejects when the client is closed
      const loss = error instanceof Silence ? 'silent' : 'ended';
      return { problems: [error instanceof Error ? error.message : String(error)], stderr: '', loss };
    }
  }

  #splats(running: Running): string[] {
    const text = running.machine.console();
    const splats = findSplats(text.slice(running.searched));
    running.searched = text.length;
    return splats.map((splat) => `The kernel complained:\n${splat}`);
  }
}

function missingOf(client: AgentClient): Promise<string[]> {
  return missingSigns(async (command) => {
    const { stdout, stderr } = await client.exec(command);
    return Buffer.concat([stdout, stderr]).toString();
  });
}

function judge(result: ExecResult, limit: number): string[] {
  if (result.reason === 'timeout') return [`It did not end in ${limit} s.`];
  if (result.signal !== null) return [`It was ended by signal ${result.signal}.`];
  return result.exitCode === 0 ? [] : [`It exited with ${result.exitCode}.`];
}

/** Not even the guest's own limit came. */
class Silence extends ScriptError {}

/** Rejects when the console tells that the guest has ended; with Silence after `limitMs`. */
function endOf(machine: GuestMachine, limitMs: number): Promise<never> {
  const start = Date.now();
  return new Promise((_, reject) => {
    const timer = setInterval(() => {
      const text = machine.console();
      const ended = hasEnded(text);
      if (!ended && Date.now() - start < limitMs) return;
      clearInterval(timer);
      const tail = text.split('\n').slice(-40).join('\n');
      reject(
        ended
          ? new ScriptError(`The machine has ended; its console ends:\n${tail}`)
          : new Silence(`Nothing in the machine answers; its console ends:\n${tail}`),
      );
    }, 500);
    timer.unref();
  });
}

function showDiagnostics(tests: readonly TapTest[]): void {
  for (const test of tests)
    console.log(indent(`${test.ok ? 'ok' : 'not ok'} ${test.number} - ${test.title}`, ...test.diagnostics));
}

function indent(...lines: string[]): string {
  return lines
    .flatMap((line) => line.trimEnd().split('\n'))
    .map((line) => `    ${line}`)
    .join('\n');
}
