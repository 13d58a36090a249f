// SPDX-License-Identifier: MIT
/**
 * Checks that kernel-build/callers.tsv judges every place of the pristine kernel where one task names another, and none that is not
 * there (the rules are in lib/callers.ts).
 * Usage: tsx scripts/check-callers.ts [--list]     prints what is wrong, then "N passed, N failed"; --list: what there is, to start a row from
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkTable, FOLDERS, NAMES, parsePlaces, parseTable, type Place } from './lib/callers.ts';
import type { PlanRow } from './lib/ids.ts';
import { CACHE, readJson, ROOT, runScript, ScriptError } from './lib/project.ts';

const TREE = join(CACHE, 'work/linux');
const TABLE = 'kernel-build/callers.tsv';
/** The source without the series. */
const PRISTINE = 'base';

function git(...words: string[]): string {
  return execFileSync('git', ['-C', TREE, ...words], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

/** The places that no call tells: they are in the table because somebody read them, and have to be there still. */
function stillThere(place: Place): boolean {
  const name = place.within.replace(/\(2\)$/, '');
  try {
    return git('grep', '-lw', name, PRISTINE, '--', place.file) !== '';
  } catch {
    return false;
  }
}

function main(): void {
  if (!existsSync(TREE))
    throw new ScriptError('there is no kernel source yet; run: scripts/build-kernel v86');
  const found = parsePlaces(
    git('grep', '-npwF', ...NAMES.flatMap((name) => ['-e', name]), PRISTINE, '--', ...FOLDERS),
  );
  if (process.argv.includes('--list')) {
    for (const { file, within, callee } of found) console.log([file, within, callee].join('\t'));
    return;
  }
  const rows = parseTable(readFileSync(join(ROOT, TABLE), 'utf8'));
  const read = rows.filter(({ callee }) => callee === '');
  const ids = new Set(readJson<PlanRow[]>(join(ROOT, 'plan.json')).map(({ id }) => id));
  const problems = checkTable(rows, [...found, ...read.filter(stillThere)], ids);
  for (const problem of problems) console.log(`${TABLE}: ${problem}`);
  console.log(`${rows.length - Math.min(rows.length, problems.length)} passed, ${problems.length} failed`);
  if (problems.length > 0) process.exitCode = 1;
}

runScript('check-callers', main);
