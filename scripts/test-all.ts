// SPDX-License-Identifier: MIT
/**
 * Runs every check of the project, or the stages that are named, and ends with one line, "N passed, N failed".
 * Usage: tsx scripts/test-all.ts [stage...]        (npm test; --list prints the stages)
 *
 * Each stage is a verb of its own and can be run alone; those that keep a machine busy run two at a time. One that fails
 * does not keep the next from running, except `packages`, without which the others would only say that a program is missing.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { totals, type Counts } from './lib/counts.ts';
import { ROOT, runScript, ScriptError } from './lib/project.ts';

interface Stage {
  name: string;
  command: string;
  /** What it counts: tests it says it ran, or itself as one check. */
  counts: 'tests' | 'one';
  /** A machine that keeps one CPU busy: it runs beside the next of this kind. What it prints is shown when it ends. */
  beside?: true;
}

const STAGES: Stage[] = [
  { name: 'packages', command: 'scripts/install-packages && tsx scripts/fetch-packages.ts', counts: 'one' },
  { name: 'format', command: 'prettier --check .', counts: 'one' },
  { name: 'lint', command: 'eslint . && scripts/check-shell', counts: 'one' },
  { name: 'types', command: 'npm run check', counts: 'one' },
  { name: 'ids', command: 'tsx scripts/check-ids.ts', counts: 'tests' },
  { name: 'lessons', command: 'tsx scripts/check-lessons.ts', counts: 'tests' },
  { name: 'unit', command: 'vitest run', counts: 'tests' },
  { name: 'patches', command: 'scripts/check-patches', counts: 'tests' },
  // That each patch was booted as it is, is on record: to do it again takes an hour.
  { name: 'series', command: 'scripts/check-series --check', counts: 'tests' },
  { name: 'mutants', command: 'tsx scripts/mutants.ts --check', counts: 'tests' },
  { name: 'kernel-v86', command: 'scripts/build-kernel v86', counts: 'one' },
  { name: 'kernel-debug', command: 'scripts/build-kernel debug', counts: 'one' },
  { name: 'kernel-off', command: 'scripts/build-kernel off', counts: 'one' },
  { name: 'kernel-plain', command: 'scripts/build-kernel plain', counts: 'one' },
  { name: 'callers', command: 'tsx scripts/check-callers.ts', counts: 'tests' },
  { name: 'nothing-left', command: 'scripts/check-off', counts: 'tests' },
  { name: 'image', command: 'tsx scripts/check-dist.ts --rebuild', counts: 'tests' },
  { name: 'agent', command: 'vitest run --config images/agent-tests/vitest.config.ts', counts: 'tests' },
  // The long one first: the others are done beside it.
  { name: 'prove-debug', command: 'tsx scripts/prove.ts --machine=debug', counts: 'tests', beside: true },
  { name: 'prove-v86', command: 'tsx scripts/prove.ts --machine=v86', counts: 'tests', beside: true },
  { name: 'prove-qemu', command: 'tsx scripts/prove.ts --machine=qemu', counts: 'tests', beside: true },
  {
    name: 'lessons-v86',
    command: 'tsx scripts/prove-lessons.ts --machine=v86',
    counts: 'tests',
    beside: true,
  },
  // Tools of another generation are told the version that they want.
  {
    name: 'prove-version',
    command: 'tsx scripts/prove.ts --machine=qemu --append=vserver.version=0x00020305 1c',
    counts: 'tests',
    beside: true,
  },
  // The switches of 1d are read from the command line too.
  {
    name: 'prove-vsdebug',
    command: 'tsx scripts/prove.ts --machine=qemu --append=vsdebug=xid=0x3,misc=ff,nid=16,bogus=1 1d',
    counts: 'tests',
    beside: true,
  },
  // And contexts do without the options that can be left out.
  {
    name: 'prove-plain',
    command: 'tsx scripts/prove.ts --machine=qemu --kernel=plain',
    counts: 'tests',
    beside: true,
  },
  { name: 'oops-qemu', command: 'tsx scripts/check-oops.ts --machine=qemu', counts: 'tests', beside: true },
  { name: 'oops-debug', command: 'tsx scripts/check-oops.ts --machine=debug', counts: 'tests', beside: true },
  // A minute each; the long forms are verbs of their own.
  { name: 'lives', command: 'tsx scripts/lives.ts --machine=qemu --lives=50', counts: 'tests', beside: true },
  {
    name: 'stress',
    command: 'tsx scripts/stress.ts --machine=debug --seconds=60',
    counts: 'tests',
    beside: true,
  },
  {
    name: 'fuzz',
    command: 'tsx scripts/fuzz.ts --machine=debug --seconds=60',
    counts: 'tests',
    beside: true,
  },
  { name: 'page', command: 'npm run build', counts: 'one' },
  // It has to end well; what it measures is not judged.
  {
    name: 'bench-smoke',
    command: 'tsx bench/run.ts --rounds 1 sizes start output contexts guests',
    counts: 'one',
  },
  { name: 'e2e', command: 'playwright test', counts: 'tests' },
];

/** Runs one command in the project's root and returns what it printed with the exit code; `show` gets it as it comes. */
function run(command: string, show: (chunk: Buffer) => void): Promise<{ code: number; output: string }> {
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH: path, NO_COLOR: '1', FORCE_COLOR: undefined };
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/bash', ['-c', command], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
      show(chunk);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

async function runStage(stage: Stage): Promise<Counts> {
  const heading = `\n=== ${stage.name}: ${stage.command}`;
  if (!stage.beside) console.log(heading);
  const started = Date.now();
  const { code, output } = await run(stage.command, (chunk) => {
    if (!stage.beside) process.stdout.write(chunk);
  });
  const counts = stage.counts === 'tests' ? totals(output) : { passed: code === 0 ? 1 : 0, failed: 0 };
  // A stage that ends badly failed, whatever it counted; one that should run tests and ran none did too.
  if (counts.failed === 0 && (code !== 0 || counts.passed === 0)) counts.failed = 1;
  const seconds = Math.round((Date.now() - started) / 1000);
  if (stage.beside) console.log(`${heading}\n${output.trimEnd()}`);
  console.log(`=== ${stage.name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`);
  return counts;
}

/** How many stages run side by side, of those that may. */
const AT_ONCE = 2;

/** Runs stages in their order, those that may beside one another; `packages` that fails ends it. */
async function runStages(stages: readonly Stage[]): Promise<Map<Stage, Counts>> {
  const results = new Map<Stage, Counts>();
  const waiting = [...stages];
  const work = async (mine: (stage: Stage) => boolean): Promise<void> => {
    while (waiting[0] && mine(waiting[0])) {
      const stage = waiting.shift()!;
      const counts = await runStage(stage);
      results.set(stage, counts);
      if (stage.name === 'packages' && counts.failed) waiting.length = 0;
    }
  };
  while (waiting[0]) {
    await work((stage) => !stage.beside);
    await Promise.all(Array.from({ length: AT_ONCE }, () => work((stage) => stage.beside === true)));
  }
  return results;
}

function chosenStages(names: string[]): Stage[] {
  const unknown = names.find((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown)
    throw new ScriptError(`no stage is called ${unknown}: ${STAGES.map(({ name }) => name).join(' ')}`);
  return names.length ? STAGES.filter(({ name }) => names.includes(name)) : STAGES;
}

async function main(): Promise<void> {
  const names = process.argv.slice(2);
  if (names[0] === '--list') {
    for (const { name, command } of STAGES) console.log(`${name.padEnd(14)}${command}`);
    return;
  }
  const results = await runStages(chosenStages(names));
  console.log('');
  for (const [{ name }, counts] of results) {
    console.log(
      `${counts.failed ? 'FAILED' : 'ok    '}  ${name.padEnd(14)}${counts.passed} passed, ${counts.failed} failed`,
    );
  }
  const sum = (key: keyof Counts) => [...results.values()].reduce((total, counts) => total + counts[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  if (sum('failed')) process.exitCode = 1;
}

runScript('test-all', main);
