// SPDX-License-Identifier: MIT
/**
 * Mutants: the kernel with one check or one count taken away, as data (kernel-build/mutants/*.mutants), and what their tests say.
 *
 *   mutant caller-is-host
 *   file: kernel/vserver/syscall.c
 *   tests: 1b-syscall
 *   why: who is not of the host could administrate contexts
 *   -	if (!vx_check(0, VS_ADMIN))
 *   +	if (false)
 *
 * Lines with '-' are replaced by those with '+', lines with a blank stand around them: whole lines, which must be in the file exactly
 * once. `tests` are run in this order until one is red. Two more keys may be given: `machine: debug`, for what only four CPUs or KASAN
 * show, and `ends: stuck`, `ended` or `silent`, for a mutant that no failed check but a Loss tells of.
 */
import type { FileResult } from './prover.ts';
import type { Loss } from './watched-guest.ts';
import { ScriptError } from './project.ts';

export type MutantMachine = 'qemu' | 'debug';
type End = 'red' | Loss;

export interface Mutant {
  id: string;
  /** Path in the kernel's tree. */
  file: string;
  /** Whole lines, each with its end. */
  before: string;
  after: string;
  /** Test files without .t, or KMEMLEAK. */
  tests: string[];
  why: string;
  machine: MutantMachine;
  ends: End;
}

/** In place of a test file: the debug machine's search for leaked memory, behind the tests before it. */
export const KMEMLEAK = 'kmemleak';

const KEYS = ['file', 'tests', 'why', 'machine', 'ends'];
const MACHINES = ['qemu', 'debug'];
const ENDS = ['red', 'stuck', 'ended', 'silent'];

/** Reads a file of mutants; `name` is for errors, which name the line. */
export function parseMutants(text: string, name: string): Mutant[] {
  const blocks: { id: string; line: number; keys: Map<string, string>; diff: string[] }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const fail = (why: string): never => {
      throw new ScriptError(`${name}:${index + 1}: ${why}`);
    };
    const block = blocks.at(-1);
    const id = /^mutant ([a-z0-9-]+)$/.exec(line)?.[1];
    const [, key, value] = /^(\w+): (.+)$/.exec(line) ?? [];
    if (id !== undefined) blocks.push({ id, line: index + 1, keys: new Map(), diff: [] });
    else if (line === '' || line.startsWith('#')) continue;
    else if (!block) fail('a mutant begins with "mutant ID"');
    else if (/^[-+ ]/.test(line)) block.diff.push(line);
    else if (key === undefined) fail(`no "key: value", and none of -, + and a blank before it: ${line}`);
    else if (!KEYS.includes(key)) fail(`no key is called ${key}: ${KEYS.join(', ')}`);
    else if (block.keys.has(key)) fail(`${key} is there twice`);
    else block.keys.set(key, value!);
  }
  return blocks.map(({ id, line, keys, diff }) => {
    try {
      return makeMutant(id, keys, diff);
    } catch (error) {
      throw new ScriptError(`${name}:${line}: ${id}: ${(error as Error).message}`);
    }
  });
}

function makeMutant(id: string, keys: Map<string, string>, diff: string[]): Mutant {
  const get = (key: string, fallback?: string): string => {
    const value = keys.get(key) ?? fallback;
    if (value === undefined) throw new Error(`it has no "${key}:"`);
    return value;
  };
  const one = <T extends string>(key: string, all: string[], fallback: T): T => {
    const value = get(key, fallback);
    if (!all.includes(value)) throw new Error(`${key} is ${value}, and not one of ${all.join(', ')}`);
    return value as T;
  };
  const side = (sign: string): string =>
    diff
      .filter((line) => line.startsWith(sign) || line.startsWith(' '))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const mutant: Mutant = {
    id,
    file: get('file'),
    before: side('-'),
    after: side('+'),
    tests: get('tests').split(/\s+/),
    why: get('why'),
    machine: one<MutantMachine>('machine', MACHINES, 'qemu'),
    ends: one<End>('ends', ENDS, 'red'),
  };
  if (mutant.before === mutant.after) throw new Error('it changes nothing: lines with - and + say what');
  if (mutant.tests.includes(KMEMLEAK) && mutant.machine !== 'debug')
    throw new Error(`${KMEMLEAK} needs machine: debug`);
  return mutant;
}

/** The ids that are there more than once. */
export function doubles(mutants: readonly Mutant[]): string[] {
  const ids = mutants.map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}

/** The source with the mutant in it. Throws when its lines are not there exactly once. */
export function mutate(source: string, { file, before, after }: Mutant): string {
  // Whole lines: behind the end of another.
  const [text, lines] = [`\n${source}`, `\n${before}`];
  const at = text.indexOf(lines);
  if (at < 0) throw new ScriptError(`stale: ${file} has no longer the lines\n${before}`);
  if (text.indexOf(lines, at + 1) >= 0)
    throw new ScriptError(`its lines are more than once in ${file}; take in more, with a blank before them`);
  return `${text.slice(0, at)}\n${after}${text.slice(at + lines.length)}`.slice(1);
}

/** How a test file ended, in the words of `ends`, or `green`; and what it said first. */
export function outcomeOf({ tests, faults, loss }: FileResult): { end: End | 'green'; said: string } {
  const failure = tests.find((test) => !test.ok);
  const said = failure ? failure.title : (faults[0] ?? '').split('\n').slice(0, 2).join(' ');
  if (failure) return { end: 'red', said };
  if (loss !== undefined && loss !== 'left') return { end: loss, said };
  return faults.length > 0 ? { end: 'red', said } : { end: 'green', said };
}

/** What became of a mutant. */
export interface Verdict {
  id: string;
  /** Noticed by a test, in the way that the mutant says. */
  killed: boolean;
  /** The test that ended it, or all that did not. */
  test: string;
  /** What that said first, or why this is no kill. */
  said: string;
}

/** Judges one test of a mutant; undefined: it is green, go on with the next. */
export function judgeTest(mutant: Mutant, test: string, result: FileResult): Verdict | undefined {
  const { end, said } = outcomeOf(result);
  if (end === 'green') return undefined;
  const killed = end === mutant.ends;
  const other = `it ends ${end}, and not ${mutant.ends} as the mutant says (ends:): ${said}`;
  return { id: mutant.id, killed, test, said: killed ? said : other };
}

/** The verdict when every test was green. */
export function survived({ id, tests, file }: Mutant): Verdict {
  return {
    id,
    killed: false,
    test: tests.join(', '),
    said: `SURVIVED: no test notices it; write the check that is missing (${file})`,
  };
}

export interface Origin {
  date: string;
  /** The kernel that all tests pass on, by machine: sha256 of its bzImage. */
  kernels: Partial<Record<MutantMachine, string>>;
  /** The kernel's tree with the series in it. */
  tree: string;
}

/** The text of RESULTS.md. */
export function report(
  mutants: readonly Mutant[],
  verdicts: ReadonlyMap<string, Verdict>,
  origin: Origin,
): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
  const rows = mutants.map(({ id, file, why, machine }) => {
    const { killed, test, said } = verdicts.get(id)!;
    const where = machine === 'qemu' ? test : `${test} (${machine})`;
    return `| ${id} | ${file} | ${cell(why)} | ${killed ? where : '**not killed**'} | ${cell(said)} |`;
  });
  const killed = mutants.filter(({ id }) => verdicts.get(id)!.killed).length;
  return [
    '# Mutants',
    '',
    'Written by `npm run mutants`. Each is the kernel with one check or one count taken away; the tests pass on the kernel without it.',
    '',
    `${killed} of ${mutants.length} killed, ${origin.date}.`,
    '',
    `- series: tree ${origin.tree}`,
    ...Object.entries(origin.kernels).map(([machine, hash]) => `- ${machine}: bzImage ${hash}`),
    '',
    '| mutant | file | without it | red test | which says first |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
