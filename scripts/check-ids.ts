// SPDX-License-Identifier: MIT
/**
 * Checks that plan.json, interface.json, the series and the files of every id agree (the rules are in lib/ids.ts and
 * lib/interface.ts).
 * Usage: tsx scripts/check-ids.ts          prints a line a check, then "N passed, N failed"
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkIds, type PlanRow, type Tree } from './lib/ids.ts';
import type { Interface } from './lib/interface.ts';
import { readJson, ROOT, runScript } from './lib/project.ts';

const PATCHES = join(ROOT, 'kernel-build/patches');

/** Tracked and new files alike, so that a check tells the same before and after the commit. */
function projectFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  });
  return listed
    .toString()
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(ROOT, file)));
}

function todos(files: string[]): Tree['todos'] {
  const sources = files.filter(
    (file) => /^(web|scripts|images|e2e|bench|kernel-build)\//.test(file) && !file.startsWith('images/dist/'),
  );
  return sources.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bTODO\(([^)\n]*)\)/g)].map(([, id]) => ({
      file,
      id: id ?? '',
    })),
  );
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function main(): void {
  const files = projectFiles();
  const names = existsSync(PATCHES) ? readdirSync(PATCHES).filter((name) => name.endsWith('.patch')) : [];
  const findings = checkIds({
    plan: readJson<PlanRow[]>(join(ROOT, 'plan.json')),
    interface: readJson<Interface>(join(ROOT, 'interface.json')),
    guest: {
      binding: read('images/perl/VServer.pm'),
      words: read('images/tools/libvserver/words.h'),
      library: read('images/tools/libvserver/vserver.h'),
    },
    series: existsSync(join(PATCHES, 'series')) ? readFileSync(join(PATCHES, 'series'), 'utf8') : '',
    patches: new Map(names.map((name) => [name, readFileSync(join(PATCHES, name), 'utf8')])),
    files: new Set(files),
    todos: todos(files.filter((file) => !file.endsWith('ids.ts') && !file.endsWith('ids.test.ts'))),
  });
  for (const { check, problems } of findings) {
    console.log(`${problems.length ? 'not ok' : 'ok'} - ${check}`);
    for (const problem of problems) console.log(`    ${problem}`);
  }
  const failed = findings.filter(({ problems }) => problems.length > 0).length;
  console.log(`${findings.length - failed} passed, ${failed} failed`);
  if (failed) process.exitCode = 1;
}

runScript('check-ids', main);
