// SPDX-License-Identifier: MIT
/**
 * What the verbs that load a kernel (stress, fuzz, lives) share: their options, the C programs of images/stress, a run of one in a
 * QEMU machine under the eyes of whatever looks for faults there, and the record of a long run.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIST } from './image.ts';
import { compileGuest } from './guest-tools.ts';
import { CACHE, readJson, ROOT, ScriptError, sha256File } from './project.ts';
import type { Abi } from '../../web/src/engine/guest-tests.ts';
import { indent, WatchedGuest } from './watched-guest.ts';

const FOLDER = join(ROOT, 'images/stress');
/** Of each program. */
const SOURCES = {
  stress: ['stress.c', 'cycle.c', 'cycles-tasks.c', 'cycles-objects.c', 'readers.c', 'counts.c', 'program.c'],
  lives: ['lives.c', 'counts.c', 'program.c'],
  fuzz: ['fuzz.c', 'caller.c', 'calls.c', 'oracle.c', 'words.c', 'world.c', 'counts.c', 'program.c'],
};
export type Program = keyof typeof SOURCES;
export type LoadMachine = 'qemu' | 'debug';

/** Where long runs are recorded. */
const RECORDS = join(ROOT, 'docs/long-runs.json');
/** From when a program is asked to end until it has, and has told even of what hung. On a busy host a guest's clock is slow. */
const GRACE_S = 420;

export interface LoadOptions {
  machine: LoadMachine;
  kernel: string | undefined;
  /** How much is done at most, in what the program counts. */
  count: number;
  seconds: number;
  seed: number;
  /** Whether the run is to be recorded. */
  record: boolean;
}

/** One run of a program, as it is recorded. */
export interface Run {
  what: string;
  /** The last thing that the program printed of itself: seed and counts. */
  counts: string;
  failures: string[];
}

/**
 * Reads --machine, --kernel, --seconds, --seed, --record and `countName` (cycles, calls, lives) from the command line. A seed that
 * is not given is chosen; every program prints its own.
 */
export function parseLoadOptions(
  countName: string,
  defaults: { count: number; seconds: number },
): LoadOptions {
  const options: LoadOptions = {
    machine: 'debug',
    kernel: undefined,
    ...defaults,
    seed: Math.floor(Math.random() * 2 ** 32),
    record: false,
  };
  for (const argument of process.argv.slice(2)) {
    const [, name, value] = /^--(\w+)=(.+)$/.exec(argument) ?? [];
    if (argument === '--record') options.record = true;
    else if (name === 'machine' && (value === 'qemu' || value === 'debug')) options.machine = value;
    else if (name === 'kernel') options.kernel = value;
    else if (name === countName) options.count = wholeNumber(argument, value!);
    else if (name === 'seconds' || name === 'seed') options[name] = wholeNumber(argument, value!);
    else
      throw new ScriptError(
        `${argument}: say --machine=qemu or debug, --${countName}=N, --seconds=N, --seed=N, --kernel=FILE or --record`,
      );
  }
  return options;
}

function wholeNumber(argument: string, value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new ScriptError(`${argument}: not a whole number`);
  return number;
}

/** A machine with programs to run in it. */
export class Load {
  private constructor(
    private readonly guest: WatchedGuest,
    private readonly options: LoadOptions,
  ) {}

  static async boot(options: LoadOptions): Promise<Load> {
    return new Load(await WatchedGuest.boot(options.machine, { otherKernel: options.kernel }), options);
  }

  /**
   * Runs a program, asks it to end when its seconds are over, shows what it prints, and collects what went wrong in it and in
   * the kernel meanwhile.
   */
  async run(program: Program, abi: Abi, seconds: number, parameters: string[]): Promise<Run> {
    const path = `/run/${program}-${abi}`;
    await this.guest.client.writeFile(path, compileGuest(FOLDER, SOURCES[program], abi), { mode: 0o755 });
    const what = `${program} (${this.options.machine}, ${abi})`;
    console.log(`${what}: ${parameters.join(' ')}`);
    const end = setTimeout(() => {
      // Whether it does is told by the run itself.
      this.guest.client.exec(`kill -TERM $(cat ${path}.pid)`).catch(() => {});
    }, seconds * 1000);
    const decoder = new TextDecoder();
    let text = '';
    const { problems, stderr } = await this.guest.run(
      `echo $$ >${path}.pid; exec ${path} ${parameters.join(' ')}`,
      seconds + GRACE_S,
      (bytes) => {
        const more = decoder.decode(bytes, { stream: true });
        text += more;
        process.stdout.write(more);
      },
    );
    clearTimeout(end);
    const said = stderr === '' ? [] : [`Standard error:\n${stderr}`];
    const counts = text.split('\n').findLast((line) => line.startsWith('seed ')) ?? '';
    if (counts === '') problems.push('It has not said what it did.');
    return { what, counts, failures: [...problems, ...said, ...this.guest.splats()] };
  }

  /** On the debug machine: leaked memory, and whether what looks for faults did so to the end. */
  async searchLeaks(): Promise<string[]> {
    return this.options.machine === 'debug'
      ? [...(await this.guest.leaks()), ...(await this.guest.lost())]
      : [];
  }

  stop(): Promise<void> {
    return this.guest.stop();
  }
}

/** Boots, lets `use` run programs, searches for leaks; prints what came of each, records it when asked to, and counts. */
export async function load(options: LoadOptions, use: (load: Load) => Promise<Run[]>): Promise<void> {
  const subject = subjectOf(options);
  const machine = await Load.boot(options);
  const runs: Run[] = [];
  try {
    runs.push(...(await use(machine)));
    // A machine that is lost cannot be asked.
    const leaks = runs.some(({ failures }) => failures.length) ? [] : await machine.searchLeaks();
    if (options.machine === 'debug')
      runs.push({ what: 'kmemleak, debug machine', counts: '', failures: leaks });
  } finally {
    await machine.stop();
  }
  for (const { what, failures } of runs) {
    console.log(`${what} ${'.'.repeat(Math.max(2, 32 - what.length))} ${failures.length ? 'FAILED' : 'ok'}`);
    if (failures.length) console.log(indent(...failures));
  }
  const failed = runs.filter(({ failures }) => failures.length).length;
  if (options.record) record(subject, options, runs);
  console.log(`${runs.length - failed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

/** What is run. Asked before it is, for hours later there may be another commit and another kernel. */
interface Subject {
  commit: string;
  kernel: string;
}

function subjectOf(options: LoadOptions): Subject {
  const kernel =
    options.kernel ?? (options.machine === 'qemu' ? join(DIST, 'bzImage') : join(CACHE, 'out/debug/bzImage'));
  const git = (...parameters: string[]): string =>
    execFileSync('git', parameters, { cwd: ROOT, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
  return {
    commit: git('rev-parse', '--short=12', 'HEAD') + (changed ? ' and work that is not committed' : ''),
    kernel: sha256File(kernel),
  };
}

/** A row a run in docs/long-runs.json: on which commit and kernel, when, and what came of it. */
function record(subject: Subject, options: LoadOptions, runs: readonly Run[]): void {
  const rows = existsSync(RECORDS) ? readJson<object[]>(RECORDS) : [];
  rows.push({
    date: new Date().toISOString().slice(0, 10),
    ...subject,
    machine: options.machine,
    runs: runs.map(({ what, counts, failures }) => ({
      what,
      counts,
      result: failures.length ? failures[0]!.split('\n')[0] : 'ok',
    })),
  });
  writeFileSync(RECORDS, `${JSON.stringify(rows, null, 2)}\n`);
}
