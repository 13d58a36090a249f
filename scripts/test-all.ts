// SPDX-License-Identifier: MIT
/**
 * Runs every check of the project, or the stages that are named, and ends with one line, "N passed, N failed".
 * Usage: tsx scripts/test-all.ts [stage...]        (npm test; --list prints the stages)
 *
 * Each stage is a verb of its own and can be run alone. One that fails does not keep the next from running, except
 * `packages`, without which the others would only say that a program is missing.
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
}

const STAGES: Stage[] = [
  { name: 'packages', command: 'scripts/install-packages && tsx scripts/fetch-packages.ts', counts: 'one' },
  { name: 'format', command: 'prettier --check .', counts: 'one' },
  { name: 'lint', command: 'eslint . && scripts/check-shell', counts: 'one' },
  { name: 'types', command: 'npm run check', counts: 'one' },
  { name: 'ids', command: 'tsx scripts/check-ids.ts', counts: 'tests' },
  { name: 'unit', command: 'vitest run', counts: 'tests' },
  { name: 'patches', command: 'scripts/check-patches', counts: 'tests' },
  // That each patch was booted as it is, is on record: to do it again takes an hour.
  { name: 'series', command: 'scripts/check-series --check', counts: 'tests' },
  { name: 'mutants', command: 'tsx scripts/mutants.ts --check', counts: 'tests' },
  { name: 'kernel-v86', command: 'scripts/build-kernel v86', counts: 'one' },
  { name: 'kernel-debug', command: 'scripts/build-kernel debug', counts: 'one' },
  { name: 'kernel-off', command: 'scripts/build-kernel off', counts: 'one' },
  { name: 'nothing-left', command: 'scripts/check-off', counts: 'tests' },
  { name: 'image', command: 'tsx scripts/check-dist.ts --rebuild', counts: 'tests' },
  { name: 'agent', command: 'vitest run --config images/agent-tests/vitest.config.ts', counts: 'tests' },
  { name: 'prove-v86', command: 'tsx scripts/prove.ts --machine=v86', counts: 'tests' },
  { name: 'prove-qemu', command: 'tsx scripts/prove.ts --machine=qemu', counts: 'tests' },
  // Tools of another generation are told the version that they want.
  {
    name: 'prove-version',
    command: 'tsx scripts/prove.ts --machine=qemu --append=vserver.version=0x00020305 1c',
    counts: 'tests',
  },
  // The switches of 1d are read from the command line too.
  {
    name: 'prove-vsdebug',
    command: 'tsx scripts/prove.ts --machine=qemu --append=vsdebug=xid=0x3,misc=ff,nid=16,bogus=1 1d',
    counts: 'tests',
  },
  // And contexts do without the options that can be left out.
  {
    name: 'prove-plain',
    command: 'scripts/build-kernel plain && tsx scripts/prove.ts --machine=qemu --kernel=plain',
    counts: 'tests',
  },
  { name: 'oops-qemu', command: 'tsx scripts/check-oops.ts --machine=qemu', counts: 'tests' },
  { name: 'prove-debug', command: 'tsx scripts/prove.ts --machine=debug', counts: 'tests' },
  { name: 'oops-debug', command: 'tsx scripts/check-oops.ts --machine=debug', counts: 'tests' },
  // A minute each; the long forms are verbs of their own.
  { name: 'stress', command: 'tsx scripts/stress.ts --machine=debug --seconds=60', counts: 'tests' },
  { name: 'fuzz', command: 'tsx scripts/fuzz.ts --machine=debug --seconds=60', counts: 'tests' },
  { name: 'page', command: 'npm run build', counts: 'one' },
  // It has to end well; what it measures is not judged.
  {
    name: 'bench-smoke',
    command: 'tsx bench/run.ts --rounds 1 sizes start output contexts guests',
    counts: 'one',
  },
  { name: 'e2e', command: 'playwright test', counts: 'tests' },
];

/** Runs one command in the project's root, shows its output as it comes, and returns it with the exit code. */
function run(command: string): Promise<{ code: number; output: string }> {
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH: path, NO_COLOR: '1', FORCE_COLOR: undefined };
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/bash', ['-c', command], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (to: NodeJS.WriteStream) => (chunk: Buffer) => {
      output += chunk.toString();
      to.write(chunk);
    };
    child.stdout.on('data', collect(process.stdout));
    child.stderr.on('data', collect(process.stderr));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

async function runStage(stage: Stage): Promise<Counts> {
  console.log(`\n=== ${stage.name}: ${stage.command}`);
  const started = Date.now();
  const { code, output } = await run(stage.command);
  const counts = stage.counts === 'tests' ? totals(output) : { passed: code === 0 ? 1 : 0, failed: 0 };
  // A stage that ends badly failed, whatever it counted; one that should run tests and ran none did too.
  if (counts.failed === 0 && (code !== 0 || counts.passed === 0)) counts.failed = 1;
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`=== ${stage.name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`);
  return counts;
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
  const results: { name: string; counts: Counts }[] = [];
  for (const stage of chosenStages(names)) {
    const counts = await runStage(stage);
    results.push({ name: stage.name, counts });
    if (stage.name === 'packages' && counts.failed) break;
  }
  console.log('');
  for (const { name, counts } of results) {
    console.log(
      `${counts.failed ? 'FAILED' : 'ok    '}  ${name.padEnd(14)}${counts.passed} passed, ${counts.failed} failed`,
    );
  }
  const sum = (key: keyof Counts) => results.reduce((total, { counts }) => total + counts[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  if (sum('failed')) process.exitCode = 1;
}

runScript('test-all', main);
