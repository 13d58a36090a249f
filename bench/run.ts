// SPDX-License-Identifier: MIT
/**
 * Measures the built page and its machine, and prints a table, then the same as a line of JSON, which is kept in
 * bench/results.json. It judges nothing.
 * Usage: npm run bench -- [--rounds N] [--record] [NAME...]
 *
 * NAME runs only those benchmarks. --record keeps the table in bench/RESULTS.md, for a quiet machine: it is refused when the
 * load of the last minute is above 1.
 */
import './guest-clock.ts';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CHROMIUM } from '../e2e/chromium.ts';
import { ROOT, runMachineScript, ScriptError } from '../scripts/lib/project.ts';
import { V86_VERSION } from '../scripts/machines/v86.ts';
import { type Benchmark, type Figure, markdown, median, type Report, table } from './figures.ts';
import { CONTEXTS } from './contexts.ts';
import { FLOOD } from './flood.ts';
import { GUESTS } from './guests.ts';
import { LESSONS } from './lessons.ts';
import { MEMORY } from './memory.ts';
import { OUTPUT } from './output.ts';
import { PANEL } from './panel.ts';
import { PROCESSOR } from './processor.ts';
import { SCALE } from './scale.ts';
import { SIZES } from './sizes.ts';
import { SPINNING } from './spinning.ts';
import { START } from './start.ts';

/** One of two processors had other work; the build before the measuring leaves half of that. */
const BUSY = 1;

const BENCHMARKS: Benchmark[] = [
  START,
  SPINNING,
  OUTPUT,
  FLOOD,
  LESSONS,
  PANEL,
  PROCESSOR,
  SIZES,
  CONTEXTS,
  GUESTS,
  MEMORY,
  SCALE,
];

function choose(names: string[]): Benchmark[] {
  for (const name of names) {
    if (!BENCHMARKS.some((one) => one.name === name))
      throw new ScriptError(
        `no benchmark ${name}; there are ${BENCHMARKS.map((one) => one.name).join(', ')}`,
      );
  }
  return BENCHMARKS.filter((one) => names.length === 0 || names.includes(one.name));
}

function say(program: string, ...parameters: string[]): string {
  return execFileSync(program, parameters, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

function machine(): Record<string, string> {
  const all = cpus();
  return {
    processor: `${all.length} x ${all[0]?.model.trim() ?? 'unknown'}`,
    load: `${loadavg()[0]!.toFixed(1)} when the measuring began`,
    browser: say(CHROMIUM.executablePath, '--version', '--no-sandbox'),
    node: process.version,
    v86: V86_VERSION,
  };
}

function commit(): string {
  const changed = say('git', 'status', '--porcelain', '--untracked-files=no') === '' ? '' : ' with changes';
  return say('git', 'rev-parse', '--short', 'HEAD') + changed;
}

async function bench(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: 'string', default: '5' }, record: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new ScriptError(`--rounds ${values.rounds}: not a count`);
  const chosen = choose(positionals);
  const load = loadavg()[0]!;
  if (values.record && load > BUSY)
    throw new ScriptError(
      `--record is for a quiet machine, and the load of the last minute is ${load.toFixed(1)}, more than ${BUSY}: wait, or leave it out`,
    );
  const head = { date: new Date().toISOString().slice(0, 10), commit: commit(), machine: machine(), rounds };
  const figures: Figure[] = [];
  for (const { name, run } of chosen) {
    const start = performance.now();
    const found = await run(rounds);
    figures.push(...found);
    console.error(`${name}: measured in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  const report: Report = {
    ...head,
    figures: figures.map((figure) => ({ ...figure, median: median(figure.values) })),
  };
  console.log(`${table(figures)}\n${JSON.stringify(report)}`);
  writeFileSync(join(ROOT, 'bench/results.json'), `${JSON.stringify(report, null, 2)}\n`);
  if (values.record) writeFileSync(join(ROOT, 'bench/RESULTS.md'), markdown(report));
}

runMachineScript('bench', bench);
