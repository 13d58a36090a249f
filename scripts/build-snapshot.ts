// SPDX-License-Identifier: MIT
/**
 * Boots images/dist in v86 under Node, saves its state once the agent answers, and lays both out for the page in
 * web/public/machine/. Does nothing when the snapshot there is of this machine already.
 * Usage: tsx scripts/build-snapshot.ts [--force]
 */
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseMachineFiles, snapshotKeyText } from '../web/src/engine/machine-files.ts';
import { DIST } from './lib/image.ts';
import { readJson, ROOT, runMachineScript, sha256File } from './lib/project.ts';
import { hasSnapshot, makeSnapshot } from './lib/snapshot.ts';
import { readMachineFiles, V86_VERSION } from './machines/v86.ts';

const TARGET = join(ROOT, 'web/public/machine');

function isCurrent(): boolean {
  if (!hasSnapshot(TARGET)) return false;
  try {
    const machine = readMachineFiles();
    const laidOut = parseMachineFiles(readJson(join(TARGET, 'machine.json')));
    return (
      snapshotKeyText(laidOut, V86_VERSION) === snapshotKeyText(machine, V86_VERSION) &&
      Object.values(machine.files).every((entry) => sha256File(join(TARGET, entry.path)) === entry.sha256)
    );
  } catch {
    return false; // whatever is wrong with what is there, it is made anew
  }
}

runMachineScript('build-snapshot', async () => {
  if (!process.argv.includes('--force') && isCurrent()) return;
  rmSync(TARGET, { recursive: true, force: true });
  mkdirSync(TARGET, { recursive: true });
  for (const name of [
    'machine.json',
    'bios-copyright.txt',
    ...Object.values(readMachineFiles().files).map((one) => one.path),
  ]) {
    copyFileSync(join(DIST, name), join(TARGET, name));
  }
  // Who serves the page gives away kernel and BIOS, and has to give their licences with them.
  cpSync(join(ROOT, 'LICENSES'), join(TARGET, 'LICENSES'), { recursive: true });
  console.log(`snapshot: ${await makeSnapshot(TARGET)}`);
});
