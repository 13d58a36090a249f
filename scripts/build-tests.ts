// SPDX-License-Identifier: MIT
/**
 * Lays out in web/public/tests/ what the page needs to run the guest's tests: Perl and the tests as archives, tests.json that
 * describes them, and a snapshot of the machine that has Perl already. Packs the tests each time, and saves the snapshot only
 * when there is none of this machine and this Perl.
 * Usage: tsx scripts/build-tests.ts [--force]
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installArchives } from '../web/src/engine/guest-tests.ts';
import type { FileEntry } from '../web/src/engine/machine-files.ts';
import { ROOT, runMachineScript, sha256 } from './lib/project.ts';
import { hasSnapshot, makeSnapshot } from './lib/snapshot.ts';
import { packTests, PERL_FILE, perlArchive } from './lib/test-bundle.ts';

const TARGET = join(ROOT, 'web/public/tests');

function entry(path: string, data: Uint8Array): FileEntry {
  return { path, size: data.length, sha256: sha256(data) };
}

runMachineScript('build-tests', async () => {
  const perl = perlArchive('i386');
  const marks = { perl: perl.sha256 };
  const hasState = !process.argv.includes('--force') && hasSnapshot(TARGET, marks);
  if (!hasState) rmSync(TARGET, { recursive: true, force: true });
  mkdirSync(TARGET, { recursive: true });
  copyFileSync(PERL_FILE, join(TARGET, 'perl.tgz'));
  const tests = packTests();
  writeFileSync(join(TARGET, 'tests.tgz'), tests);
  const files = { perl: entry('perl.tgz', await perl.bytes()), tests: entry('tests.tgz', tests) };
  writeFileSync(join(TARGET, 'tests.json'), `${JSON.stringify(files, null, 2)}\n`);
  if (hasState) return;
  const made = await makeSnapshot(TARGET, { marks, prepare: (agent) => installArchives(agent, [perl]) });
  console.log(`snapshot with Perl: ${made}`);
});
